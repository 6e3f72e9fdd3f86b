// SPDX-License-Identifier: Apache-2.0
/// ValueSets that a canonical alone defines: http://snomed.info/sct?fhir_vs=ecl/<< 73211009 (FHIR
/// R4, "Using SNOMED CT with FHIR", 4.3.1.0.6).
#pragma once

#include "terminology/query/value_set.hpp"

namespace lhcr::terminology {

class ImplicitSets final : public SetDirectory {
 public:
  /// `library` outlives the object.
  explicit ImplicitSets(const Library& library) : library_(library) {}
  /// isa/ID and refset/ID are here when the edition has such a concept, or reference set.
  [[nodiscard]] bool has(std::string_view canonical) const override;
  [[nodiscard]] std::vector<Composition> compositions(std::string_view canonical) const override;

 private:
  const Library& library_;
};

}  // namespace lhcr::terminology
