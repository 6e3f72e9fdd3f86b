// SPDX-License-Identifier: Apache-2.0
/// The codes of a code system, for suggestions.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "definition/definitions.hpp"

namespace lhcr::definition {

/// The codes of a code system that has at most `limit`, sorted; empty when it has more. They live
/// as long as the definitions.
[[nodiscard]] std::vector<std::string_view> system_codes(const Definitions& definitions,
                                                         CodeSystemId system, std::size_t limit);

}  // namespace lhcr::definition
