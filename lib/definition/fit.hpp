// SPDX-License-Identifier: Apache-2.0
/// How well a record fits a FHIR version.
#pragma once

#include <cstddef>
#include <span>

#include "definition/definitions.hpp"
#include "tree/tree.hpp"

namespace lhcr::definition {

struct Fit {
  static constexpr std::size_t any = static_cast<std::size_t>(-1);

  std::size_t unknown_profiles = 0;  ///< of meta.profile
  std::size_t misfits = 0;  ///< elements that the version does not know, or in another form
  std::size_t profiles_of_others = 0;  ///< of meta.profile, whose path names another release
  std::size_t known_canonicals =
      0;  ///< mentions of code systems, value sets, profiles, ... of the version

  [[nodiscard]] bool better_than(const Fit& other) const noexcept {
    if (unknown_profiles != other.unknown_profiles) {
      return unknown_profiles < other.unknown_profiles;
    }
    if (misfits != other.misfits) {
      return misfits < other.misfits;
    }
    return profiles_of_others != other.profiles_of_others
               ? profiles_of_others < other.profiles_of_others
               : known_canonicals > other.known_canonicals;
  }
  /// Whether a walk that has come so far can only end worse than `rival`.
  [[nodiscard]] bool hopeless(const Fit& rival) const noexcept {
    return unknown_profiles > rival.unknown_profiles ||
           (rival.unknown_profiles == 0 && misfits > rival.misfits);
  }
};

/// The version that an untyped (or typed) tree fits best, as Library::detect() says; the tree stays
/// as it is. Earlier versions of the list win ties.
[[nodiscard]] const Definitions& best_fit(const tree::Tree& tree,
                                          std::span<const Definitions* const> versions);

}  // namespace lhcr::definition
