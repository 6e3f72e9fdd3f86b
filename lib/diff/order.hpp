// SPDX-License-Identifier: Apache-2.0
/// The fewest moves that put a list into order.
#pragma once

#include <cstdint>
#include <vector>

namespace lhcr::diff {

/// One step: the item leaves place `from` and, once it is out, is put in at `to`.
struct Move {
  std::uint32_t item;  ///< place in the list before all moves
  std::uint32_t from;
  std::uint32_t to;
};

/// Moves, to be made one after the other, that sort `targets` (all different).
[[nodiscard]] std::vector<Move> moves_to_sort(const std::vector<std::uint32_t>& targets);

}  // namespace lhcr::diff
