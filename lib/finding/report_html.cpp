// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/text.hpp"
#include "finding/excerpt.hpp"
#include "finding/explanation.hpp"
#include "finding/report_formats.hpp"
#include "finding/report_html_page.hpp"

namespace lhcr::finding {
namespace {

/// Bytes of a line shown before and behind a finding's place.
constexpr std::size_t shown_before = 60;
constexpr std::size_t shown_behind = 100;
/// Excerpts beyond these bytes are left out, so that a page of many findings opens at once.
constexpr std::size_t most_excerpt_bytes = std::size_t{2} << 20U;
/// Texts that are remembered; when there are more, one may stand in the page twice.
constexpr std::size_t most_texts = 100000;

/// One page that needs nothing besides itself. Findings are lines of JSON in it, written as they
/// come: a string is a text that is numbered from 0, a list is a finding whose members are numbers
/// of texts. The page's script makes groups by finding and by file of it, and only what is looked
/// at becomes elements.
class HtmlReport : public Report {
 public:
  explicit HtmlReport(const ReportOptions& options) : options_(options) {}
  void begin(std::size_t inputs, std::string& out) override;
  void begin_input(std::string_view input, std::string& out) override;
  void render(const Finding& finding, const Place& place, std::string& items) const override;
  void add_items(std::string_view items, std::string& out) override;
  void end_input(const Tally& tally, std::string&) override { total_ += tally; }
  void end(std::string& out) override;

 private:
  std::size_t number_of(std::string_view text, std::string& out);
  void add_item(std::string_view item, std::string& out);
  void append_summary(std::string& out) const;
  void append_kinds(std::string& out) const;
  void append_explanations(std::string& out) const;

