// SPDX-License-Identifier: Apache-2.0
/// The fixed parts of the HTML report: style sheet, filters, script.
#pragma once

#include <string_view>

namespace lhcr::finding {

/// Up to the sections of the inputs.
constexpr std::string_view html_head = R"page(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>lhcr validate</title>
<style>
:root { color-scheme: light dark; --line: #8884; --error: #c62828; --warning: #a15c00; --information: #1565c0; --good: #2e7d32; }
@media (prefers-color-scheme: dark) { :root { --error: #ff8a80; --warning: #ffb74d; --information: #90caf9; --good: #a5d6a7; } }
body { display: flex; flex-direction: column; max-width: 68rem; margin: 0 auto; padding: 1rem; font: 1rem/1.45 system-ui, sans-serif; }
header { order: -1; }
h1 { font-size: 1.3rem; margin: 0 0 .8rem; }
h2 { font-size: 1.05rem; margin: 1.6rem 0 .3rem; overflow-wrap: anywhere; }
.figures { display: flex; flex-wrap: wrap; gap: .6rem; }
.figure { border: 1px solid var(--line); border-radius: .4rem; padding: .3rem .8rem; min-width: 4.5rem; }
.figure b { display: block; font-size: 1.4rem; }
.figure.error b, .error .severity, .fatal .severity { color: var(--error); }
.figure.warning b, .warning .severity { color: var(--warning); }
.figure.good b { color: var(--good); }
.information .severity { color: var(--information); }
form { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; align-items: center; margin: 1rem 0 0; }
select, input[type=search] { font: inherit; max-width: 100%; }
ol { list-style: none; margin: 0; padding: 0; }
li { border-top: 1px solid var(--line); padding: .5rem 0; }
li div { display: flex; flex-wrap: wrap; gap: .1rem .7rem; align-items: baseline; }
.severity { font-weight: 600; min-width: 6.2rem; }
.text { flex: 1 1 20rem; overflow-wrap: anywhere; }
.id, .path, .place { font-size: .85rem; opacity: .8; overflow-wrap: anywhere; }
pre { margin: .3rem 0; padding: .3rem .5rem; border-left: 3px solid var(--line); overflow-x: auto; font-size: .85rem; }
mark { border-left: 2px solid var(--error); background: none; }
.hint { margin: .2rem 0 0; font-size: .9rem; opacity: .85; }
[hidden] { display: none !important; }
</style>
</head>
<body>
<main>
)page";

constexpr std::string_view html_filters = R"page(<form>
<label><input type="checkbox" name="severity" value="fatal" checked> fatal</label>
<label><input type="checkbox" name="severity" value="error" checked> error</label>
<label><input type="checkbox" name="severity" value="warning" checked> warning</label>
<label><input type="checkbox" name="severity" value="information"> information</label>
<label>id <select name="id"><option value="">all</option></select></label>
<label>contains <input type="search" name="words"></label>
<output></output>
</form>
)page";

/// Behind the summary.
constexpr std::string_view html_tail = R"page(<script>
(function () {
  const form = document.querySelector("form");
  const items = Array.from(document.querySelectorAll("li"));
  const counts = {};
  for (const item of items) counts[item.dataset.id] = (counts[item.dataset.id] || 0) + 1;
  for (const id of Object.keys(counts).sort()) {
    form.elements.id.add(new Option(id + " (" + counts[id] + ")", id));
  }
  function show() {
    const severities = new Set(Array.from(form.querySelectorAll("input:checked"), (box) => box.value));
    const id = form.elements.id.value;
    const words = form.elements.words.value.toLowerCase();
    let shown = 0;
    for (const item of items) {
      item.hidden = !severities.has(item.className) || (id !== "" && item.dataset.id !== id) ||
        !item.textContent.toLowerCase().includes(words);
      shown += item.hidden ? 0 : 1;
    }
    for (const section of document.querySelectorAll("section")) {
      section.hidden = !section.querySelector("li:not([hidden])");
    }
    form.querySelector("output").textContent = shown + " of " + items.length + " findings";
  }
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
})();
</script>
</body>
</html>
)page";

}  // namespace lhcr::finding
