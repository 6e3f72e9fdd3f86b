// SPDX-License-Identifier: Apache-2.0
/// Membership in value sets by the definitions and, where those leave it open, by releases of code
/// systems.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "definition/value_sets.hpp"
#include "terminology/query/implicit_sets.hpp"
#include "terminology/query/stored_sets.hpp"

namespace lhcr::validate {

/// One object belongs to one worker.
class ReleasedSets {
 public:
  /// `library` may be nullptr: then only the definitions judge. Both outlive the object.
  ReleasedSets(const definition::Definitions& definitions, const terminology::Library* library);
  [[nodiscard]] const terminology::Library* library() const noexcept { return library_; }
  /// As Definitions::contains(), which is asked first.
  [[nodiscard]] definition::Membership contains(definition::ValueSetId set, std::string_view system,
                                                std::string_view code);
  /// The same by canonical, also of sets that came with releases, and of those that a canonical
  /// alone defines.
  [[nodiscard]] definition::Membership contains(std::string_view canonical, std::string_view system,
                                                std::string_view code);
  /// What the releases say of a code that the definitions leave open.
  [[nodiscard]] definition::Membership released(definition::ValueSetId set, std::string_view system,
                                                std::string_view code,
                                                definition::Membership without);
  /// Whether a code is another one or stands below it; nullopt: no release has both.
  [[nodiscard]] std::optional<bool> subsumes(std::string_view system, std::string_view above,
                                             std::string_view below) const;

 private:
  const definition::Definitions& definitions_;
  const terminology::Library* library_;
  definition::DefinedSets defined_;
  std::optional<terminology::ImplicitSets> implicit_;
  std::optional<terminology::StoredSets> stored_;
  std::optional<terminology::SetDirectories> directory_;
  std::optional<terminology::ValueSetJudge> judge_;
  std::unordered_map<definition::ValueSetId, std::string> canonicals_;
};

}  // namespace lhcr::validate
