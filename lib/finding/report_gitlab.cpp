// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "finding/baseline.hpp"
#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

std::string_view gitlab_severity(Severity severity) {
  constexpr std::string_view names[] = {"blocker", "critical", "minor", "info"};
  return names[static_cast<std::size_t>(severity)];
}

/// The report of GitLab's code quality: a list of issues in the form of CodeClimate, of which
/// GitLab reads description, check_name, fingerprint, severity and location, and passes over what
/// else they have. The list has no place of its own for the run, so the first issue tells of it.
class GitlabReport : public Report {
 public:
  explicit GitlabReport(const ReportOptions& options) {
    if (!options.provenance.date.empty()) run_ = provenance_members(options.provenance);
  }
  void begin(std::size_t, std::string& out) override { out += '['; }
  void begin_input(std::string_view, std::string&) override {}
  void render(const Finding& finding, const Place& place, std::string& items) const override;
  void add_items(std::string_view items, std::string& out) override;
  void end_input(const Tally&, std::string&) override {}
  void end(std::string& out) override { out += "\n]\n"; }

 private:
  Commas commas_;
  std::string run_;  ///< what is still to be told of the run
};

void GitlabReport::render(const Finding& finding, const Place& place, std::string& items) const {
  const Entry& row = entry(finding.id);
  items += items.empty() ? "\n{\"description\":" : ",\n{\"description\":";
  const std::string hint = finding.hint();
  append_string((finding.path.empty() ? "" : finding.path + ": ") + finding.text() +
                    (hint.empty() ? "" : ". " + hint),
                items);
  append_member("check_name", row.id, items);
  append_member("fingerprint", fingerprint(finding, place.input, place.record), items);
  append_member("severity", gitlab_severity(finding.severity), items);
  items += ",\"location\":{\"path\":";
  append_string(place.input == "-" ? "stdin" : place.input, items);
  const std::uint64_t line = finding.position.line == 0 ? 1 : finding.position.line;
  items += ",\"lines\":{\"begin\":" + std::to_string(line) + "}}}";
}

void GitlabReport::add_items(std::string_view items, std::string& out) {
  if (items.empty()) return;
  commas_.before_item(out);
  if (!run_.empty()) {
    constexpr std::string_view opening = "\n{";
    items.remove_prefix(opening.size());
    out.append(opening).append("\"run\":{").append(std::exchange(run_, {})).append("},");
  }
  out += items;
}

}  // namespace

std::unique_ptr<Report> make_gitlab_report(const ReportOptions& options) {
  return std::make_unique<GitlabReport>(options);
}

}  // namespace lhcr::finding
