// SPDX-License-Identifier: Apache-2.0
#include "finding/finding.hpp"

namespace lhcr::finding {

std::string_view severity_name(Severity severity) {
  constexpr std::string_view names[] = {"fatal", "error", "warning", "information"};
  return names[static_cast<std::size_t>(severity)];
}

}  // namespace lhcr::finding
