// SPDX-License-Identifier: Apache-2.0
/// "Did you mean": the known name that is closest to a mistyped one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lhcr {

/// Edits (insert, delete, replace a byte, swap two neighbours) between two names; counting stops
/// above `limit`.
[[nodiscard]] std::size_t edit_distance(std::string_view left, std::string_view right,
                                        std::size_t limit);

/// The candidate that `name` was most likely meant to be, or empty when none is close: at most a
/// third of the longer name's bytes may differ, upper and lower case count as equal. The first of
/// equally close candidates wins.
[[nodiscard]] std::string_view closest(std::string_view name,
                                       std::span<const std::string_view> candidates);

/// For a hint, what to write instead of `name`: "Did you mean 'x'?" where a candidate is close, and
/// "Permitted: a, b" where there are no more than a dozen; empty when neither can be said.
[[nodiscard]] std::string instead_of(std::string_view name,
                                     std::span<const std::string_view> candidates);

}  // namespace lhcr
