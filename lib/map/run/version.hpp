// SPDX-License-Identifier: Apache-2.0
/// From one FHIR version to the other: rows of the map first, then every element that both
/// definitions know.
#pragma once

#include "map/map.hpp"
#include "map/model.hpp"
#include "map/run/complete.hpp"
#include "map/run/type_pairs.hpp"

namespace lhcr::map {

struct Versions {
  const definition::Definitions& stu3;
  const definition::Definitions& r4;
  const TypePairs& pairs;  ///< in the direction of `up`
  bool up = true;          ///< STU3 to R4
};

/// `completion` knows what the version that is written demands and the other one does not. `target`
/// is typed afterwards, its elements in the order of the definitions.
void change_fhir_version(const Map& map, const Versions& versions, const Completion& completion,
                         const tree::Tree& source, tree::Tree& target, LossReport& loss);

}  // namespace lhcr::map
