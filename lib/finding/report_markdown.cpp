// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

/// Rows of findings and of inputs that are shown; CI systems refuse what is long.
constexpr std::size_t most_findings = 100;
constexpr std::size_t most_inputs = 100;

/// A summary for people on a CI system's page: the counts, the kinds of findings, the worst inputs,
/// the first findings, and what made it.
class MarkdownReport : public Report {
 public:
  explicit MarkdownReport(const ReportOptions& options) : provenance_(options.provenance) {}
  void begin(std::size_t, std::string&) override {}
  void begin_input(std::string_view input, std::string&) override { input_ = input; }
  void render(const Finding& finding, const Place& place, std::string& items) const override;
  void add_items(std::string_view items, std::string& out) override;
  void end_input(const Tally& tally, std::string& out) override;
  void end(std::string& out) override;

 private:
  void append_kinds(std::string& out) const;
  void append_inputs(std::string& out) const;
  void append_findings(std::string& out) const;

  Provenance provenance_;
  Tally total_;
  std::string input_;
  KindCounts kinds_;
  std::vector<std::string> rows_;
  std::vector<std::string> inputs_;
  std::uint64_t faulty_ = 0;  ///< inputs
  std::uint64_t findings_ = 0;
};

/// A text in a cell of a table: nothing of it is markup.
std::string cell(std::string_view text) {
  std::string out;
  for (const char byte : printable(text)) {
    if (std::string_view("\\`*_{}[]<>#|!&~$@").find(byte) != std::string_view::npos) out += '\\';
    out += byte;
  }
  return out;
}

/// A text as code in a cell.
std::string code_cell(std::string_view text) {
  std::string out = "`";
  for (const char byte : printable(text)) {
    if (byte == '|') out += '\\';
    out += byte == '`' ? '\'' : byte;
  }
  return text.empty() ? "" : out + "`";
}

void MarkdownReport::render(const Finding& finding, const Place& place, std::string& items) const {
  items += static_cast<char>('0' + static_cast<int>(finding.severity));
  items += std::string(entry(finding.id).id) + field_end;
  std::string where(place.input == "-" ? "standard input" : place.input);
  if (finding.position.line > 0) where += ":" + std::to_string(finding.position.line);
  items += "| " + std::string(severity_name(finding.severity)) + " | " + code_cell(where) + " | " +
           code_cell(finding.path) + " | " + cell(finding.text()) + " | " +
           code_cell(entry(finding.id).id) + " |\n";
  items += item_end;
}

void MarkdownReport::add_items(std::string_view items, std::string&) {
  while (!items.empty()) {
    std::string_view item = take_item(items);
    const auto severity = static_cast<Severity>(item.front() - '0');
    item.remove_prefix(1);
    kinds_.add(take_field(item), severity);
    ++findings_;
    if (severity <= Severity::warning && rows_.size() < most_findings) rows_.emplace_back(item);
  }
}

void MarkdownReport::end_input(const Tally& tally, std::string&) {
  total_ += tally;
  if (tally.invalid + tally.warnings == 0) return;
  ++faulty_;
  if (inputs_.size() >= most_inputs) return;
  inputs_.push_back("| " + code_cell(input_ == "-" ? "standard input" : input_) + " | " +
                    std::to_string(tally.records) + " | " + std::to_string(tally.invalid) + " | " +
                    std::to_string(tally.fatals + tally.errors) + " | " +
                    std::to_string(tally.warnings) + " |\n");
}

void MarkdownReport::append_kinds(std::string& out) const {
  out += "\n| Finding | Severity | Count |\n|---|---|---:|\n";
  for (const auto& [id, kind] : kinds_.by_weight()) {
    out += "| " + code_cell(id) + " | " + std::string(severity_name(kind.severity)) + " | " +
           std::to_string(kind.count) + " |\n";
  }
}

void MarkdownReport::append_inputs(std::string& out) const {
  out += "\n| Input | Records | Invalid | Errors | Warnings |\n|---|---:|---:|---:|---:|\n";
  for (const std::string& row : inputs_) out += row;
  if (faulty_ > inputs_.size()) {
    out += "\n" + std::to_string(faulty_ - inputs_.size()) + " more inputs are not shown.\n";
  }
}

void MarkdownReport::append_findings(std::string& out) const {
  out += "\n| Severity | Place | Path | Finding | Id |\n|---|---|---|---|---|\n";
  for (const std::string& row : rows_) out += row;
  const std::uint64_t all = total_.fatals + total_.errors + total_.warnings;
  if (all > rows_.size()) {
    out += "\n" + std::to_string(all - rows_.size()) + " more are not shown.\n";
  }
}

void MarkdownReport::end(std::string& out) {
  out += "## lhcr validate: " + std::string(total_.invalid == 0 ? "valid" : "invalid") + "\n\n" +
         summary(total_) + ".\n";
  if (!kinds_.by_id().empty()) append_kinds(out);
  if (!inputs_.empty()) append_inputs(out);
  if (!rows_.empty()) append_findings(out);
  out += "\n`lhcr explain ID` says what a finding means.\n\n";
  for (const auto& [name, value] : provenance_rows(provenance_)) {
    out += "- " + name + ": " + cell(value) + "\n";
  }
}

}  // namespace

std::unique_ptr<Report> make_markdown_report(const ReportOptions& options) {
  return std::make_unique<MarkdownReport>(options);
}

}  // namespace lhcr::finding
