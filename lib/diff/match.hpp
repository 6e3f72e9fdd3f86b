// SPDX-License-Identifier: Apache-2.0
/// Which item of a list is which on the other side.
#pragma once

#include <cstdint>
#include <vector>

#include "diff/side.hpp"

namespace lhcr::diff {

/// Items of one list on both sides and who belongs to whom.
struct Pairing {
  static constexpr std::uint32_t alone = 0xFFFFFFFF;
  std::vector<tree::NodeId> left;
  std::vector<tree::NodeId> right;
  std::vector<std::uint32_t> partner_of_left;   ///< index in `right`, or alone
  std::vector<std::uint32_t> partner_of_right;  ///< index in `left`, or alone
};

/// Pairs items: resources that are one, keys of the user, equal content, keys of the rules, then
/// what is alike.
[[nodiscard]] Pairing pair_items(const Side& left, const Side& right,
                                 std::vector<tree::NodeId> left_items,
                                 std::vector<tree::NodeId> right_items, const Rules& rules);

/// Gives resources that are one on both sides a common number: by id, fullUrl, business identifier.
void pair_resources(Side& left, Side& right, const Rules& rules);

}  // namespace lhcr::diff
