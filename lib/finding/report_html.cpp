// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.hpp"
#include "finding/excerpt.hpp"
#include "finding/report_formats.hpp"
#include "finding/report_html_page.hpp"

namespace lhcr::finding {
namespace {

/// Bytes of a line shown before and behind a finding's place.
constexpr std::size_t shown_before = 60;
constexpr std::size_t shown_behind = 100;

/// One page that needs nothing besides itself: what came to what, filters by severity and id, and
/// the findings by input. Findings are written as they come; the summary, which comes last, is put
/// on top by the style sheet.
class HtmlReport : public Report {
 public:
  explicit HtmlReport(const ReportOptions& options) : options_(options) {}
  void begin(std::size_t inputs, std::string& out) override;
  void begin_input(std::string_view input, std::string& out) override;
  void render(const Finding& finding, const Place& place, std::string& items) const override;
  void add_items(std::string_view items, std::string& out) override;
  void end_input(const Tally& tally, std::string& out) override;
  void end(std::string& out) override;

 private:
  ReportOptions options_;
  Tally total_;
  std::string input_;
  bool open_ = false;  ///< the present input has a section
};

void append_escaped(std::string_view text, std::string& out) {
  std::string plain;
  append_plain(text, plain);
  append_xml_attribute(out, plain);
}

void append_element(std::string_view name, std::string_view classes, std::string_view text,
                    std::string& out) {
  out += "<" + std::string(name) + " class=\"" + std::string(classes) + "\">";
  append_escaped(text, out);
  out += "</" + std::string(name) + ">";
}

/// What stands around a finding's place on its line.
void append_excerpt(const Finding& finding, const Place& place, std::string& items) {
  const auto excerpt = excerpt_of(finding, place, {shown_before, shown_behind});
  if (!excerpt) return;
  items += "<pre>";
  if (excerpt->cut_before) items += "…";
  append_escaped(excerpt->before, items);
  items += "<mark></mark>";
  append_escaped(excerpt->behind, items);
  if (excerpt->cut_behind) items += "…";
  items += "</pre>";
}

void HtmlReport::begin(std::size_t, std::string& out) {
  out += html_head;
}

void HtmlReport::begin_input(std::string_view input, std::string&) {
  input_ = input == "-" ? "standard input" : input;
  open_ = false;
}

void HtmlReport::render(const Finding& finding, const Place& place, std::string& items) const {
  const std::string severity(severity_name(finding.severity));
  const Entry& row = entry(finding.id);
  items += "<li class=\"" + severity + "\" data-id=\"" + std::string(row.id) + "\"><div>";
  append_element("span", "severity", severity, items);
  append_element("span", "text", finding.text(), items);
  append_element("code", "id", row.id, items);
  items += "</div><div>";
  if (finding.position.line > 0) {
    append_element("span", "place",
                   "line " + std::to_string(finding.position.line) + ", column " +
                       std::to_string(finding.position.column),
                   items);
  }
  append_element("code", "path", finding.path, items);
  items += "</div>";
  if (options_.excerpts) append_excerpt(finding, place, items);
  const std::string hint = finding.hint();
  if (!hint.empty()) append_element("p", "hint", hint, items);
  items += "</li>\n";
}

void HtmlReport::add_items(std::string_view items, std::string& out) {
  if (items.empty()) return;
  if (!open_) {
    out += "<section><h2>";
    append_escaped(input_, out);
    out += "</h2><ol>\n";
  }
  open_ = true;
  out += items;
}

void HtmlReport::end_input(const Tally& tally, std::string& out) {
  total_ += tally;
  if (open_) out += "</ol></section>\n";
}

void append_figure(std::uint64_t number, std::string_view name, std::string_view classes,
                   std::string& out) {
  out += "<div class=\"figure " + std::string(classes) + "\"><b>" + std::to_string(number) +
         "</b>" + std::string(name) + "</div>";
}

void HtmlReport::end(std::string& out) {
  out += "</main>\n<header><h1>lhcr validate</h1><div class=\"figures\">";
  append_figure(total_.files, "files", "", out);
  append_figure(total_.records, "records", "", out);
  append_figure(total_.records - total_.invalid, "valid", "good", out);
  append_figure(total_.invalid, "invalid", total_.invalid > 0 ? "error" : "", out);
  append_figure(total_.fatals + total_.errors, "errors", total_.invalid > 0 ? "error" : "", out);
  append_figure(total_.warnings, "warnings", total_.warnings > 0 ? "warning" : "", out);
  append_figure(total_.informations, "information", "", out);
  out += "</div>";
  out += html_filters;
  out += "</header>\n";
  out += html_tail;
}

}  // namespace

std::unique_ptr<Report> make_html_report(const ReportOptions& options) {
  return std::make_unique<HtmlReport>(options);
}

}  // namespace lhcr::finding
