// SPDX-License-Identifier: Apache-2.0
/// SNOMED CT expression constraints (ECL), brief syntax: well-formedness only.
#pragma once

#include <string_view>

namespace lhcr::validate {

/// Whether `text` is a well-formed expression constraint (ECL 1.5: operators, refinements,
/// compounds, `*`, terms).
[[nodiscard]] bool is_expression_constraint(std::string_view text);

}  // namespace lhcr::validate
