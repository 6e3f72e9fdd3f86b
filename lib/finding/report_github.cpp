// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

/// Workflow commands of GitHub Actions: `::error file=…,line=…,col=…,title=…::text`.
/// What made the report is a group of the log's lines.
class GithubReport : public Report {
 public:
  explicit GithubReport(const ReportOptions& options) : provenance_(options.provenance) {}
  void begin(std::size_t, std::string& out) override;
  void begin_input(std::string_view, std::string&) override {}
  void render(const Finding& finding, const Place& place, std::string& items) const override;
  void add_items(std::string_view items, std::string& out) override { out += items; }
  void end_input(const Tally&, std::string&) override {}
  void end(std::string&) override {}

 private:
  Provenance provenance_;
};

void GithubReport::begin(std::size_t, std::string& out) {
  // Each line begins with a word, so that none of them is a command.
  const std::string lines = provenance_lines(provenance_, "");
  if (!lines.empty())
    out += "::group::lhcr " + provenance_.version + "\n" + lines + "::endgroup::\n";
}

std::string_view command(Severity severity) {
  if (severity <= Severity::error) return "error";
  return severity == Severity::warning ? "warning" : "notice";
}

/// What ends a line or a property, percent-encoded.
void append_encoded(std::string_view text, std::string_view special, std::string& out) {
  for (const char byte : printable_lines(text)) {
    if (special.find(byte) == std::string_view::npos) {
      out += byte;
    } else {
      append_percent(out, byte);
    }
  }
}

void append_property(std::string_view text, std::string& out) {
  append_encoded(text, "%\r\n:,", out);
}

void GithubReport::render(const Finding& finding, const Place& place, std::string& items) const {
  items += "::";
  items += command(finding.severity);
  items += " file=";
  append_property(place.input, items);
  if (finding.position.line > 0) {
    items += ",line=" + std::to_string(finding.position.line) +
             ",col=" + std::to_string(finding.position.column);
  }
  items += ",title=";
  append_property(entry(finding.id).id, items);
  items += "::";
  const std::string hint = finding.hint();
  append_encoded((finding.path.empty() ? "" : finding.path + ": ") + finding.text() +
                     (hint.empty() ? "" : "\n" + hint),
                 "%\r\n", items);
  items += '\n';
}

}  // namespace

std::unique_ptr<Report> make_github_report(const ReportOptions& options) {
  return std::make_unique<GithubReport>(options);
}

}  // namespace lhcr::finding
