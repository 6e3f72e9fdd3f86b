// SPDX-License-Identifier: Apache-2.0
/// Search for concepts by words of their terms.
#pragma once

#include <string_view>
#include <vector>

#include "terminology/store/snomed.hpp"

namespace lhcr::terminology {

struct SearchHit {
  Ordinal at = no_concept;
  std::string_view term;  ///< the term that matched
};

/// Active concepts with an active term of which each word begins with one that is asked for; the
/// shortest terms first. `within`: nullptr, or what they are to be among.
[[nodiscard]] std::vector<SearchHit> search(const Snomed& snomed, std::string_view words,
                                            const ConceptSet* within, std::size_t limit);

}  // namespace lhcr::terminology
