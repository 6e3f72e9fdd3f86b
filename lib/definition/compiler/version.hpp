// SPDX-License-Identifier: Apache-2.0
/// Versions of packages and definitions.
#pragma once

#include <string_view>

namespace lhcr::definition {

/// Orders "1.10.0" after "1.9.0"; below 0: `left` is older.
[[nodiscard]] int compare_versions(std::string_view left, std::string_view right);

}  // namespace lhcr::definition
