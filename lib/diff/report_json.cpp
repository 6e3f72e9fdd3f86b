// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "diff/report.hpp"

namespace lhcr::diff {
namespace {

void member(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  out += ",\"";
  out += name;
  out += "\":";
  append_json_string(out, text);
}

void raw_member(std::string& out, std::string_view name, std::string_view json) {
  if (json.empty()) return;
  out += ",\"";
  out += name;
  out += "\":";
  out += json;
}

void write_change(const Section& section, const Line& line, std::string& out) {
  out += "{\"what\":";
  append_json_string(out, word(line.what));
  member(out, "why", line.what == What::changed ? word(line.why) : std::string_view{});
  member(out, "level", word(line.level));
  member(out, "resourceType", section.type);
  member(out, "id", section.id);
  member(out, "label", section.label);
  member(out, "date", section.date);
  member(out, "who", section.who);
  member(out, "patient", section.patient);
  member(out, "record", section.record);
  member(out, "path", line.full_path);
  member(out, "pointer", line.pointer);
  raw_member(out, "old", line.before_json);
  raw_member(out, "new", line.after_json);
  out += '}';
}

}  // namespace

void write_json_list(const Result& result, std::string& out) {
  out += R"({"format":"lhcr-diff","version":1,"left":)";
  append_json_string(out, result.left_name);
  out += ",\"right\":";
  append_json_string(out, result.right_name);
  out += ",\"differs\":";
  out += result.differs() ? "true" : "false";
  out += ",\"notCompared\":" + std::to_string(result.not_compared);
  out += ",\"notes\":[";
  bool first = true;
  for (const std::string& note : result.notes) {
    out += first ? "" : ",";
    first = false;
    append_json_string(out, note);
  }
  out += "],\"changes\":[";
  first = true;
  for (const Section& section : result.sections) {
    for (const Line& line : section.lines) {
      out += first ? "\n" : ",\n";
      first = false;
      write_change(section, line, out);
    }
  }
  out += first ? "]}\n" : "\n]}\n";
}

}  // namespace lhcr::diff
