// SPDX-License-Identifier: Apache-2.0
#include "finding/report.hpp"

#include "base/text.hpp"
#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// What steers a terminal: C0, DEL and C1, which is C2 80 to C2 9F in UTF-8. Length of the one at
/// `at`, 0 for none.
std::size_t control_length(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20 || byte == 0x7F) return 1;
  const bool c1 = byte == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0;
  return c1 ? 2 : 0;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string valid;
  for (;;) {
    const std::size_t bad = find_invalid_utf8(text);
    valid += text.substr(0, bad);
    if (bad == std::string_view::npos) return valid;
    valid += replacement;
    text.remove_prefix(bad + 1);
  }
}

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
  return make_text_report(options.colour);
}

void append_string(std::string_view text, std::string& out) {
  lhcr::append_json_string(out, valid_utf8(text));
}

void append_plain(std::string_view text, std::string& out) {
  const std::string valid = valid_utf8(text);
  for (std::size_t at = 0; at < valid.size();) {
    const std::size_t control = control_length(valid, at);
    if (is_space(valid[at])) {
      out += ' ';
    } else if (control > 0) {
      out += replacement;
    } else {
      out += valid[at];
    }
    at += control > 0 ? control : 1;
  }
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
