// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "finding/explanation.hpp"
#include "finding/finding.hpp"

namespace lhcr::finding {
namespace {

/// What Markdown would take for markup, outside code.
std::string plain(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (std::string_view("\\`*_[]<>#|").find(byte) != std::string_view::npos) out += '\\';
    out += byte;
  }
  return out;
}

std::string code_span(std::string_view text) {
  return text.find('`') == std::string_view::npos ? "`" + std::string(text) + "`"
                                                  : "`` " + std::string(text) + " ``";
}

/// `most`: files to show; both examples have the same ones beside their records.
void append_example(std::string_view heading, const Example& example, std::size_t most,
                    std::string& out) {
  out += "**";
  out += heading;
  out += ":** " + code_span(example.command) + "\n\n";
  for (std::size_t at = 0; at < std::min(most, example.files.size()); ++at) {
    const ExampleFile& file = example.files[at];
    out += code_span(file.name) + (file.bytes ? " (`\\xNN` stands for a byte)" : "") + ":\n\n```";
    const std::size_t dot = file.name.rfind('.');
    if (!file.bytes && dot != std::string_view::npos) out += file.name.substr(dot + 1);
    out += '\n';
    if (!file.text.empty()) out += std::string(file.text) + "\n";
    out += "```\n\n";
  }
}

void append_row(const Entry& row, std::string& out) {
  out += "| severity | `OperationOutcome` code | text |\n|---|---|---|\n| ";
  out += std::string(severity_name(row.severity)) + " | " + code_span(row.code) + " | " +
         plain(row.text) + " |\n\n";
}

}  // namespace

std::string explanation_markdown(const Explanation& explained) {
  std::string out = "### " + std::string(explained.row.id) + "\n\n";
  append_row(explained.row, out);
  out += plain(explained.means) + "\n\n**Why it matters:** " + plain(explained.why) + "\n\n";
  if (explained.none.empty()) {
    append_example("Wrong", explained.wrong, explained.wrong.files.size(), out);
    append_example("Right", explained.right, 1, out);
  } else {
    out += "**No example:** " + plain(explained.none) + "\n\n";
  }
  out += "**Clause:** ";
  out += explained.url.empty()
             ? plain(explained.clause)
             : "[" + plain(explained.clause) + "](" + std::string(explained.url) + ")";
  return out + "\n\n**To silence it:** " + plain(explained.silence) + "\n";
}

std::string explanations_markdown() {
  std::string out = "# Findings\n";
  std::string_view area;
  for (const Explanation& explained : explanations()) {
    if (explained.area != area) out += "\n## " + std::string(explained.area) + "\n";
    area = explained.area;
    out += '\n' + explanation_markdown(explained);
  }
  return out;
}

}  // namespace lhcr::finding
