// SPDX-License-Identifier: Apache-2.0
#include "finding/report.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

using Maker = std::unique_ptr<Report> (*)(const ReportOptions&);

struct Row {
  std::string_view word;
  ReportFormat format;
  Maker make;
};

constexpr Row rows[] = {
    {"text", ReportFormat::text, make_text_report},
    {"json", ReportFormat::json, make_json_report},
    {"outcome", ReportFormat::outcome, make_outcome_report},
    {"junit", ReportFormat::junit, make_junit_report},
    {"sarif", ReportFormat::sarif, make_sarif_report},
    {"github", ReportFormat::github, make_github_report},
    {"html", ReportFormat::html, make_html_report},
    {"markdown", ReportFormat::markdown, make_markdown_report},
    {"gitlab", ReportFormat::gitlab, make_gitlab_report},
};

constexpr std::pair<std::string_view, ReportFormat> endings[] = {
    {".sarif.json", ReportFormat::sarif}, {".sarif", ReportFormat::sarif},
    {".html", ReportFormat::html},        {".htm", ReportFormat::html},
    {".xml", ReportFormat::junit},        {".md", ReportFormat::markdown},
    {".json", ReportFormat::json},        {".jsonl", ReportFormat::json},
    {".ndjson", ReportFormat::json},      {".txt", ReportFormat::text},
};

}  // namespace

const std::vector<std::pair<std::string_view, ReportFormat>>& report_formats() {
  static const auto words = [] {
    std::vector<std::pair<std::string_view, ReportFormat>> made;
    for (const Row& row : rows) made.emplace_back(row.word, row.format);
    return made;
  }();
  return words;
}

std::optional<ReportFormat> format_of_name(std::string_view path) {
  for (const auto& [ending, format] : endings) {
    if (path.ends_with(ending)) return format;
  }
  return std::nullopt;
}

std::unique_ptr<Report> make_report(ReportFormat format, const ReportOptions& options) {
  for (const Row& row : rows) {
    if (row.format == format) return row.make(options);
  }
  return make_text_report(options);
}

std::string_view take_field(std::string_view& item) {
  const std::size_t end = std::min(item.find(field_end), item.size());
  const std::string_view field = item.substr(0, end);
  item.remove_prefix(std::min(end + 1, item.size()));
  return field;
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
