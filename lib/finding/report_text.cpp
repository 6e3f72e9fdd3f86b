// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.hpp"
#include "finding/excerpt.hpp"
#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

/// ANSI: red, red, yellow, cyan; bold for the place, dim for id and hint.
constexpr std::string_view severity_colours[] = {"\x1b[31m", "\x1b[31m", "\x1b[33m", "\x1b[36m"};
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view dim = "\x1b[2m";
constexpr std::string_view plain = "\x1b[0m";

/// Of an excerpt: bytes before and behind the place, and columns of the line's number.
constexpr std::size_t shown_before = 40;
constexpr std::size_t shown_behind = 60;
constexpr std::size_t gutter_width = 5;

class TextReport : public Report {
 public:
  explicit TextReport(const ReportOptions& options)
      : colour_(options.colour),
        excerpts_(options.excerpts),
        candidates_(options.candidates),
        run_(provenance_lines(options.provenance, "# ")) {}
  void begin(std::size_t, std::string& out) override { out += run_; }
  void begin_input(std::string_view, std::string&) override {}
  void render(const Finding& finding, const Place& place, std::string& items) const override;
  void add_items(std::string_view items, std::string& out) override { out += items; }
  void end_input(const Tally&, std::string&) override {}
  void end(std::string&) override {}

 private:
  void paint(std::string_view colour, std::string& out) const {
    if (colour_) out += colour;
  }

  [[nodiscard]] std::string hint_lines(const Finding& finding) const;
  void excerpt(const Finding& finding, const Place& place, std::string& items) const;

  bool colour_;
  bool excerpts_;
  bool candidates_;
  std::string run_;  ///< what made the report, as comments
};

/// The line with what is wrong in it underlined:
///     3 |   "id": "north 4711",
///       |         ^^^^^^^^^^^^
void TextReport::excerpt(const Finding& finding, const Place& place, std::string& items) const {
  const auto found = excerpt_of(finding, place, {shown_before, shown_behind});
  if (!found) return;
  const std::string number = std::to_string(finding.position.line);
  const std::string before = (found->cut_before ? "…" : "") + printable(found->before);
  const std::size_t word = word_length(found->behind);
  const std::size_t marks = terminal_columns(printable(found->behind.substr(0, word)));
  const std::string gutter(gutter_width - std::min(number.size(), gutter_width), ' ');
  paint(dim, items);
  items += gutter + number + " | ";
  paint(plain, items);
  items += before + printable(found->behind) + (found->cut_behind ? "…\n" : "\n");
  paint(dim, items);
  items += std::string(gutter.size() + number.size(), ' ') + " | ";
  paint(plain, items);
  items += std::string(terminal_columns(before), ' ');
  paint(severity_colours[static_cast<std::size_t>(finding.severity)], items);
  items += std::string(std::max<std::size_t>(marks, 1), '^');
  paint(plain, items);
  items += '\n';
}

/// The hint, or a tree of all that were considered; without the end of the last line.
std::string TextReport::hint_lines(const Finding& finding) const {
  std::string lines;
  if (candidates_ && !finding.candidates.empty()) {
    for (const Candidate& candidate : finding.candidates) {
      const bool last = &candidate == &finding.candidates.back();
      lines += lines.empty() ? "" : "\n";
      lines += last ? "    └─ " : "    ├─ ";
      append_plain(in_words(candidate), lines);
    }
    return lines;
  }
  const std::string hint = finding.hint();
  if (hint.empty()) return lines;
  lines += "    ";
  append_plain(hint, lines);
  return lines;
}

void TextReport::render(const Finding& finding, const Place& place, std::string& items) const {
  paint(bold, items);
  append_plain(place.input == "-" ? "<stdin>" : place.input, items);
  items += ':';
  if (finding.position.line > 0) {
    items +=
        std::to_string(finding.position.line) + ':' + std::to_string(finding.position.column) + ':';
  }
  paint(plain, items);
  items += ' ';
  paint(severity_colours[static_cast<std::size_t>(finding.severity)], items);
  items += severity_name(finding.severity);
  paint(plain, items);
  items += ": ";
  if (!finding.path.empty()) {
    append_plain(finding.path, items);
    items += ": ";
  }
  append_plain(finding.text(), items);
  paint(dim, items);
  items += " [" + std::string(entry(finding.id).id) + ']';
  const std::string hint = hint_lines(finding);
  if (excerpts_) {
    paint(plain, items);
    items += '\n';
    excerpt(finding, place, items);
    if (hint.empty()) return;
    paint(dim, items);
  } else if (!hint.empty()) {
    items += '\n';
  }
  items += hint;
  paint(plain, items);
  items += '\n';
}

}  // namespace

std::unique_ptr<Report> make_text_report(const ReportOptions& options) {
  return std::make_unique<TextReport>(options);
}

}  // namespace lhcr::finding
