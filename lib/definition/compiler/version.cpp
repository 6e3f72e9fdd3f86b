// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/version.hpp"

#include <algorithm>

namespace lhcr::definition {

int compare_versions(std::string_view left, std::string_view right) {
  while (!left.empty() && !right.empty()) {
    const std::string_view a = left.substr(0, left.find('.'));
    const std::string_view b = right.substr(0, right.find('.'));
    const bool numbers = a.find_first_not_of("0123456789") == std::string_view::npos &&
                         b.find_first_not_of("0123456789") == std::string_view::npos;
    if (a != b) {
      const bool longer = numbers && a.size() != b.size();
      return (longer ? a.size() < b.size() : a < b) ? -1 : 1;
    }
    left.remove_prefix(std::min(left.size(), a.size() + 1));
    right.remove_prefix(std::min(right.size(), b.size() + 1));
  }
  return static_cast<int>(!left.empty()) - static_cast<int>(!right.empty());
}

}  // namespace lhcr::definition
