// SPDX-License-Identifier: Apache-2.0
/// How well a record fits a FHIR version.
#pragma once

#include <cstddef>

#include "definition/definitions.hpp"
#include "tree/tree.hpp"

namespace lhcr::definition {

struct Fit {
  std::size_t unknown_profiles = 0;  ///< of meta.profile
  std::size_t misfits = 0;  ///< elements that the version does not know, or in another form

  [[nodiscard]] bool perfect() const noexcept { return unknown_profiles + misfits == 0; }
  [[nodiscard]] bool better_than(const Fit& other) const noexcept {
    return unknown_profiles != other.unknown_profiles ? unknown_profiles < other.unknown_profiles
                                                      : misfits < other.misfits;
  }
};

/// Compares an untyped (or typed) tree with `definitions`; one walk, the tree stays as it is.
[[nodiscard]] Fit fit(const tree::Tree& tree, const Definitions& definitions);

}  // namespace lhcr::definition
