// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "cmd/command.hpp"

namespace lhcr::cmd {

Command validate_command();
Command convert_command();
Command diff_command();
Command query_command();
Command map_command();
Command views_command();
Command terminology_command();
Command push_command();
Command regions_command();
Command packages_command();
Command explain_command();
Command config_command();
Command lsp_command();
Command init_command();
Command completion_command();
Command man_command();

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      validate_command(), convert_command(), diff_command(),       query_command(),
      map_command(),      views_command(),   packages_command(),   terminology_command(),
      push_command(),     regions_command(), init_command(),       config_command(),
      lsp_command(),      explain_command(), completion_command(), man_command(),
  };
  return table;
}

const Command* find_command(std::string_view name) {
  const auto& table = commands();
  const auto found = std::find_if(table.begin(), table.end(),
                                  [name](const Command& row) { return row.name == name; });
  return found == table.end() ? nullptr : &*found;
}

std::string_view version() {
  return LHCR_VERSION;
}

}  // namespace lhcr::cmd
