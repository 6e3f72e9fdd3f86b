// SPDX-License-Identifier: Apache-2.0
/// What CodeSystems of packages say of themselves beside their codes.
#pragma once

#include <string_view>

#include "validate/run.hpp"

namespace lhcr::validate {

/// Whether the code system adds to the codes of another and has none of its own.
[[nodiscard]] bool is_supplement(const Run& run, std::string_view system);
/// Whether the code system declares the property with type Coding.
[[nodiscard]] bool is_coding_property(const Run& run, std::string_view system,
                                      std::string_view property);

}  // namespace lhcr::validate