  ReportOptions options_;
  Tally total_;
  std::string input_;
  std::unordered_map<std::string, std::size_t> numbers_;
  std::size_t texts_ = 0;
  std::size_t excerpts_ = 0;  ///< bytes of them
  KindCounts kinds_;
};

std::string escaped(std::string_view text) {
  std::string plain;
  append_plain(text, plain);
  std::string out;
  append_xml_attribute(out, plain);
  return out;
}

void HtmlReport::begin(std::size_t, std::string& out) {
  out += html_head;
}

void HtmlReport::begin_input(std::string_view input, std::string&) {
  input_ = input == "-" ? "standard input" : input;
}

/// What stands around a finding's place on its line: before it and behind it.
std::pair<std::string, std::string> excerpt_texts(const Finding& finding, const Place& place) {
  const auto excerpt = excerpt_of(finding, place, {shown_before, shown_behind});
  if (!excerpt) return {};
  return {(excerpt->cut_before ? "…" : "") + printable(excerpt->before),
          printable(excerpt->behind) + (excerpt->cut_behind ? "…" : "")};
}

/// A line each of what was considered; else the hint.
std::string hint_lines(const Finding& finding) {
  if (finding.candidates.empty()) return printable(finding.hint());
  std::string text;
  for (const Candidate& candidate : finding.candidates) {
    text.append(text.empty() ? "" : "\n").append(printable(in_words(candidate)));
  }
  return text;
}

void HtmlReport::render(const Finding& finding, const Place& place, std::string& items) const {
  items += static_cast<char>('0' + static_cast<int>(finding.severity));
  items += std::to_string(finding.position.line) + field_end;
  items += std::to_string(finding.position.column) + field_end;
  const auto excerpt =
      options_.excerpts ? excerpt_texts(finding, place) : std::pair<std::string, std::string>();
  for (const std::string& text :
       {std::string(entry(finding.id).id), printable(finding.path), printable(finding.text()),
        hint_lines(finding), excerpt.first, excerpt.second}) {
    items += text + field_end;
  }
  items += item_end;
}

/// The number of a text, which is written when it is new.
std::size_t HtmlReport::number_of(std::string_view text, std::string& out) {
  if (numbers_.size() >= most_texts) numbers_.clear();
  const auto [found, is_new] = numbers_.try_emplace(std::string(text), texts_);
  if (!is_new) return found->second;
  std::string line;
  append_string(text, line);
  for (const char byte : line) {
    // "</script" must not end the script.
    out += byte == '<' ? "\\u003c" : std::string(1, byte);
  }
  out += '\n';
  return texts_++;
}

void HtmlReport::add_item(std::string_view item, std::string& out) {
  const auto severity = static_cast<Severity>(item.front() - '0');
  item.remove_prefix(1);
  std::string row = "[" + std::to_string(static_cast<int>(severity));
  for (int place = 0; place < 2; ++place) row += "," + std::string(take_field(item));
  const std::string_view id = take_field(item);
  kinds_.add(id, severity);
  row += "," + std::to_string(number_of(input_, out)) + "," + std::to_string(number_of(id, out));
  constexpr int plain_fields = 3;  // path, text, hint
  for (int field = 0; field < plain_fields; ++field) {
    row += "," + std::to_string(number_of(take_field(item), out));
  }
  const std::string_view before = take_field(item);
  const std::string_view behind = take_field(item);
  excerpts_ += before.size() + behind.size();
  if (excerpts_ > 0 && excerpts_ < most_excerpt_bytes && !(before.empty() && behind.empty())) {
    row +=
        "," + std::to_string(number_of(before, out)) + "," + std::to_string(number_of(behind, out));
  }
  out += row + "]\n";
}

void HtmlReport::add_items(std::string_view items, std::string& out) {
  while (!items.empty()) {
    add_item(take_item(items), out);
  }
}

void append_figure(std::uint64_t number, std::string_view name, std::string_view classes,
                   std::string& out) {
  out += "<div class=\"figure " + std::string(classes) + "\"><b>" + std::to_string(number) +
         "</b>" + std::string(name) + "</div>";
}

void HtmlReport::append_summary(std::string& out) const {
  out += "<header><h1>lhcr validate</h1><div class=\"figures\">";
  append_figure(total_.files, "files", "", out);
  append_figure(total_.records, "records", "", out);
  append_figure(total_.records - total_.invalid, "valid", "good", out);
  append_figure(total_.invalid, "invalid", total_.invalid > 0 ? "error" : "", out);
  append_figure(total_.fatals + total_.errors, "errors", total_.invalid > 0 ? "error" : "", out);
  append_figure(total_.warnings, "warnings", total_.warnings > 0 ? "warning" : "", out);
  append_figure(total_.informations, "information", "", out);
  append_figure(total_.not_checked, "not checked", "", out);
  append_figure(total_.following, "that follow", "", out);
  append_figure(total_.accepted, "accepted", "", out);
  out += "</div>\n<dl>";
  for (const auto& [name, value] : provenance_rows(options_.provenance)) {
    out += "<dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd>\n";
  }
  out += "</dl></header>\n";
}

void HtmlReport::append_kinds(std::string& out) const {
  out +=
      "<table "
      "id=\"kinds\"><thead><tr><th>Finding</th><th>Severity</th><th>Count</th></tr></"
      "thead><tbody>\n";
  for (const auto& [id, kind] : kinds_.by_weight()) {
    const std::string severity(severity_name(kind.severity));
    out += "<tr class=\"" + severity + "\"><td><a href=\"#explain-" + id + "\">" + id +
           "</a></td><td class=\"severity\">" + severity + "</td><td>" +
           std::to_string(kind.count) + "</td></tr>\n";
  }
  out += "</tbody></table>\n";
}

void HtmlReport::append_explanations(std::string& out) const {
  out += "<section id=\"explanations\"><h2>What the findings mean</h2>\n";
  for (const auto& [id, kind] : kinds_.by_id()) {
    out += "<article id=\"explain-" + id + "\"><h3>" + id + "</h3>";
    if (const Explanation* explained = explanation(id)) {
      out += "<p>" + escaped(explained->means) + "</p><p>" + escaped(explained->why) + "</p><p>" +
             escaped(explained->clause) + "</p>";
    }
    out += "</article>\n";
  }
  out += "</section>\n";
}

void HtmlReport::end(std::string& out) {
  out += html_after_data;
  append_summary(out);
  if (!kinds_.by_id().empty()) append_kinds(out);
  out += html_filters;
  append_explanations(out);
  out += html_tail;
}

}  // namespace

std::unique_ptr<Report> make_html_report(const ReportOptions& options) {
  return std::make_unique<HtmlReport>(options);
}

}  // namespace lhcr::finding
