// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.hpp"
#include "finding/id.hpp"
#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

constexpr std::string_view extension_base =
    "http://hl7.org/fhir/StructureDefinition/operationoutcome-";
/// The code system of finding ids in `details.coding`.
constexpr std::string_view finding_system = "urn:lhcr:finding";

void append_extension(std::string_view name, std::string_view value_name, std::string_view value,
                      std::string& out) {
  out += "{\"url\":\"";
  out += extension_base;
  out += name;
  out += "\",\"";
  out += value_name;
  out += "\":";
  out += value;
  out += '}';
}

/// OperationOutcome for FHIR R4 and STU3 alike, https://hl7.org/fhir/R4/operationoutcome.html.
/// What made the report is its narrative, which may say more than the issues do (status
/// `additional`).
class OutcomeReport : public Report {
 public:
  explicit OutcomeReport(const ReportOptions& options)
      : narrative_(narrative(options.provenance)) {}
  void begin(std::size_t inputs, std::string& out) override;
  void begin_input(std::string_view input, std::string& out) override;
  void render(const Finding& finding, const Place& place, std::string& items) const override;
  void add_items(std::string_view items, std::string& out) override;
  void end_input(const Tally& tally, std::string& out) override;
  void end(std::string& out) override;

 private:
  static std::string narrative(const Provenance& provenance);

  std::string narrative_;  ///< as a member; empty: there is none
  bool bundle_ = false;
  std::uint64_t inputs_ = 0;
  bool has_issue_ = false;
  Commas issues_;
};

std::string OutcomeReport::narrative(const Provenance& provenance) {
  if (provenance.date.empty()) return {};
  std::string div = R"(<div xmlns="http://www.w3.org/1999/xhtml"><ul>)";
  for (const auto& [name, value] : provenance_rows(provenance)) {
    std::string plain;
    append_plain(name + ": " + value, plain);
    div += "<li>";
    append_xml_text(div, plain);
    div += "</li>";
  }
  std::string member = R"("text":{"status":"additional")";
  append_member("div", div + "</ul></div>", member);
  return member + "},";
}

void OutcomeReport::begin(std::size_t inputs, std::string& out) {
  bundle_ = inputs != 1;
  if (!bundle_) return;
  out += R"({"resourceType":"Bundle","type":"collection")";
  if (inputs > 0) out += ",\"entry\":[\n";
}

/// Entries need a fullUrl that differs; a counter keeps the report reproducible.
std::string entry_url(std::uint64_t number) {
  std::string digits = std::to_string(number);
  digits.insert(0, 12 - std::min<std::size_t>(digits.size(), 12), '0');
  return "urn:uuid:00000000-0000-4000-8000-" + digits;
}

void OutcomeReport::begin_input(std::string_view input, std::string& out) {
  if (bundle_) {
    if (inputs_ > 0) out += ",\n";
    out += "{\"fullUrl\":\"" + entry_url(++inputs_) + "\",\"resource\":";
  }
  std::string name;
  append_string(input, name);
  out += "{\"resourceType\":\"OperationOutcome\"," + narrative_ + "\"extension\":[";
  append_extension("file", "valueString", name, out);
  out += "],\"issue\":[";
  issues_.restart();
  has_issue_ = false;
}

void append_lines(const Position& position, std::string& out) {
  const std::string line = std::to_string(position.line);
  // Its definition makes this one a string.
  const std::string column = '"' + std::to_string(position.column) + '"';
  out += "\"extension\":[";
  append_extension("issue-line", "valueInteger", line, out);
  out += ',';
  append_extension("issue-col", "valueString", column, out);
  out += "],";
}

/// What was considered, a line each.
std::string lines_of(const Finding& finding) {
  std::string text;
  for (const Candidate& candidate : finding.candidates) {
    text.append(text.empty() ? "" : "\n").append(in_words(candidate));
  }
  return text;
}

void OutcomeReport::render(const Finding& finding, const Place&, std::string& items) const {
  const Entry& row = entry(finding.id);
  items += items.empty() ? "{" : ",{";
  if (finding.position.line > 0) append_lines(finding.position, items);
  items += "\"severity\":\"";
  items += severity_name(finding.severity);
  items += '"';
  append_member("code", row.code, items);
  items += ",\"details\":{\"coding\":[{\"system\":\"";
  items += finding_system;
  items += '"';
  append_member("code", row.id, items);
  items += "}]";
  append_member("text", finding.text(), items);
  items += '}';
  append_member("diagnostics", finding.candidates.empty() ? finding.hint() : lines_of(finding),
                items);
  if (!finding.path.empty()) {
    items += ",\"expression\":[";
    append_string(finding.path, items);
    items += ']';
  }
  items += '}';
}

void OutcomeReport::add_items(std::string_view items, std::string& out) {
  if (items.empty()) return;
  issues_.before_item(out);
  out += items;
  has_issue_ = true;
}

void OutcomeReport::end_input(const Tally&, std::string& out) {
  if (!has_issue_) {
    // An OperationOutcome without an issue is not valid.
    Finding clean = made(id<"no-findings">);
    std::string item;
    render(clean, {}, item);
    add_items(item, out);
  }
  out += bundle_ ? "]}}" : "]}\n";
}

void OutcomeReport::end(std::string& out) {
  if (!bundle_) return;
  out += inputs_ > 0 ? "\n]}\n" : "}\n";
}

}  // namespace

std::unique_ptr<Report> make_outcome_report(const ReportOptions& options) {
  return std::make_unique<OutcomeReport>(options);
}

}  // namespace lhcr::finding
