// SPDX-License-Identifier: Apache-2.0
#include "definition/embedded.hpp"

#include "base/embedded.hpp"

extern "C" const lhcr::EmbeddedImage lhcr_embedded_images[];

namespace lhcr::definition {

std::vector<std::span<const std::byte>> embedded_images() {
  std::vector<std::span<const std::byte>> images;
  for (const EmbeddedImage* image = lhcr_embedded_images; image->begin != nullptr; ++image) {
    images.emplace_back(image->begin, image->end);
  }
  return images;
}

}  // namespace lhcr::definition
