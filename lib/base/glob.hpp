// SPDX-License-Identifier: Apache-2.0
/// File names by patterns as shells have them.
#pragma once

#include <string>

namespace lhcr {

/// Whether a path fits a pattern (fnmatch(3); '*' goes beyond '/'): the whole path where the
/// pattern has a '/', else its last part.
[[nodiscard]] bool fits_glob(const std::string& glob, const std::string& path);

}  // namespace lhcr
