// SPDX-License-Identifier: Apache-2.0
/// From packages to the compiler's model.
#pragma once

#include <string>
#include <vector>

#include "definition/compiler/model.hpp"

namespace lhcr::definition::compiler {

/// Reads packages in priority order. The lists of the result are sorted by url; of equal urls the
/// one of the earlier package comes first. Throws Error{input}.
[[nodiscard]] Model read_packages(const std::vector<std::string>& paths);

}  // namespace lhcr::definition::compiler
