// SPDX-License-Identifier: Apache-2.0
/// The codes of a ValueSet, as far as they are known.
#pragma once

#include <map>
#include <string_view>

#include "definition/compiler/filter.hpp"

namespace lhcr::definition::compiler {

/// What a ValueSet takes from one system.
struct SystemPart {
  Codes codes;
  bool open = false;   // other codes may be in the set too: the system is not wholly here
  bool whole = false;  // every code of the system
  Codes excluded;      // of an open part: codes that are known to be out
};

struct Expansion {
  std::map<std::string_view, SystemPart> systems;
  bool incomplete =
      false;  // codes of any system may be in the set too: an imported ValueSet is not here
};

}  // namespace lhcr::definition::compiler
