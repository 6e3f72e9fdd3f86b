// SPDX-License-Identifier: Apache-2.0
/// Chooses the command, runs it, and turns what goes wrong into a message and an exit code.
#include <csignal>
#include <cstdlib>
#include <exception>

#include <unistd.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/mapped_file.hpp"
#include "base/suggest.hpp"
#include "cmd/command.hpp"
#include "cmd/config/config.hpp"
#include "cmd/run/interrupt.hpp"
#include "cmd/run/output.hpp"
#include "cmd/run/pager.hpp"

namespace lhcr::cmd {
namespace {

extern "C" void stop_on_signal(int signal) {
  remove_temporary_files();
  finish_pager();
  if (signal != SIGPIPE) _exit(128 + signal);
  // Whoever reads no more expects the usual end; it comes when this handler returns.
  std::signal(signal, SIG_DFL);
  static_cast<void>(std::raise(signal));
}

/// A file that is mapped has become shorter, or its disk fails.
extern "C" void take_bus_error(int signal, siginfo_t* about, void* /*context*/) {
  if (absorb_bus_error(about->si_addr)) return;
  // The instruction is run again, and ends the program.
  std::signal(signal, SIG_DFL);
}

void catch_bus_errors() {
  struct sigaction action {};
  action.sa_sigaction = take_bus_error;
  action.sa_flags = SA_SIGINFO;
  static_cast<void>(sigaction(SIGBUS, &action, nullptr));
}

void catch_signals() {
  catch_bus_errors();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    // nohup and the like have a signal ignored on purpose.
    if (std::signal(signal, stop_on_signal) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

std::string pager_command() {
  for (const char* variable : {"LHCR_PAGER", "PAGER"}) {
    if (const char* command = std::getenv(variable)) return command;
  }
  return "less";
}

Io process_io() {
  const char* no_colour = std::getenv("NO_COLOR");
  Io io;
  io.in_terminal = isatty(STDIN_FILENO) == 1;
  io.out_terminal = isatty(STDOUT_FILENO) == 1;
  io.err_terminal = isatty(STDERR_FILENO) == 1;
  io.no_colour = no_colour != nullptr && *no_colour != '\0';
  if (io.out_terminal) io.pager = pager_command();
  return io;
}

[[noreturn]] void unknown_command(const std::string& name) {
  std::vector<std::string_view> names;
  for (const Command& command : commands()) names.push_back(command.name);
  const std::string_view meant = closest(name, names);
  std::string text = "there is no command '" + name + "'.";
  if (!meant.empty()) text += " Did you mean '" + std::string(meant) + "'?";
  throw Error(ErrorKind::usage, text + " Try 'lhcr --help'");
}

ExitCode run_command(const std::string& name, std::vector<std::string> arguments, const Io& io) {
  const Command* command = find_command(name);
  if (command == nullptr) unknown_command(name);
  OptionList options("lhcr " + name);
  const Job job = command->prepare(options);
  if (!options.parse(std::move(arguments))) return print(command_help(*command, options), io);
  apply_config(name, options, io);
  Io with_settings = io;
  with_settings.settings = options.settings();
  return job(with_settings);
}

ExitCode dispatch(std::vector<std::string> arguments, const Io& io) {
  if (arguments.empty()) return print(program_help(), io);
  const std::string first = arguments.front();
  arguments.erase(arguments.begin());
  if (first == "--version" || first == "-V") {
    return print("lhcr " + std::string(version()) + "\n", io);
  }
  const bool help = first == "--help" || first == "-h" || first == "help";
  if (help && arguments.empty()) return print(program_help(), io);
  if (help) return run_command(arguments.front(), {"--help"}, io);
  return run_command(first, std::move(arguments), io);
}

ExitCode exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return ExitCode::usage;
    case ErrorKind::input:
      return ExitCode::unreadable;
    case ErrorKind::endpoint:
      return ExitCode::endpoint;
    case ErrorKind::internal:
      break;
  }
  return ExitCode::fault;
}

ExitCode guarded(std::vector<std::string> arguments, const Io& io) {
  try {
    const ExitCode code = dispatch(std::move(arguments), io);
    return interrupted() ? ExitCode::interrupted : code;
  } catch (const Error& error) {
    const std::string text = error.what();
    io.say((text.starts_with("lhcr ") ? "" : "lhcr: ") + text + "\n");
    return interrupted() ? ExitCode::interrupted : exit_code(error.kind());
  } catch (const std::bad_alloc&) {
    io.say("lhcr: out of memory\n");
    return ExitCode::unreadable;
  } catch (const std::exception& error) {
    io.say("lhcr: internal error: " + std::string(error.what()) +
           ". Please report it with the command line and the input\n");
    return ExitCode::fault;
  }
}

}  // namespace
}  // namespace lhcr::cmd

int main(int count, char** values) {
  lhcr::cmd::catch_signals();
  const lhcr::cmd::Io io = lhcr::cmd::process_io();
  std::vector<std::string> arguments(values + (count > 0 ? 1 : 0), values + count);
  const auto code = static_cast<int>(lhcr::cmd::guarded(std::move(arguments), io));
  lhcr::cmd::finish_pager();
  return code;
}
