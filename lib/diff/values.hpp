// SPDX-License-Identifier: Apache-2.0
/// Whether two primitives mean the same.
#pragma once

#include <optional>
#include <string_view>

#include "diff/diff.hpp"
#include "diff/rules.hpp"

namespace lhcr::diff {

/// How two texts of one primitive type differ.
struct Difference {
  Why why = Why::value;
  Level level = Level::change;
};

/// nullopt: they mean the same (white space in strings does not count).
[[nodiscard]] std::optional<Difference> compare_values(std::string_view left,
                                                       std::string_view right, Leaf leaf);

}  // namespace lhcr::diff
