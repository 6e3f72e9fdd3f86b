// SPDX-License-Identifier: Apache-2.0
#include "finding/explanation.hpp"
#include "finding/finding.hpp"
#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

void append_files(const Example& example, std::string& out) {
  out += ",\"files\":[";
  Commas commas;
  for (const ExampleFile& file : example.files) {
    commas.before_item(out);
    out += "{\"name\":";
    append_string(file.name, out);
    out += ",\"text\":";
    append_string(file.text, out);
    out += file.bytes ? ",\"bytes\":true}" : "}";
  }
  out += ']';
}

void append_example(std::string_view name, const Example& example, std::string& out) {
  out += ",\"";
  out += name;
  out += "\":{\"command\":";
  append_string(example.command, out);
  append_files(example, out);
  out += '}';
}

}  // namespace

std::string explanation_json(const Explanation& explained) {
  const Entry& row = explained.row;
  std::string out = "{\"id\":";
  append_string(row.id, out);
  append_member("area", explained.area, out);
  append_member("severity", severity_name(row.severity), out);
  append_member("code", row.code, out);
  append_member("text", row.text, out);
  append_member("hint", row.hint, out);
  append_member("means", explained.means, out);
  append_member("why", explained.why, out);
  append_member("clause", explained.clause, out);
  append_member("url", explained.url, out);
  append_member("silence", explained.silence, out);
  append_member("none", explained.none, out);
  if (explained.none.empty()) {
    append_example("wrong", explained.wrong, out);
    append_example("right", explained.right, out);
    out += ",\"with\":[";
    Commas commas;
    for (const std::string_view id : explained.with) {
      commas.before_item(out);
      append_string(id, out);
    }
    out += ']';
  }
  return out + "}";
}

std::string explanations_json() {
  std::string out = "{\"format\":\"lhcr-explanations\",\"version\":1,\"findings\":[";
  Commas commas;
  for (const Explanation& explained : explanations()) {
    commas.before_item(out);
    out += '\n' + explanation_json(explained);
  }
  return out + "\n]}\n";
}

}  // namespace lhcr::finding
