// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/words.hpp"
#include "cmd/help/generate.hpp"
#include "cmd/run/output.hpp"

namespace lhcr::cmd {
namespace {

struct CompletionOptions {
  std::string shell;
  std::string list;
};

void declare(OptionList& list, CompletionOptions& options) {
  list.argument_choice("[SHELL]", options.shell, {"bash", "zsh", "fish"}, "bash, zsh or fish");
  list.opt("--list", options.list, {"LIST", {Completion::words, "lists"}},
           "Print the words that the scripts offer, one per line: " + joined(word_lists(), ", "));
}

ExitCode run(const CompletionOptions& options, const Io& io) {
  if (!options.list.empty()) {
    std::string lines;
    for (const std::string& word : words_of(options.list)) lines += word + "\n";
    return print(lines, io);
  }
  if (options.shell.empty()) {
    throw Error(ErrorKind::usage, "lhcr completion needs a SHELL: bash, zsh or fish");
  }
  const std::vector<DeclaredCommand> commands = declared_commands();
  Output out("");
  if (options.shell == "bash") out.write(bash_completion(commands));
  if (options.shell == "zsh") out.write(zsh_completion(commands));
  if (options.shell == "fish") out.write(fish_completion(commands));
  out.finish();
  return ExitCode::yes;
}

}  // namespace

std::vector<DeclaredCommand> declared_commands() {
  std::vector<DeclaredCommand> declared;
  for (const Command& command : commands()) {
    if (command.group.empty()) continue;
    OptionList options("lhcr " + std::string(command.name));
    const Job job = command.prepare(options);  // holds the struct that the options point to
    declared.push_back({&command, options.rows()});
  }
  return declared;
}

std::vector<std::string> hyphened_names(const OptionRow& row) {
  std::vector<std::string> names;
  for (const std::string& name : row.short_names) names.push_back("-" + name);
  for (const std::string& name : row.long_names) names.push_back("--" + name);
  return names;
}

std::string words_command(const OptionRow& row) {
  return "lhcr completion --list " + row.list + " 2>/dev/null";
}

Command completion_command() {
  Command command;
  command.name = "completion";
  command.group = "Help";
  command.summary = "Print the completion script of a shell";
  command.description =
      "Prints a script that completes commands, options, their values and file names. Distribution "
      "packages install it.";
  command.examples = {
      {"lhcr completion bash", "For the current shell: source <(lhcr completion bash)"},
      {"lhcr completion fish", "To keep it: > ~/.config/fish/completions/lhcr.fish"},
  };
  return make_command<CompletionOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
