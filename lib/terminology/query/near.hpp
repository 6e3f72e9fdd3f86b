// SPDX-License-Identifier: Apache-2.0
/// What somebody meant who wrote a code that does not exist.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "terminology/store/code_list.hpp"
#include "terminology/store/snomed.hpp"

namespace lhcr::terminology {

/// Active codes as "code |term|", at most three: of those one slip away from `code` (a character
/// left out, added, exchanged with the next, or written for another of its kind) the ones that have
/// the display as a term, else all; where there are none, those with that very term. Empty when
/// nothing is near. Costs some hundred look-ups.
[[nodiscard]] std::vector<std::string> near_codes(const Snomed& snomed, std::string_view code,
                                                  std::string_view display);
[[nodiscard]] std::vector<std::string> near_codes(const CodeList& list, std::string_view code,
                                                  std::string_view display);

}  // namespace lhcr::terminology
