// SPDX-License-Identifier: Apache-2.0
#include "validate/nodes.hpp"

#include <algorithm>

namespace lhcr::validate {

bool has_word(std::string_view words, std::string_view word) {
  for (std::size_t from = 0; from < words.size();) {
    const std::size_t end = std::min(words.find(' ', from), words.size());
    if (words.substr(from, end - from) == word) {
      return true;
    }
    from = end + 1;
  }
  return words.empty();
}

}  // namespace lhcr::validate
