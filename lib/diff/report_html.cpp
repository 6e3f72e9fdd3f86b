// SPDX-License-Identifier: Apache-2.0
/// One page that needs nothing else: no script, no font, no network.
#include "base/text.hpp"
#include "diff/report.hpp"

namespace lhcr::diff {
namespace {

constexpr std::string_view head = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Differences</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .3rem; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; }
col.path { width: 26%; } col.value { width: 30%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-top: 1px solid #8884; }
td { overflow-wrap: anywhere; }
td.path { font-family: ui-monospace, monospace; font-size: .85rem; }
del { background: #d33a2c22; } ins { background: #2a8f4322; text-decoration: none; }
.minor, .same { opacity: .75; } .remark, .note { opacity: .7; font-size: .85rem; }
</style>
</head>
<body>
)html";

std::string escaped(std::string_view text) {
  std::string out;
  append_xml_attribute(out, printable(text));
  return out;
}

void write_row(const Line& line, std::string& out) {
  if (line.repeated) return;
  const What what = line.whole ? What::changed : line.what;
  out += "<tr class=\"" + std::string(word(line.level)) + "\"><td class=\"path\" title=\"" +
         escaped(line.full_path) + "\">" + escaped(line.path) + "</td><td>";
  if (what != What::added) out += "<del>" + escaped(line.before) + "</del>";
  out += "</td><td>";
  if (what != What::removed) out += "<ins>" + escaped(line.after) + "</ins>";
  out += "</td><td class=\"remark\">";
  out += what == What::changed ? word(line.why) : word(what);
  out += "</td></tr>\n";
}

void write_section(const Section& section, std::string& out) {
  out += "<h2>" + escaped(section.type);
  if (!section.label.empty()) out += " · " + escaped(section.label);
  if (section.what != What::changed)
    out += " <small>" + std::string(word(section.what)) + "</small>";
  out += "</h2>\n";
  std::string about = section.what == What::changed ? "" : section.value;
  for (const std::string* part : {&section.date, &section.who}) {
    if (!part->empty()) about += (about.empty() ? "" : " · ") + *part;
  }
  if (!about.empty()) out += "<p>" + escaped(about) + "</p>\n";
  const std::string where = section.id + (section.record.empty() ? "" : " in " + section.record) +
                            (section.patient.empty() ? "" : ", patient " + section.patient);
  if (!where.empty()) out += "<p class=\"note\">" + escaped(where) + "</p>\n";
  out +=
      "<table><colgroup><col class=\"path\"><col class=\"value\"><col class=\"value\"><col>"
      "</colgroup>\n";
  for (const Line& line : section.lines) write_row(line, out);
  out += "</table>\n";
}

}  // namespace

void write_html(const Result& result, std::string& out) {
  out += head;
  out += "<h1>Differences</h1>\n<p>" + escaped(result.left_name) + " → " +
         escaped(result.right_name) + "</p>\n";
  for (const std::string& note : result.notes) {
    out += "<p class=\"note\">" + escaped(note) + "</p>\n";
  }
  if (result.sections.empty()) out += "<p>The records say the same.</p>\n";
  for (const Section& section : result.sections) write_section(section, out);
  out += "</body>\n</html>\n";
}

}  // namespace lhcr::diff
