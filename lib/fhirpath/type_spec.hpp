// SPDX-License-Identifier: Apache-2.0
/// From the name of a type to what it stands for.
#pragma once

#include <optional>
#include <string_view>

#include "definition/definitions.hpp"
#include "fhirpath/program.hpp"

namespace lhcr::fhirpath {

/// "Patient", "FHIR.Patient", "System.String", "Integer". nullopt: there is no such FHIR type. An
/// unknown name in System is a type that nothing has.
[[nodiscard]] std::optional<TypeSpec> find_type(std::string_view name,
                                                const definition::Definitions& definitions);

}  // namespace lhcr::fhirpath
