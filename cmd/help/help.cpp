// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "cmd/command.hpp"
#include "cmd/help/wrap.hpp"

namespace lhcr::cmd {
namespace {

constexpr std::size_t text_column = 26;

/// "-o, --output PATH"
std::string spelling(const OptionRow& row) {
  if (row.positional) return row.value;
  std::string text = row.short_names.empty() ? "    " : "-" + row.short_names.front();
  for (const std::string& name : row.long_names) {
    text += text == "    " ? "--" : ", --";
    text += name;
  }
  if (!row.value.empty()) text += ' ' + row.value;
  return text;
}

void append_row(std::string_view label, std::string_view text, std::string& out) {
  out += "  ";
  out += label;
  std::size_t column = label.size() + 2;
  if (column + 2 > text_column) {
    out += '\n';
    column = 0;
  }
  out += std::string(text_column - column, ' ');
  append_wrapped(text, text_column, text_column, out);
}

void append_options(const std::vector<OptionRow>& rows, std::string& out) {
  std::string group;
  for (const OptionRow& row : rows) {
    const std::string heading = row.positional ? "Arguments" : row.group;
    if (heading != group) out += '\n' + heading + ":\n";
    group = heading;
    append_row(spelling(row), row.text, out);
  }
}

void append_examples(const std::vector<Example>& examples, std::string& out) {
  if (examples.empty()) return;
  out += "\nExamples:\n";
  for (const Example& example : examples) {
    out += "  ";
    out += example.call;
    out += "\n      ";
    append_wrapped(example.text, 6, 6, out);
  }
}

}  // namespace

std::string command_help(const Command& command, const OptionList& options) {
  const std::vector<OptionRow> rows = options.rows();
  std::string out = "Usage: " + options.program() + " [OPTION]...";
  for (const OptionRow& row : rows) {
    if (row.positional) out += row.repeated ? " [" + row.value + "]..." : ' ' + row.value;
  }
  out += "\n\n";
  append_wrapped(command.description, 0, 0, out);
  append_options(rows, out);
  append_examples(command.examples, out);
  return out;
}

std::string program_help() {
  std::string out =
      "lhcr validates, converts, diffs and pushes patient records (FHIR, CDA, CSV).\n\n"
      "Usage: lhcr COMMAND [OPTION]... [FILE|DIR|-]...\n";
  std::string_view group;
  for (const Command& command : commands()) {
    if (command.group.empty()) continue;
    if (command.group != group) out += '\n' + std::string(command.group) + ":\n";
    group = command.group;
    append_row(command.name, command.summary, out);
  }
  out += "\nOptions:\n";
  append_row("    --version", "Show the version", out);
  append_row("-h, --help", "Show this help; for a command: lhcr COMMAND --help", out);
  out +=
      "\nExit codes: 0 success, 1 a negative result (such as invalid), 2 usage,\n"
      "3 unreadable input, 4 endpoint or network, 5 an internal error.\n";
  return out;
}

}  // namespace lhcr::cmd
