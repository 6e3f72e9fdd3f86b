// SPDX-License-Identifier: Apache-2.0
#include "finding/report.hpp"

#include "base/text.hpp"
#include "finding/report_formats.hpp"

namespace lhcr::finding {
std::unique_ptr<Report> make_report(ReportFormat format, const ReportOptions& options) {
  switch (format) {
    case ReportFormat::junit:
      return make_junit_report(options.failing);
    case ReportFormat::sarif:
      return make_sarif_report(options.version);
    case ReportFormat::github:
      return make_github_report();
    case ReportFormat::html:
      return make_html_report(options);
    case ReportFormat::json:
      return make_json_report();
    case ReportFormat::outcome:
      return make_outcome_report();
    case ReportFormat::text:
      break;
  }
  return make_text_report(options);
}

void append_string(std::string_view text, std::string& out) {
  lhcr::append_json_string(out, valid_utf8(text));
}

void append_plain(std::string_view text, std::string& out) {
  out += printable(text);
}

void append_member(std::string_view name, std::string_view text, std::string& out) {
  if (text.empty()) return;
  out += ",\"";
  out += name;
  out += "\":";
  append_string(text, out);
}

void append_member(std::string_view name, std::uint64_t number, std::string& out) {
  out += ",\"";
  out += name;
  out += "\":" + std::to_string(number);
}

}  // namespace lhcr::finding
