// SPDX-License-Identifier: Apache-2.0
/// From one conformance resource to the compiler's model.
#pragma once

#include <string_view>

#include "definition/compiler/json.hpp"
#include "definition/compiler/model.hpp"

namespace lhcr::definition::compiler {

/// `differential`: read the differential too. `owner`: the url of the definition that "#id" is
/// looked for in, which is its own or that of the one that contains it.
[[nodiscard]] StructureModel read_structure(json::Value resource, bool differential,
                                            std::string_view owner);
[[nodiscard]] CodeSystemModel read_code_system(json::Value resource);
[[nodiscard]] ValueSetModel read_value_set(json::Value resource);

}  // namespace lhcr::definition::compiler
