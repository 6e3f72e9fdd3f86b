// SPDX-License-Identifier: Apache-2.0
/// ValueSets that were added with releases, and several directories as one.
#pragma once

#include <vector>

#include "terminology/query/value_set.hpp"

namespace lhcr::terminology {

/// Images of value sets have names that begin so: a list whose codes are canonicals.
constexpr std::string_view set_images = "fhir-sets.";
/// What a row of such a list keeps, in order: the texts of composition.hpp.
constexpr std::string_view composition_property = "composition";

class StoredSets final : public SetDirectory {
 public:
  /// `library` outlives the object.
  explicit StoredSets(const Library& library) : library_(library) {}
  [[nodiscard]] bool has(std::string_view canonical) const override;
  [[nodiscard]] std::vector<Composition> compositions(std::string_view canonical) const override;

 private:
  const Library& library_;
};

/// Of several directories the first that has a set.
class SetDirectories final : public SetDirectory {
 public:
  explicit SetDirectories(std::vector<const SetDirectory*> all) : all_(std::move(all)) {}
  [[nodiscard]] bool has(std::string_view canonical) const override;
  [[nodiscard]] std::optional<bool> listed(std::string_view canonical, std::string_view system,
                                           std::string_view code) const override;
  [[nodiscard]] std::vector<SetCode> codes(std::string_view canonical) const override;
  [[nodiscard]] std::vector<Composition> compositions(std::string_view canonical) const override;

 private:
  [[nodiscard]] const SetDirectory* holder(std::string_view canonical) const;
  std::vector<const SetDirectory*> all_;
};

}  // namespace lhcr::terminology
