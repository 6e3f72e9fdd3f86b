// SPDX-License-Identifier: Apache-2.0
/// ConceptMaps of FHIR that were added with releases.
#pragma once

#include "terminology/query/translate.hpp"

namespace lhcr::terminology {

/// Images of ConceptMaps have names that begin so: a list whose codes are SYSTEM<TAB>CODE.
constexpr std::string_view concept_map_images = "fhir-maps.";
/// The properties of such a row, in this order for each target.
namespace map_target {
constexpr std::string_view system = "target-system";
constexpr std::string_view code = "target";
constexpr std::string_view display = "target-display";
constexpr std::string_view relation = "relation";  ///< ConceptMap's equivalence or relationship
constexpr std::string_view map = "map";            ///< the canonical of the ConceptMap
}  // namespace map_target

/// What the ConceptMaps say; problem, when none leads from one system to the other. Systems by name
/// or canonical.
[[nodiscard]] Translation by_concept_maps(const Library& library, std::string_view from,
                                          std::string_view code, std::string_view to);

}  // namespace lhcr::terminology
