// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "cmd/command.hpp"
#include "cmd/help/wrap.hpp"
#include "cmd/run/output.hpp"
#include "finding/explanation.hpp"
#include "finding/finding.hpp"

namespace lhcr::cmd {
namespace {

enum class Form { text, json, markdown };

struct ExplainOptions {
  std::string id;
  bool all = false;
  Form form = Form::text;
};

void declare(OptionList& list, ExplainOptions& options) {
  list.argument("[ID]", options.id, {Completion::words, "findings"},
                "The id in brackets after a finding; without it, every id is listed");
  list.opt("--all", options.all, "Explain every id, by area");
  list.opt("-f,--format", options.form, "FORMAT",
           {{"text", Form::text}, {"json", Form::json}, {"markdown", Form::markdown}},
           "Write text (default), json (an object for ID, otherwise a document with every id) or "
           "markdown (the same as a page)");
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

void append_paragraph(std::string_view heading, std::string_view text, std::string& out) {
  out += "\n  ";
  out += heading;
  append_wrapped(text, heading.size() + 2, 2, out);
}

void append_block(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += "    " + std::string(text.substr(0, end)) + '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// `most`: files to show; both examples have the same ones beside their records.
void append_example(std::string_view heading, const finding::Example& example, std::size_t most,
                    std::string& out) {
  out += "\n  " + std::string(heading) + "\n    $ " + example.command + '\n';
  for (std::size_t at = 0; at < std::min(most, example.files.size()); ++at) {
    const finding::ExampleFile& file = example.files[at];
    out += "  " + std::string(file.name) + (file.bytes ? " (\\xNN stands for a byte)" : "") + '\n';
    append_block(file.text, out);
  }
}

void append_explanation(const finding::Explanation& explained, std::string& out) {
  append_paragraph("", explained.means, out);
  append_paragraph("Why it matters:", explained.why, out);
  if (explained.none.empty()) {
    append_example("Wrong:", explained.wrong, explained.wrong.files.size(), out);
    append_example("Right:", explained.right, 1, out);
  } else {
    append_paragraph("No example:", explained.none, out);
  }
  append_paragraph("Clause:", explained.clause, out);
  if (!explained.url.empty()) out += "    " + std::string(explained.url) + '\n';
  append_paragraph("To silence it:", explained.silence, out);
}

std::string explained(const finding::Entry& row) {
  std::string out(row.id);
  out += "\n  severity  " + std::string(finding::severity_name(row.severity));
  out += "\n  code      " + std::string(row.code) + " (OperationOutcome.issue.code)";
  out += "\n  text      " + std::string(row.text);
  if (!row.hint.empty()) out += "\n  hint      " + std::string(row.hint);
  out += '\n';
  const finding::Explanation* const found = finding::explanation(row.id);
  if (found != nullptr) append_explanation(*found, out);
  return out;
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

std::string one(const finding::Entry& row, Form form) {
  const finding::Explanation* const found = finding::explanation(row.id);
  if (form == Form::text || found == nullptr) return explained(row);
  return form == Form::json ? finding::explanation_json(*found) + "\n"
                            : finding::explanation_markdown(*found);
}

std::string all_in_text() {
  std::string out;
  for (const finding::Explanation& each : finding::explanations()) {
    out += (out.empty() ? "" : "\n") + explained(each.row);
  }
  return out;
}

std::string every(const ExplainOptions& options) {
  switch (options.form) {
    case Form::json:
      return finding::explanations_json();
    case Form::markdown:
      return finding::explanations_markdown();
    case Form::text:
      break;
  }
  return options.all ? all_in_text() : listed();
}

ExitCode run(const ExplainOptions& options, const Io& io) {
  if (options.id.empty()) return print(every(options), io);
  if (options.all) throw Error(ErrorKind::usage, "--all explains every id; leave it or the id out");
  return print(one(entry_of(options.id), options.form), io);
}

}  // namespace

Command explain_command() {
  Command command;
  command.name = "explain";
  command.group = "Help";
  command.summary = "Explain a finding by its id";
  command.description =
      "Prints what a finding's id means and why it matters, a record that has the finding and one "
      "that does not, the clause behind it, and how to silence it. In the wording, {0} and {1} "
      "stand for what is found in the record.";
  command.examples = {
      {"lhcr explain json-syntax", "Explain the id json-syntax"},
      {"lhcr explain", "List all ids, one per line"},
      {"lhcr explain --all --format markdown", "Write a page with every explanation"},
  };
  return make_command<ExplainOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
