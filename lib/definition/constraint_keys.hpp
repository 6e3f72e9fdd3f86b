// SPDX-License-Identifier: Apache-2.0
/// The keys of constraints, for whoever names one.
#pragma once

#include <string>
#include <vector>

#include "definition/definitions.hpp"

namespace lhcr::definition {

/// ElementDefinition.constraint.key of every constraint of every version, of CDA and of the
/// packages that are open, sorted, each once.
[[nodiscard]] std::vector<std::string> constraint_keys(const Library& library);

}  // namespace lhcr::definition
