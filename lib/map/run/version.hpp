// SPDX-License-Identifier: Apache-2.0
/// From one FHIR version to the other: rows of the map first, then every element that both
/// definitions know.
#pragma once

#include "map/map.hpp"
#include "map/model.hpp"

namespace lhcr::map {

struct Versions {
  const definition::Definitions& stu3;
  const definition::Definitions& r4;
  bool up = true;  ///< STU3 to R4
};

/// `target` is typed afterwards, but in no order.
void change_fhir_version(const Map& map, const Versions& versions, const tree::Tree& source,
                         tree::Tree& target, LossReport& loss);

}  // namespace lhcr::map
