// SPDX-License-Identifier: Apache-2.0
/// Addresses of resources on servers.
#pragma once

#include <string_view>

#include "definition/definitions.hpp"

namespace lhcr::record {

/// Whether a URL is [base]/Type/id of a server. `definitions` nullptr: any name that begins like
/// one is taken for a type's.
[[nodiscard]] bool is_rest_url(std::string_view url, const definition::Definitions* definitions);

}  // namespace lhcr::record
