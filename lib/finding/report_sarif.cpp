// SPDX-License-Identifier: Apache-2.0
#include "finding/baseline.hpp"
#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

constexpr std::string_view schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

std::string_view level(Severity severity) {
  if (severity <= Severity::error) return "error";
  return severity == Severity::warning ? "warning" : "note";
}

/// A path as a URI reference (RFC 3986): relative as it is, absolute as file URL.
std::string uri_of(std::string_view path) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string uri = path.starts_with("/") ? "file://" : "";
  for (const char byte : path) {
    const auto code = static_cast<unsigned char>(byte);
    if (plain.find(byte) != std::string_view::npos) {
      uri += byte;
    } else {
      uri += '%';
      uri += hex[code >> 4U];
      uri += hex[code & 0xFU];
    }
  }
  return uri;
}

/// Static Analysis Results Interchange Format 2.1.0. Every row of the catalogue is a rule, so that
/// results can be written as they come.
class SarifReport : public Report {
 public:
  explicit SarifReport(std::string version) : version_(std::move(version)) {}
  void begin(std::size_t inputs, std::string& out) override;
  void begin_input(std::string_view, std::string&) override {}
  void render(const Finding& finding, const Place& place, std::string& items) const override;
  void add_items(std::string_view items, std::string& out) override;
  void end_input(const Tally& tally, std::string&) override { unreadable_ += tally.unreadable; }
  void end(std::string& out) override;

 private:
  std::string version_;
  Commas results_;
  std::uint64_t unreadable_ = 0;
};

void append_text(std::string_view name, std::string_view text, std::string& out) {
  if (text.empty()) return;
  out += ",\"";
  out += name;
  out += "\":{\"text\":";
  append_string(text, out);
  out += '}';
}

void append_rule(const Entry& row, std::string& out) {
  out += "\n{\"id\":";
  append_string(row.id, out);
  append_text("shortDescription", row.text, out);
  append_text("help", row.hint.empty() ? row.text : row.hint, out);
  out += ",\"defaultConfiguration\":{\"level\":\"";
  out += level(row.severity);
  out += "\"},\"properties\":{\"tags\":[";
  append_string(row.code, out);
  out += "]}}";
}

void SarifReport::begin(std::size_t, std::string& out) {
  out += "{\"$schema\":\"";
  out += schema;
  out += R"(","version":"2.1.0","runs":[{"tool":{"driver":{"name":"lhcr","semanticVersion":)";
  append_string(version_, out);
  out += ",\"rules\":[";
  Commas rules;
  for (const Entry& row : catalogue()) {
    rules.before_item(out);
    append_rule(row, out);
  }
  out += "]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[";
}

void append_location(const Finding& finding, const Place& place, std::string& items) {
  items += ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":";
  append_string(place.input == "-" ? "stdin" : uri_of(place.input), items);
  items += '}';
  if (finding.position.line > 0) {
    items += ",\"region\":{\"startLine\":" + std::to_string(finding.position.line) +
             ",\"startColumn\":" + std::to_string(finding.position.column) + '}';
  }
  items += '}';
  if (!finding.path.empty()) {
    items += ",\"logicalLocations\":[{\"fullyQualifiedName\":";
    append_string(finding.path, items);
    items += ",\"kind\":\"element\"}]";
  }
  items += "}]";
}

void SarifReport::render(const Finding& finding, const Place& place, std::string& items) const {
  const Entry& row = entry(finding.id);
  items += items.empty() ? "\n{\"ruleId\":" : ",\n{\"ruleId\":";
  append_string(row.id, items);
  append_member("ruleIndex", static_cast<std::uint64_t>(finding.id), items);
  append_member("level", level(finding.severity), items);
  const std::string hint = finding.hint();
  append_text("message", finding.text() + (hint.empty() ? "" : ". " + hint), items);
  append_location(finding, place, items);
  // What makes a finding the same one when lines have moved.
  items += ",\"partialFingerprints\":{\"lhcrFinding/v1\":";
  append_string(fingerprint(finding), items);
  items += "},\"properties\":{\"record\":" + std::to_string(place.record) + "}}";
}

void SarifReport::add_items(std::string_view items, std::string& out) {
  if (items.empty()) return;
  results_.before_item(out);
  out += items;
}

void SarifReport::end(std::string& out) {
  out += "],\"invocations\":[{\"executionSuccessful\":";
  out += unreadable_ == 0 ? "true" : "false";
  out += "}]}]}\n";
}

}  // namespace

std::unique_ptr<Report> make_sarif_report(std::string version) {
  return std::make_unique<SarifReport>(std::move(version));
}

}  // namespace lhcr::finding
