// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "cmd/command.hpp"
#include "cmd/run/output.hpp"
#include "finding/finding.hpp"

namespace lhcr::cmd {
namespace {

struct ExplainOptions {
  std::string id;
};

void declare(OptionList& list, ExplainOptions& options) {
  list.argument("[ID]", options.id, {Completion::words, "findings"},
                "The id in brackets behind a finding; without it every id is listed");
}

std::string listed() {
  std::size_t width = 0;
  for (const finding::Entry& row : finding::catalogue()) width = std::max(width, row.id.size());
  std::string out;
  for (const finding::Entry& row : finding::catalogue()) {
    out += std::string(row.id) + std::string(width + 2 - row.id.size(), ' ');
    out += std::string(row.text) + "\n";
  }
  return out;
}

std::string explained(const finding::Entry& row) {
  std::string out(row.id);
  out += "\n  severity  " + std::string(finding::severity_name(row.severity));
  out += "\n  code      " + std::string(row.code) + " (OperationOutcome.issue.code)";
  out += "\n  text      " + std::string(row.text);
  if (!row.hint.empty()) out += "\n  hint      " + std::string(row.hint);
  return out + "\n";
}

const finding::Entry& entry_of(const std::string& id) {
  std::vector<std::string_view> ids;
  for (const finding::Entry& row : finding::catalogue()) {
    if (row.id == id) return row;
    ids.push_back(row.id);
  }
  const std::string_view meant = closest(id, ids);
  std::string text = "there is no finding '" + id + "'.";
  if (!meant.empty()) text += " Did you mean '" + std::string(meant) + "'?";
  throw Error(ErrorKind::usage, text + " Try 'lhcr explain' for the list");
}

ExitCode run(const ExplainOptions& options, const Io& io) {
  return print(options.id.empty() ? listed() : explained(entry_of(options.id)), io);
}

}  // namespace

Command explain_command() {
  Command command;
  command.name = "explain";
  command.group = "Help";
  command.summary = "Explain a finding by its id";
  command.description =
      "Prints what a finding's id means: its severity, its OperationOutcome code, its wording, in "
      "which {0}, {1} stand for what is found in the record, and what to try.";
  command.examples = {
      {"lhcr explain json-syntax", "What the id json-syntax means"},
      {"lhcr explain", "All ids, one a line"},
  };
  return make_command<ExplainOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
