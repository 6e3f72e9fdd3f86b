// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.hpp"
#include "finding/baseline.hpp"
#include "finding/explanation.hpp"
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
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string uri = path.starts_with("/") ? "file://" : "";
  for (const char byte : path) {
    if (plain.find(byte) != std::string_view::npos) {
      uri += byte;
    } else {
      append_percent(uri, byte);
    }
  }
  return uri;
}

/// Static Analysis Results Interchange Format 2.1.0. Every row of the catalogue is a rule, so that
/// results can be written as they come.
class SarifReport : public Report {
 public:
  explicit SarifReport(const ReportOptions& options) : provenance_(options.provenance) {}
  void begin(std::size_t inputs, std::string& out) override;
  void begin_input(std::string_view input, std::string& out) override;
  void render(const Finding& finding, const Place& place, std::string& items) const override;
  void add_items(std::string_view items, std::string& out) override;
  void end_input(const Tally& tally, std::string&) override { unreadable_ += tally.unreadable; }
  void end(std::string& out) override;

 private:
  Provenance provenance_;
  Commas results_;
  std::vector<std::string> inputs_;  ///< as URIs
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

/// A wording without the places of its arguments: "…" stands for what is found in the record.
std::string without_places(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t end = text[at] == '{' ? text.find('}', at) : std::string_view::npos;
    if (end == std::string_view::npos) {
      plain += text[at];
    } else {
      plain += "…";
      at = end;
    }
  }
  return plain;
}

void append_help(const Entry& row, const Explanation* explained, std::string& out) {
  if (explained == nullptr) {
    return append_text("help", without_places(row.hint.empty() ? row.text : row.hint), out);
  }
  append_text("fullDescription", explained->means, out);
  append_member("helpUri", explained->url, out);
  out += ",\"help\":{\"text\":";
  append_string(std::string(explained->means) + "\n\n" + std::string(explained->why), out);
  append_member("markdown", explanation_markdown(*explained), out);
  out += '}';
}

void append_rule(const Entry& row, std::string& out) {
  out += "\n{\"id\":";
  append_string(row.id, out);
  append_member("name", row.id, out);
  append_text("shortDescription", without_places(row.text), out);
  append_help(row, explanation(row.id), out);
  out += ",\"defaultConfiguration\":{\"level\":\"";
  out += level(row.severity);
  out += "\"},\"properties\":{\"tags\":[";
  append_string(row.code, out);
  out += "]}}";
}

/// Packages and releases of terminology as components that extend the tool.
void append_extensions(const Provenance& provenance, std::string& out) {
  out += ",\"extensions\":[";
  Commas commas;
  for (const auto* sources : {&provenance.packages, &provenance.terminology}) {
    for (const Source& source : *sources) {
      const std::size_t hash = std::min(source.name.find('#'), source.name.size());
      commas.before_item(out);
      out += "{\"name\":";
      append_string(source.name.substr(0, hash), out);
      append_member("version", source.name.substr(std::min(hash + 1, source.name.size())), out);
      if (!source.sha256.empty()) {
        out += ",\"properties\":{\"sha256\":";
        append_string(source.sha256, out);
        out += '}';
      }
      out += '}';
    }
  }
  out += ']';
}

void SarifReport::begin(std::size_t, std::string& out) {
  out += "{\"$schema\":\"";
  out += schema;
  out += R"(","version":"2.1.0","runs":[{"tool":{"driver":{"name":"lhcr","semanticVersion":)";
  append_string(provenance_.version, out);
  out += ",\"rules\":[";
  Commas rules;
  for (const Entry& row : catalogue()) {
    rules.before_item(out);
    append_rule(row, out);
  }
  out += "]}";
  append_extensions(provenance_, out);
  out += "},\"columnKind\":\"unicodeCodePoints\",\"results\":[";
}

std::string uri_of_input(std::string_view input) {
  return input == "-" ? "stdin" : uri_of(input);
}

void SarifReport::begin_input(std::string_view input, std::string&) {
  inputs_.push_back(uri_of_input(input));
}

void append_location(const Finding& finding, const Place& place, std::string& items) {
  items += ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":";
  append_string(uri_of_input(place.input), items);
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
  out += "],\"artifacts\":[";
  Commas commas;
  for (const std::string& uri : inputs_) {
    commas.before_item(out);
    out += "\n{\"location\":{\"uri\":";
    append_string(uri, out);
    out += "},\"roles\":[\"analysisTarget\"]}";
  }
  out += "],\"invocations\":[{\"executionSuccessful\":";
  out += unreadable_ == 0 ? "true" : "false";
  append_member("startTimeUtc", provenance_.date, out);
  if (!provenance_.date.empty()) {
    out += ",\"properties\":{" + provenance_members(provenance_) + "}";
  }
  out += "}]}]}\n";
}

}  // namespace

std::unique_ptr<Report> make_sarif_report(const ReportOptions& options) {
  return std::make_unique<SarifReport>(options);
}

}  // namespace lhcr::finding
