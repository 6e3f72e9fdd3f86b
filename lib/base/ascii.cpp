// SPDX-License-Identifier: Apache-2.0
#include "base/ascii.hpp"

#include <algorithm>

namespace lhcr {

std::string in_small_letters(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(), small_letter);
  return made;
}

bool same_letters(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char one, char other) { return small_letter(one) == small_letter(other); });
}

}  // namespace lhcr
