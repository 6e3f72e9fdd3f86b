// SPDX-License-Identifier: Apache-2.0
#include "diff/order.hpp"

#include <algorithm>
#include <numeric>

namespace lhcr::diff {
namespace {

constexpr std::uint32_t none = 0xFFFFFFFF;

/// Which items stay: a longest increasing subsequence.
std::vector<bool> staying(const std::vector<std::uint32_t>& targets) {
  std::vector<std::uint32_t> tails;  // the item that ends the best run of each length
  std::vector<std::uint32_t> before(targets.size(), none);
  for (std::uint32_t item = 0; item < targets.size(); ++item) {
    const auto place = std::lower_bound(
        tails.begin(), tails.end(), targets[item],
        [&](std::uint32_t tail, std::uint32_t value) { return targets[tail] < value; });
    if (place != tails.begin()) before[item] = *(place - 1);
    place == tails.end() ? tails.push_back(item) : static_cast<void>(*place = item);
  }
  std::vector<bool> stays(targets.size(), false);
  for (std::uint32_t item = tails.empty() ? none : tails.back(); item != none;
       item = before[item]) {
    stays[item] = true;
  }
  return stays;
}

}  // namespace

std::vector<Move> moves_to_sort(const std::vector<std::uint32_t>& targets) {
  const std::vector<bool> stays = staying(targets);
  std::vector<Move> moves;
  if (std::all_of(stays.begin(), stays.end(), [](bool stay) { return stay; })) return moves;
  std::vector<std::uint32_t> present(targets.size());
  std::iota(present.begin(), present.end(), 0U);
  std::vector<std::uint32_t> wanted = present;
  std::sort(wanted.begin(), wanted.end(),
            [&](std::uint32_t one, std::uint32_t other) { return targets[one] < targets[other]; });
  std::uint32_t previous = none;
  for (const std::uint32_t item : wanted) {
    if (!stays[item]) {
      const auto from = std::find(present.begin(), present.end(), item);
      const auto from_index = static_cast<std::uint32_t>(from - present.begin());
      present.erase(from);
      const auto after = previous == none ? present.begin()
                                          : std::find(present.begin(), present.end(), previous) + 1;
      moves.push_back({item, from_index, static_cast<std::uint32_t>(after - present.begin())});
      present.insert(after, item);
    }
    previous = item;
  }
  return moves;
}

}  // namespace lhcr::diff
