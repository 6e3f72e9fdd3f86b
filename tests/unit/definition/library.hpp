// SPDX-License-Identifier: Apache-2.0
/// The embedded definitions, opened once for all tests.
#pragma once

#include "definition/definitions.hpp"

namespace lhcr::definition {

inline Library& library() {
  static Library embedded;
  return embedded;
}
inline const Definitions& r4() {
  return *library().version("R4");
}
inline const Definitions& r3() {
  return *library().version("STU3");
}
inline Symbol symbol(std::string_view name) {
  return library().symbols().find(name);
}

}  // namespace lhcr::definition
