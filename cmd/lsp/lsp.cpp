// SPDX-License-Identifier: Apache-2.0
// `lhcr lsp`.
#include <nlohmann/json.hpp>

#include "cmd/command.hpp"
#include "cmd/lsp/server.hpp"
#include "cmd/lsp/wire.hpp"

namespace lhcr::cmd {
namespace {

struct LspOptions {
  bool stdio = false;  ///< what many editors give; there is no other way
};

void declare(OptionList& list, LspOptions& options) {
  list.opt("--stdio", options.stdio, "Communicate over standard input and output (always done)");
}

ExitCode run(const LspOptions&, const Io&) {
  LanguageServer server;
  while (!server.ended()) {
    const auto content = read_message(stdin);
    if (!content) break;
    const auto message = nlohmann::json::parse(*content, nullptr, false);
    if (message.is_discarded()) continue;
    for (const auto& answer : server.take(message)) {
      write_message(stdout, answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
  }
  return server.shut_down() ? ExitCode::yes : ExitCode::no;
}

}  // namespace

Command lsp_command() {
  Command command;
  command.name = "lsp";
  command.group = "Projects";
  command.summary = "Show findings in an editor while a record is written";
  command.description =
      "Runs a Language Server Protocol 3.17 server for FHIR and CDA in JSON, XML and NDJSON. It "
      "shows findings at their place, explains them, and suggests the nearest name for one that is "
      "mistyped. Each record is checked as 'lhcr validate' would check the file, with the "
      "lhcr.toml of its folder.";
  return make_command<LspOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
