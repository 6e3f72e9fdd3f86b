// SPDX-License-Identifier: Apache-2.0
/// What the filters of a ValueSet select from a release.
#pragma once

#include <string>

#include "terminology/query/value_set.hpp"

namespace lhcr::terminology {

/// The numbers of the codes (of concepts, or rows of a list) that pass, or why that is not known.
struct Selection {
  ConceptSet chosen;
  std::string problem;
};

/// The codes of a release that pass every filter; without one, all.
[[nodiscard]] Selection select(const Terminology& release, const std::vector<SetFilter>& filters);
/// The number of a code; no_concept when the release does not have it.
[[nodiscard]] Ordinal number_of(const Terminology& release, std::string_view code);
/// The code that has a number.
[[nodiscard]] std::string code_of(const Terminology& release, Ordinal number);
[[nodiscard]] bool is_active(const Terminology& release, Ordinal number);
/// The active ones.
[[nodiscard]] ConceptSet active_of(const Terminology& release);

}  // namespace lhcr::terminology
