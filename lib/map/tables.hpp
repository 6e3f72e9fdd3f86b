// SPDX-License-Identifier: Apache-2.0
/// The map files of tables/.
#pragma once

#include <span>

#include "base/embedded.hpp"

namespace lhcr::map {

/// In order of name.
[[nodiscard]] std::span<const EmbeddedFile> tables();

}  // namespace lhcr::map
