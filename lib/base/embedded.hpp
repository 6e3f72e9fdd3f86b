// SPDX-License-Identifier: Apache-2.0
/// Data files that the build puts into the program (cmake/embed.cmake).
#pragma once

#include <cstddef>
#include <string_view>

namespace lhcr {

struct EmbeddedFile {
  std::string_view name;  ///< file name: "allergy.map"
  std::string_view text;

  /// The name without its last extension: "allergy".
  [[nodiscard]] constexpr std::string_view stem() const noexcept {
    return name.substr(0, name.rfind('.'));
  }
};

/// Where an image begins and ends, in a table that lhcr_embed_images() makes; the last one is
/// empty.
struct EmbeddedImage {
  const std::byte* begin;
  const std::byte* end;
};

}  // namespace lhcr
