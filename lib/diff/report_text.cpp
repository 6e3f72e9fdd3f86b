// SPDX-License-Identifier: Apache-2.0
/// Reports for a terminal.
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "diff/report.hpp"

namespace lhcr::diff {
namespace {

constexpr std::string_view red = "\033[31m";
constexpr std::string_view green = "\033[32m";
constexpr std::string_view yellow = "\033[33m";
constexpr std::string_view bold = "\033[1m";
constexpr std::string_view faint = "\033[2m";
constexpr std::string_view plain = "\033[0m";

class Painter {
 public:
  explicit Painter(bool colour) : colour_(colour) {}
  [[nodiscard]] std::string operator()(std::string_view colour, std::string_view text) const {
    const std::string shown = printable(text);
    if (!colour_ || shown.empty()) return shown;
    return std::string(colour).append(shown).append(plain);
  }

 private:
  bool colour_;
};

/// What it is, when, about whom; what appears or vanishes with what it says.
std::string heading(const Section& section) {
  std::string text = section.type;
  if (!section.label.empty()) text += " · " + section.label;
  if (section.what != What::changed && !section.value.empty()) text += ": " + section.value;
  for (const std::string* part : {&section.date, &section.who}) {
    if (!part->empty()) text += " · " + *part;
  }
  if (!section.id.empty()) text += " (" + section.id + ")";
  if (!section.record.empty()) text += " in " + section.record;
  return text;
}

std::string_view sign(What what) {
  switch (what) {
    case What::added:
      return "+";
    case What::removed:
      return "-";
    case What::moved:
      return ">";
    default:
      return "~";
  }
}

std::string_view colour_of(What what) {
  return what == What::added ? green : what == What::removed ? red : yellow;
}

/// What is to be known beyond the values.
std::string remark(const Line& line) {
  if (line.what == What::moved) return " (moved)";
  if (line.why == Why::value) return line.level == Level::minor ? " (display)" : "";
  return " (" + std::string(word(line.why)) + ")";
}

/// As people read it: a part that appears in a value changes the value.
What shown_what(const Line& line) {
  return line.whole ? What::changed : line.what;
}

void write_line(const Line& line, const Look& look, std::string& out) {
  const Painter paint(look.colour);
  const What what = shown_what(line);
  if (line.repeated && !look.paths) return;
  out += "  " + paint(colour_of(what), sign(what)) + ' ' + printable(line.path) + ": ";
  if (what == What::moved) {
    out += printable(line.before);
  } else if (what == What::changed) {
    out += paint(red, line.before) + " → " + paint(green, line.after);
  } else {
    out += paint(colour_of(what), what == What::added ? line.after : line.before);
  }
  out += paint(faint, remark(line));
  if (look.paths) out += "\n      " + paint(faint, line.full_path);
  out += '\n';
}

void write_notes(const Result& result, std::string& out) {
  for (const std::string& note : result.notes) out += "# " + printable(note) + '\n';
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(count_code_points(text));
}

/// Cut or filled to a number of characters.
std::string fitted(const std::string& given, std::size_t columns) {
  std::string text = printable(given);
  if (width(text) > columns) {
    while (width(text) > columns - 1) {
      text.pop_back();
      while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) {
        text.pop_back();
      }
      if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0U) text.pop_back();
    }
    text += "…";
  }
  text.append(columns - std::min(columns, width(text)), ' ');
  return text;
}

}  // namespace

void write_text(const Result& result, const Look& look, std::string& out) {
  const Painter paint(look.colour);
  write_notes(result, out);
  std::string patient;
  for (const Section& section : result.sections) {
    if (section.patient != patient) {
      patient = section.patient;
      out += paint(bold, "Patient " + patient) + '\n';
    }
    if (section.what == What::changed) {
      out += paint(bold, heading(section)) + '\n';
      for (const Line& line : section.lines) write_line(line, look, out);
    } else {
      out +=
          paint(colour_of(section.what), std::string(sign(section.what)) + ' ' + heading(section)) +
          '\n';
      if (look.paths) out += "      " + paint(faint, section.lines.front().full_path) + '\n';
    }
  }
}

void write_side(const Result& result, const Look& look, std::string& out) {
  const Painter paint(look.colour);
  const std::size_t half = std::max<std::size_t>(look.columns, 40) / 2 - 2;
  write_notes(result, out);
  out +=
      paint(bold, fitted(result.left_name, half)) + "   " + paint(bold, result.right_name) + '\n';
  for (const Section& section : result.sections) {
    out += paint(bold, heading(section)) + '\n';
    for (const Line& line : section.lines) {
      if (line.repeated) continue;
      const std::string label = line.path.empty() ? "" : line.path + ": ";
      const What what = shown_what(line);
      const bool has_left = what != What::added;
      const bool has_right = what != What::removed;
      out += paint(red, fitted(has_left ? label + line.before : "", half));
      out += ' ';
      out += what == What::added ? '>' : what == What::removed ? '<' : '|';
      out += ' ' + paint(green, has_right ? label + line.after : "") + paint(faint, remark(line));
      while (out.back() == ' ') out.pop_back();
      out += '\n';
    }
  }
}

void write_stat(const Result& result, std::string& out) {
  struct Counts {
    std::size_t changed = 0, added = 0, removed = 0, elements = 0;
  };
  std::map<std::string, Counts> counts;
  Counts all;
  for (const Section& section : result.sections) {
    for (Counts* each : {&counts[section.type], &all}) {
      each->changed += section.what == What::changed ? 1U : 0U;
      each->added += section.what == What::added ? 1U : 0U;
      each->removed += section.what == What::removed ? 1U : 0U;
      each->elements += section.what == What::changed ? section.lines.size() : 0U;
    }
  }
  counts["total"] = all;
  const auto row = [&out](const std::string& type, const Counts& each) {
    out += type + ": " + std::to_string(each.changed) + " changed (" +
           std::to_string(each.elements) + (each.elements == 1 ? " element), " : " elements), ") +
           std::to_string(each.added) + " added, " + std::to_string(each.removed) + " removed\n";
  };
  for (const auto& [type, each] : counts) {
    if (type != "total") row(type, each);
  }
  row("total", all);
}

}  // namespace lhcr::diff
