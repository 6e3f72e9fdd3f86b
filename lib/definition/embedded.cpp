// SPDX-License-Identifier: Apache-2.0
#include "definition/embedded.hpp"

extern "C" {
struct LhcrEmbeddedImage {
  const std::byte* begin;
  const std::byte* end;
};
// The last entry is empty.
extern const LhcrEmbeddedImage lhcr_embedded_images[];
}

namespace lhcr::definition {

std::vector<std::span<const std::byte>> embedded_images() {
  std::vector<std::span<const std::byte>> images;
  for (const LhcrEmbeddedImage* image = lhcr_embedded_images; image->begin != nullptr; ++image) {
    images.emplace_back(image->begin, image->end);
  }
  return images;
}

}  // namespace lhcr::definition
