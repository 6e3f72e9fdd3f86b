// SPDX-License-Identifier: Apache-2.0
/// Whether a patch that was made does what it is for: it is carried out and the result compared.
#pragma once

#include <string>

#include "diff/apply.hpp"
#include "diff/patch.hpp"

namespace lhcr::diff {

/// What is wrong with a FHIRPath Patch that was made of `script`, empty when it makes of the left
/// record what `comparer` calls equal to the right one. Throws nothing.
[[nodiscard]] std::string prove_fhirpath_patch(const Script& script, const Comparer& comparer,
                                               const tree::Tree& parameters);
/// The same of a JSON Patch. `source`: the JSON that it is for, as it was read.
[[nodiscard]] std::string prove_json_patch(const Script& script, const Comparer& comparer,
                                           const std::string& source, const std::string& patch);

}  // namespace lhcr::diff
