// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.hpp"

namespace lhcr {
namespace {

constexpr std::size_t longest_name = 64;  // longer ones are not names somebody mistyped

}  // namespace

std::size_t edit_distance(std::string_view left, std::string_view right, std::size_t limit) {
  const std::size_t longer = std::max(left.size(), right.size());
  const std::size_t shorter = std::min(left.size(), right.size());
  if (longer > longest_name || longer - shorter > limit) return limit + 1;
  using Row = std::array<std::size_t, longest_name + 1>;
  Row two_up{};
  Row up{};
  Row row{};
  for (std::size_t at = 0; at <= right.size(); ++at) up[at] = at;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replace = up[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({replace, up[j] + 1, row[j - 1] + 1});
      const bool swapped =
          i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
      if (swapped) row[j] = std::min(row[j], two_up[j - 2] + 1);
    }
    two_up = std::exchange(up, row);
  }
  return std::min(up[right.size()], limit + 1);
}

std::string_view closest(std::string_view name, std::span<const std::string_view> candidates) {
  const std::string wanted = in_small_letters(name);
  std::string_view best;
  std::size_t best_distance = longest_name;
  for (const std::string_view candidate : candidates) {
    const std::size_t limit = std::max<std::size_t>(1, std::max(name.size(), candidate.size()) / 3);
    const std::size_t distance = edit_distance(wanted, in_small_letters(candidate), limit);
    if (distance <= limit && distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string instead_of(std::string_view name, std::span<const std::string_view> candidates) {
  constexpr std::size_t most_listed = 12;
  const std::string_view near = closest(name, candidates);
  // Of one letter or two another one is no slip that could be guessed: X is neither F nor M.
  constexpr std::size_t shortest = 3;
  const bool telling =
      std::min(near.size(), name.size()) >= shortest || (!near.empty() && same_letters(near, name));
  std::string text =
      !telling || near == name ? std::string{} : "Did you mean '" + std::string(near) + "'?";
  if (candidates.empty() || candidates.size() > most_listed) return text;
  text += text.empty() ? "Permitted: " : " Permitted: ";
  for (const std::string_view candidate : candidates) {
    text.append(candidate.data() == candidates.front().data() ? "" : ", ").append(candidate);
  }
  return text;
}

}  // namespace lhcr
