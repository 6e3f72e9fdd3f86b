// SPDX-License-Identifier: Apache-2.0
#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

/// {"format":"lhcr-validate","version":1,"input":…,"findings":[…],"records":…,"valid":…}: the
/// counts come last because findings are written as they are made.
class JsonReport : public Report {
 public:
  explicit JsonReport(const ReportOptions& options) : provenance_(options.provenance) {}
  void begin(std::size_t, std::string&) override {}
  void begin_input(std::string_view input, std::string& out) override;
  void render(const Finding& finding, const Place& place, std::string& items) const override;
  void add_items(std::string_view items, std::string& out) override;
  void end_input(const Tally& tally, std::string& out) override;
  void end(std::string&) override {}

 private:
  Provenance provenance_;
  bool told_ = false;  ///< the first object says what made it
  Commas commas_;
};

void JsonReport::begin_input(std::string_view input, std::string& out) {
  commas_.restart();
  out += R"({"format":"lhcr-validate","version":1)";
  if (!told_ && !provenance_.date.empty()) {
    out += ",\"run\":{" + provenance_members(provenance_) + "}";
  }
  told_ = true;
  out += ",\"input\":";
  append_string(input, out);
  out += ",\"findings\":[";
}

void append_candidates(const Finding& finding, std::string& items) {
  if (finding.candidates.empty()) return;
  items += ",\"candidates\":[";
  for (const Candidate& candidate : finding.candidates) {
    items += &candidate == &finding.candidates.front() ? "{\"name\":" : ",{\"name\":";
    append_string(candidate.name, items);
    append_member("reason", candidate.reason, items);
    items += '}';
  }
  items += ']';
}

void JsonReport::render(const Finding& finding, const Place& place, std::string& items) const {
  const Entry& row = entry(finding.id);
  items += items.empty() ? "{\"id\":" : ",{\"id\":";
  append_string(row.id, items);
  append_member("severity", severity_name(finding.severity), items);
  append_member("code", row.code, items);
  append_member("text", finding.text(), items);
  append_member("hint", finding.hint(), items);
  append_candidates(finding, items);
  append_member("path", finding.path, items);
  append_member("record", place.record, items);
  if (finding.follows) items += ",\"follows\":true";
  if (finding.position.line > 0) {
    append_member("line", finding.position.line, items);
    append_member("column", finding.position.column, items);
    append_member("offset", finding.position.offset, items);
  }
  items += '}';
}

void JsonReport::add_items(std::string_view items, std::string& out) {
  if (items.empty()) return;
  commas_.before_item(out);
  out += items;
}

void JsonReport::end_input(const Tally& tally, std::string& out) {
  out += ']';
  append_member("records", tally.records, out);
  append_member("invalid", tally.invalid, out);
  append_member("errors", tally.fatals + tally.errors, out);
  append_member("warnings", tally.warnings, out);
  append_member("information", tally.informations, out);
  append_member("notChecked", tally.not_checked, out);
  append_member("following", tally.following, out);
  out += ",\"valid\":";
  out += tally.invalid == 0 ? "true" : "false";
  out += "}\n";
}

}  // namespace

std::unique_ptr<Report> make_json_report(const ReportOptions& options) {
  return std::make_unique<JsonReport>(options);
}

}  // namespace lhcr::finding
