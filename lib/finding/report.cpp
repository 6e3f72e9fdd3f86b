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

namespace {

/// What stands in front of a mark, which is taken too.
std::string_view take_until(char mark, std::string_view& text) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

}  // namespace

std::string_view take_field(std::string_view& item) {
  return take_until(field_end, item);
}

std::string_view take_item(std::string_view& items) {
  return take_until(item_end, items);
}

void KindCounts::add(std::string_view id, Severity severity) {
  Kind& kind = kinds_[std::string(id)];
  kind.severity = std::min(kind.severity, severity);
  ++kind.count;
}

std::vector<std::pair<std::string, KindCounts::Kind>> KindCounts::by_weight() const {
  std::vector<std::pair<std::string, Kind>> kinds(kinds_.begin(), kinds_.end());
  std::stable_sort(kinds.begin(), kinds.end(), [](const auto& left, const auto& right) {
    return std::pair(left.second.severity, right.second.count) <
           std::pair(right.second.severity, left.second.count);
  });
  return kinds;
}

void append_string(std::string_view text, std::string& out) {
  lhcr::append_json_string(out, valid_utf8(text));
}

void append_plain(std::string_view text, std::string& out) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char byte) { return byte >= ' ' && byte < 0x7F; });
  if (plain) {
    out += text;
  } else {
    out += printable(text);
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
