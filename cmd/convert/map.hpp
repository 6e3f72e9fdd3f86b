// SPDX-License-Identifier: Apache-2.0
/// The options of `lhcr map`.
#pragma once

#include "cmd/command.hpp"

namespace lhcr::cmd {

enum class MapFormat { text, json };

struct MapCommandOptions {
  std::string action;
  std::string name;
  std::vector<std::string> maps;
  bool backward = false;
  bool families = false;
  MapFormat format = MapFormat::text;
};

void declare(OptionList& list, MapCommandOptions& options);

}  // namespace lhcr::cmd
