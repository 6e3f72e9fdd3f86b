// SPDX-License-Identifier: Apache-2.0
/// --fhir: the version that records are read as.
#pragma once

#include <string>

#include "definition/definitions.hpp"

namespace lhcr::cmd {

/// The definitions that `--fhir` asks for, nullptr when each record decides. Throws Error{usage}.
[[nodiscard]] const definition::Definitions* chosen_version(const definition::Library& library,
                                                            const std::string& fhir);

}  // namespace lhcr::cmd
