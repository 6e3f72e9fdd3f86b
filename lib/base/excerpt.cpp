// SPDX-License-Identifier: Apache-2.0
#include "base/excerpt.hpp"

namespace lhcr {

std::string excerpt(std::string_view text, std::size_t most) {
  if (text.size() <= most) {
    return std::string(text);
  }
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) {
    --most;
  }
  return std::string(text.substr(0, most)) + "...";
}

}  // namespace lhcr
