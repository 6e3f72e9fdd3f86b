// SPDX-License-Identifier: Apache-2.0
/// The names of FHIRPath's functions, for messages.
#pragma once

#include <string_view>

namespace lhcr::fhirpath {

/// The function that was most likely meant; empty when none is near.
[[nodiscard]] std::string_view nearest_function(std::string_view name);

}  // namespace lhcr::fhirpath
