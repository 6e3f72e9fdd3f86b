// SPDX-License-Identifier: Apache-2.0
/// The images that the build links into the program (cmake/definitions.cmake).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace lhcr::definition {

/// The embedded images, the newest FHIR version first.
[[nodiscard]] std::vector<std::span<const std::byte>> embedded_images();

}  // namespace lhcr::definition
