// SPDX-License-Identifier: Apache-2.0
/// The ViewDefinitions of tables/.
#pragma once

#include <span>

#include "base/embedded.hpp"

namespace lhcr::view {

/// In order of name.
[[nodiscard]] std::span<const EmbeddedFile> tables();

}  // namespace lhcr::view
