// SPDX-License-Identifier: Apache-2.0
/// Whose record it is.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "diff/describe.hpp"
#include "diff/diff.hpp"

namespace lhcr::diff {

/// The patient a record is about: the first Patient in it, or what its subject refers to.
struct Subject {
  std::string label;
  std::string birth_date;
  std::string reference;                                         ///< "Patient/1"
  std::vector<std::pair<std::string, std::string>> identifiers;  ///< system and value
  /// For messages: name and first identifier.
  [[nodiscard]] std::string text() const;
};
[[nodiscard]] std::optional<Subject> subject_of(const Record& record, const Rules& rules);

/// Whether two subjects cannot be one person: identifiers of the same system that all differ, or,
/// without any, name and date of birth.
[[nodiscard]] bool are_different(const Subject& left, const Subject& right);

}  // namespace lhcr::diff
