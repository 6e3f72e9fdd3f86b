// SPDX-License-Identifier: Apache-2.0
/// Values of vital signs as their profiles allow them.
#pragma once

#include "definition/definitions.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// What has the code of a vital sign conforms to its profile, which allows a Quantity in few units
/// only (FHIR R4, observation-vitalsigns). Other units become one of these, and the value as it was
/// stays beside it (iso21090-PQ-translation); a value that none of them can say becomes a note, and
/// the dataAbsentReason "unsupported". `tree` is typed.
void settle_vital_signs(const definition::Definitions& definitions, tree::Tree& tree);

}  // namespace lhcr::map
