// SPDX-License-Identifier: Apache-2.0
/// The rows of evidence.def as values. For this room only.
#pragma once

#include <cstddef>
#include <string_view>

#include "definition/version/evidence.hpp"

namespace lhcr::definition {

/// How much a kind of evidence counts, in bits.
struct Weight {
  unsigned not_yet;  ///< against versions before the first that has it
  unsigned no_more;  ///< against others
  std::size_t most;  ///< how many facts of the kind count
  std::string_view text;
};
constexpr Weight weights[] = {
#define LHCR_EVIDENCE(id, not_yet, no_more, most, text) {not_yet, no_more, most, text},
#include "definition/version/evidence.def"
};

[[nodiscard]] constexpr const Weight& weight_of(Evidence kind) {
  return weights[static_cast<std::size_t>(kind)];
}

}  // namespace lhcr::definition
