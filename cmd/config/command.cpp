// SPDX-License-Identifier: Apache-2.0
// `lhcr config`.
#include <filesystem>

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "cmd/config/config.hpp"
#include "cmd/run/output.hpp"

namespace lhcr::cmd {
namespace {

struct ShowOptions {
  std::string action;
  std::vector<std::string> rest;
};

void declare(OptionList& list, ShowOptions& options) {
  list.argument_choice("ACTION", options.action, {"show", "check", "schema"},
                       "show: list the options that apply and where each is set; check: check "
                       "whether a file can be used; schema: print the JSON Schema of lhcr.toml");
  list.arguments(
      "[FILE|DIR | COMMAND [-- ARGUMENT...]]", options.rest, Completion::file,
      "An lhcr.toml file, a folder whose lhcr.toml applies, or a command with its arguments");
}

std::string file_of(const std::vector<std::string>& rest) {
  const std::string named = rest.empty() ? "." : rest.front();
  if (named.ends_with(".toml")) return named;
  std::error_code none;
  if (!std::filesystem::exists(named, none)) {
    std::vector<std::string_view> names;
    for (const Command& row : commands()) names.push_back(row.name);
    const std::string_view near = closest(named, names);
    throw Error(ErrorKind::usage,
                "there is no file, folder or command '" + named + "'" +
                    (near.empty() ? "" : ". Did you mean '" + std::string(near) + "'?"));
  }
  if (const auto found = find_config({named})) return *found;
  throw Error(ErrorKind::input, named +
                                    ": there is no lhcr.toml in this folder or above it; "
                                    "'lhcr init' writes one");
}

bool is_command(const std::vector<std::string>& rest) {
  return !rest.empty() && find_command(rest.front()) != nullptr;
}

ExitCode run(const ShowOptions& options, const Io& io) {
  if (options.action == "schema") return print(config_schema(), io);
  if (options.action == "show" && is_command(options.rest)) {
    return print(show_run(options.rest, io), io);
  }
  const ConfigFile file = read_config(file_of(options.rest));
  if (options.action == "show") return print(show_file(file), io);
  return print(file.path + ": good\n", io);
}

}  // namespace

Command config_command() {
  Command command;
  command.name = "config";
  command.group = "Projects";
  command.summary = "Show what lhcr.toml and the command line set";
  command.description =
      "An lhcr.toml in the folder of the input, or above it, holds options that need not be "
      "repeated on every command line. The command line takes precedence. 'show' lists each option "
      "that is set and where it is set; given a command, and its arguments after --, it lists what "
      "would apply in that run.";
  command.examples = {
      {"lhcr config show project", "Show what the lhcr.toml of a folder sets"},
      {"lhcr config show validate -- --fail-on error project", "Show what would apply in that run"},
      {"lhcr config schema", "Print the JSON Schema of lhcr.toml, for editors"},
  };
  return make_command<ShowOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
