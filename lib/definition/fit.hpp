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
  std::size_t known_canonicals =
      0;  ///< mentions of code systems, value sets, profiles, ... of the version
  std::size_t other_uris = 0;  ///< the other values of type uri

  /// Nothing could speak for another version.
  [[nodiscard]] bool perfect() const noexcept {
    return unknown_profiles + misfits + other_uris == 0;
  }
  [[nodiscard]] bool better_than(const Fit& other) const noexcept {
    if (unknown_profiles != other.unknown_profiles) {
      return unknown_profiles < other.unknown_profiles;
    }
    return misfits != other.misfits ? misfits < other.misfits
                                    : known_canonicals > other.known_canonicals;
  }
};

/// Compares an untyped (or typed) tree with `definitions`; one walk, the tree stays as it is.
[[nodiscard]] Fit fit(const tree::Tree& tree, const Definitions& definitions);

}  // namespace lhcr::definition
