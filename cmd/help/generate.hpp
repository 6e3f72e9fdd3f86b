// SPDX-License-Identifier: Apache-2.0
/// Shell completions and manual pages, written from the commands' declared options.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cmd/command.hpp"

namespace lhcr::cmd {

/// A command with its options read back from the parser.
struct DeclaredCommand {
  const Command* command;
  std::vector<OptionRow> options;
};

/// The commands that `lhcr --help` shows.
[[nodiscard]] std::vector<DeclaredCommand> declared_commands();

[[nodiscard]] std::string bash_completion(const std::vector<DeclaredCommand>& commands);
[[nodiscard]] std::string zsh_completion(const std::vector<DeclaredCommand>& commands);
[[nodiscard]] std::string fish_completion(const std::vector<DeclaredCommand>& commands);

/// The names of the lists that completion scripts ask for, and the words of one.
[[nodiscard]] std::vector<std::string> word_lists();
[[nodiscard]] std::vector<std::string> words_of(std::string_view list);
/// The shell's command that prints the words of an option's values, one a line.
[[nodiscard]] std::string words_command(const OptionRow& row);

/// Fills a manual page's template: lines that are `@OPTIONS NAME@`, `@COMMANDS@` or `@EXIT@`, and
/// `@VERSION@` anywhere. Throws Error{input} for a slot that it does not know.
[[nodiscard]] std::string manual_page(std::string_view page_template,
                                      const std::vector<DeclaredCommand>& commands);

/// The option's names with their hyphens: "-o", "--output".
[[nodiscard]] std::vector<std::string> hyphened_names(const OptionRow& row);

}  // namespace lhcr::cmd
