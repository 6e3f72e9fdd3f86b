// SPDX-License-Identifier: Apache-2.0
#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

/// ANSI: red, red, yellow, cyan; bold for the place, dim for id and hint.
constexpr std::string_view severity_colours[] = {"\x1b[31m", "\x1b[31m", "\x1b[33m", "\x1b[36m"};
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view dim = "\x1b[2m";
constexpr std::string_view plain = "\x1b[0m";

class TextReport : public Report {
 public:
  explicit TextReport(bool colour) : colour_(colour) {}
  void begin(std::size_t, std::string&) override {}
  void begin_input(std::string_view, std::string&) override {}
  void render(const Finding& finding, const Place& place, std::string& items) const override;
  void add_items(std::string_view items, std::string& out) override { out += items; }
  void end_input(const Tally&, std::string&) override {}
  void end(std::string&) override {}

 private:
  void paint(std::string_view colour, std::string& out) const {
    if (colour_) out += colour;
  }

  bool colour_;
};

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
  const std::string hint = finding.hint();
  if (!hint.empty()) {
    items += "\n    ";
    append_plain(hint, items);
  }
  paint(plain, items);
  items += '\n';
}

}  // namespace

std::unique_ptr<Report> make_text_report(bool colour) {
  return std::make_unique<TextReport>(colour);
}

}  // namespace lhcr::finding
