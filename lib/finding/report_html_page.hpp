// SPDX-License-Identifier: Apache-2.0
/// The fixed parts of the HTML report: style sheet, filters, script.
#pragma once

#include <string_view>

namespace lhcr::finding {

/// Up to the findings.
constexpr std::string_view html_head = R"page(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>lhcr validate</title>
<style>
:root { color-scheme: light dark; --line: #8884; --error: #c62828; --warning: #a15c00; --information: #1565c0; --good: #2e7d32; }
@media (prefers-color-scheme: dark) { :root { --error: #ff8a80; --warning: #ffb74d; --information: #90caf9; --good: #a5d6a7; } }
body { max-width: 68rem; margin: 0 auto; padding: 1rem; font: 1rem/1.45 system-ui, sans-serif; }
h1 { font-size: 1.3rem; margin: 0 0 .8rem; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .3rem; }
h3 { font-size: 1rem; margin: 1rem 0 .2rem; }
.figures { display: flex; flex-wrap: wrap; gap: .6rem; }
.figure { border: 1px solid var(--line); border-radius: .4rem; padding: .3rem .8rem; min-width: 4.5rem; }
.figure b { display: block; font-size: 1.4rem; }
.figure.error b, .error .severity, .fatal .severity { color: var(--error); }
.figure.warning b, .warning .severity { color: var(--warning); }
.figure.good b { color: var(--good); }
.information .severity { color: var(--information); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; font-size: .9rem; }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: .15rem 1rem .15rem 0; border-bottom: 1px solid var(--line); }
td:last-child, th:last-child { text-align: right; padding-right: 0; }
form { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; align-items: center; margin: 1rem 0; }
select, input[type=search] { font: inherit; max-width: 100%; }
summary { cursor: pointer; padding: .3rem 0; overflow-wrap: anywhere; }
ol { list-style: none; margin: 0; padding: 0 0 0 1rem; }
li { border-top: 1px solid var(--line); padding: .4rem 0; break-inside: avoid; }
li div { display: flex; flex-wrap: wrap; gap: .1rem .7rem; align-items: baseline; }
.severity { font-weight: 600; min-width: 6.2rem; }
.text { flex: 1 1 20rem; overflow-wrap: anywhere; }
.id, .path, .place { font-size: .85rem; opacity: .8; overflow-wrap: anywhere; }
pre { margin: .3rem 0; padding: .3rem .5rem; border-left: 3px solid var(--line); overflow-x: auto; font-size: .85rem; }
mark { border-left: 2px solid var(--error); background: none; }
.hint { margin: .2rem 0 0; font-size: .9rem; opacity: .85; }
[hidden] { display: none !important; }
@media print {
  form, button { display: none; }
  pre { white-space: pre-wrap; overflow: visible; overflow-wrap: anywhere; }
  a { color: inherit; text-decoration: none; }
  body { max-width: none; padding: 0; }
}
</style>
</head>
<body>
<script type="application/x-ndjson" id="data">
)page";

constexpr std::string_view html_after_data = "</script>\n";

constexpr std::string_view html_filters = R"page(<form>
<label>by <select name="by"><option value="finding">finding</option><option value="file">file</option></select></label>
<label><input type="checkbox" name="severity" value="0" checked> fatal</label>
<label><input type="checkbox" name="severity" value="1" checked> error</label>
<label><input type="checkbox" name="severity" value="2" checked> warning</label>
<label><input type="checkbox" name="severity" value="3"> information</label>
<label>id <select name="id"><option value="">all</option></select></label>
<label>contains <input type="search" name="words"></label>
<output></output>
</form>
<noscript><p>The findings themselves need scripts; the table above does not.</p></noscript>
<main></main>
)page";

/// Behind the explanations.
constexpr std::string_view html_tail = R"page(<script>
(function () {
  const NAMES = ["fatal", "error", "warning", "information"];
  const MOST = 200; // items that one press adds
  const MOST_PRINTED = 5000;
  const texts = [], rows = [];
  for (const line of document.getElementById("data").textContent.split("\n")) {
    if (line === "") continue;
    const value = JSON.parse(line);
    if (typeof value === "string") texts.push(value); else rows.push(value);
  }
  // A finding: severity, line, column, file, id, path, text, hint, before, behind.
  const FILE = 3, ID = 4, PATH = 5, TEXT = 6, HINT = 7, BEFORE = 8, BEHIND = 9;
  const form = document.querySelector("form"), main = document.querySelector("main");
  const counts = new Map();
  for (const row of rows) counts.set(texts[row[ID]], (counts.get(texts[row[ID]]) || 0) + 1);
  for (const id of [...counts.keys()].sort()) form.elements.id.add(new Option(id + " (" + counts.get(id) + ")", id));
  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }
  function hint(lines) {
    if (lines.length === 1) return element("p", "hint", lines[0]);
    const made = element("ul", "hint");
    for (const line of lines) made.append(element("li", "", line));
    return made;
  }
  function item(row) {
    const made = element("li", NAMES[row[0]]), first = element("div"), second = element("div");
    const link = element("a", "id", texts[row[ID]]);
    link.href = "#explain-" + texts[row[ID]];
    first.append(element("span", "severity", NAMES[row[0]]), element("span", "text", texts[row[TEXT]]), link);
    const place = row[1] > 0 ? ":" + row[1] + ":" + row[2] : "";
    second.append(element("span", "place", texts[row[FILE]] + place), element("code", "path", texts[row[PATH]]));
    made.append(first, second);
    if (row.length > BEFORE) {
      const excerpt = element("pre");
      excerpt.append(texts[row[BEFORE]], element("mark"), texts[row[BEHIND]]);
      made.append(excerpt);
    }
    if (texts[row[HINT]]) made.append(hint(texts[row[HINT]].split("\n")));
    return made;
  }
  function grow(group, most) {
    const list = group.box.querySelector("ol"), end = Math.min(group.shown + most, group.rows.length);
    const added = document.createDocumentFragment();
    for (; group.shown < end; ++group.shown) added.append(item(group.rows[group.shown]));
    list.append(added);
    group.more.hidden = group.shown === group.rows.length;
    group.more.textContent = "Show more of " + (group.rows.length - group.shown);
  }
  function box(group) {
    const details = group.box = element("details"), summary = element("summary");
    details.className = NAMES[group.worst];
    summary.append(element("span", "severity", NAMES[group.worst] + " "), group.name + " (" + group.rows.length + ")");
    group.more = element("button");
    group.more.type = "button";
    group.more.addEventListener("click", () => grow(group, MOST));
    details.append(summary, element("ol"), group.more);
    details.addEventListener("toggle", () => { if (details.open && group.shown === 0) grow(group, MOST); });
    return details;
  }
  let groups = [];
  function show() {
    const severities = new Set(Array.from(form.querySelectorAll("input:checked"), (input) => Number(input.value)));
    const id = form.elements.id.value, words = form.elements.words.value.toLowerCase();
    const key = form.elements.by.value === "file" ? FILE : ID;
    const lower = words === "" ? [] : texts.map((text) => text.toLowerCase().includes(words));
    const found = new Map();
    let shown = 0;
    for (const row of rows) {
      if (!severities.has(row[0]) || (id !== "" && texts[row[ID]] !== id)) continue;
      if (words !== "" && !row.slice(FILE).some((text) => lower[text])) continue;
      const name = texts[row[key]];
      if (!found.has(name)) found.set(name, { name, rows: [], worst: 3, shown: 0 });
      const group = found.get(name);
      group.rows.push(row);
      group.worst = Math.min(group.worst, row[0]);
      ++shown;
    }
    groups = [...found.values()].sort((a, b) => a.worst - b.worst || b.rows.length - a.rows.length || (a.name < b.name ? -1 : 1));
    main.replaceChildren(...groups.slice(0, 2000).map(box));
    let open = 0;
    for (const group of groups.slice(0, 2000)) {
      if (open > 0 && open + group.rows.length > MOST) break;
      open += group.rows.length;
      group.box.open = true;
      grow(group, MOST);
    }
    const rest = groups.length > 2000 ? "; the first 2000 of " + groups.length + " groups" : "";
    form.querySelector("output").textContent = shown + " of " + rows.length + " findings" + rest;
  }
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("beforeprint", () => {
    let left = MOST_PRINTED;
    for (const group of groups) {
      if (!group.box || left <= 0) continue;
      group.box.open = true;
      left -= group.rows.length;
      grow(group, Math.max(0, Math.min(group.rows.length - group.shown, left + group.rows.length)));
    }
  });
  show();
})();
</script>
</body>
</html>
)page";

}  // namespace lhcr::finding
