// SPDX-License-Identifier: Apache-2.0
/// The slots {0}, {1}, ... {9} of a text, in which fill() shows the arguments of a finding.
#pragma once

#include <cstddef>
#include <string_view>

namespace lhcr::finding {

/// How many arguments a text and its hint need, and how many they can show: more only where the
/// hint is one slot and nothing else.
struct Arity {
  std::size_t least = 0;
  std::size_t most = 0;
};
[[nodiscard]] Arity arity_of(std::string_view text, std::string_view hint);

/// Whether some slot is used and the one before it is not.
[[nodiscard]] bool skips_a_slot(std::string_view text, std::string_view hint);

}  // namespace lhcr::finding
