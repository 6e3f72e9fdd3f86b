// SPDX-License-Identifier: Apache-2.0
/// What a subcommand is, and what it is given to work with.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/exit_code.hpp"
#include "cmd/options.hpp"

namespace lhcr::cmd {

/// The process around a command, as far as commands may know it.
struct Io {
  bool in_terminal = false;   ///< standard input is a terminal
  bool out_terminal = false;  ///< standard output is a terminal
  bool err_terminal = false;  ///< standard error is a terminal
  bool no_colour = false;     ///< the environment has a NO_COLOR that is not empty
  std::string pager = {};     ///< what long text on a terminal goes through; empty: nothing
  std::vector<Setting> settings = {};  ///< the options of this run

  /// Writes to standard error, at once.
  void say(std::string_view text) const;
};

/// Whether to write colours to something that is a terminal or not.
[[nodiscard]] bool use_colour(Colour colour, bool terminal, const Io& io);

/// One line of a command's EXAMPLES.
struct Example {
  std::string_view call;  ///< "lhcr validate patient.json"
  std::string_view text;  ///< what it does
};

/// What a command does once its options are parsed.
using Job = std::function<ExitCode(const Io&)>;

/// One subcommand.
struct Command {
  std::string_view name;
  std::string_view group;  ///< heading in `lhcr --help`; empty: not shown
  std::string_view summary;
  std::string_view description;  ///< a few sentences below the usage line
  std::vector<Example> examples;
  /// Declares the options, does no I/O, and returns the job that will use them.
  std::function<Job(OptionList&)> prepare;
};

/// A command from a plain options struct and two functions: `declare` binds options to the struct,
/// `run` works with it.
template <typename Options>
[[nodiscard]] Command make_command(Command command, void (*declare)(OptionList&, Options&),
                                   ExitCode (*run)(const Options&, const Io&)) {
  command.prepare = [declare, run](OptionList& list) -> Job {
    auto options = std::make_shared<Options>();
    declare(list, *options);
    return [options, run](const Io& io) { return run(*options, io); };
  };
  return command;
}

/// Every command, in the order of `lhcr --help`. The one table of them.
[[nodiscard]] const std::vector<Command>& commands();
/// The command of that name, or nullptr.
[[nodiscard]] const Command* find_command(std::string_view name);

/// The program's version: "0.1.0".
[[nodiscard]] std::string_view version();

/// `lhcr --help`: the commands by group.
[[nodiscard]] std::string program_help();
/// `lhcr NAME --help`.
[[nodiscard]] std::string command_help(const Command& command, const OptionList& options);

}  // namespace lhcr::cmd
