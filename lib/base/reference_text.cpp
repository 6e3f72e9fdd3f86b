// SPDX-License-Identifier: Apache-2.0
#include "base/reference_text.hpp"

#include <algorithm>

namespace lhcr {

ReferenceText cut_reference(std::string_view text) noexcept {
  constexpr std::string_view history = "/_history/";
  text = text.substr(0, text.find('#'));
  const std::size_t versioned = std::min(text.find(history), text.size());
  const std::string_view head = text.substr(0, versioned);
  const std::size_t slash = head.rfind('/');
  if (slash == std::string_view::npos || head.find('?') != std::string_view::npos) {
    return {};
  }
  const std::string_view front = head.substr(0, slash);
  const std::size_t type = front.rfind('/') + 1;
  const std::size_t version = std::min(versioned + history.size(), text.size());
  return {head.substr(0, type), front.substr(type), head.substr(slash + 1), text.substr(version)};
}

}  // namespace lhcr
