// SPDX-License-Identifier: Apache-2.0
/// ValueSet.compose.include.filter on a CodeSystem.
#pragma once

#include <set>
#include <string_view>
#include <vector>

#include "definition/compiler/model.hpp"

namespace lhcr::definition::compiler {

/// Codes of one system; the texts belong to the model.
using Codes = std::set<std::string_view>;

/// The codes of `system` that pass every filter, without the abstract ones and, if `active_only`,
/// without the inactive ones. `computable` becomes false when an operation is not known.
[[nodiscard]] Codes filter_codes(const CodeSystemModel& system,
                                 const std::vector<FilterModel>& filters, bool active_only,
                                 bool& computable);

}  // namespace lhcr::definition::compiler
