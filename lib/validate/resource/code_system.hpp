// SPDX-License-Identifier: Apache-2.0
/// What CodeSystems say of their codes, and those of packages of themselves.
#pragma once

#include <string_view>

#include "validate/run.hpp"

namespace lhcr::validate {

/// Whether the code system adds to the codes of another and has none of its own.
[[nodiscard]] bool is_supplement(const Run& run, std::string_view system);
/// Whether the code system declares the property with type Coding.
[[nodiscard]] bool is_coding_property(const Run& run, std::string_view system,
                                      std::string_view property);
/// Whether a code is in its code system; true as well where the system is not (wholly) here.
[[nodiscard]] bool code_exists(const Run& run, std::string_view system, std::string_view code);

}  // namespace lhcr::validate
