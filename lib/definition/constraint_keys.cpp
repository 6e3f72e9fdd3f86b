// SPDX-License-Identifier: Apache-2.0
#include "definition/constraint_keys.hpp"

#include <algorithm>

#include "definition/image/image.hpp"

namespace lhcr::definition {
namespace {

void add_keys(const Definitions& definitions, std::vector<std::string>& keys) {
  for (const Image* image = definitions.image().get(); image != nullptr; image = image->base()) {
    for (const auto& row : image->rows<image::InvariantRow>(image::Section::invariant)) {
      keys.emplace_back(image->text(row.key));
    }
  }
}

}  // namespace

std::vector<std::string> constraint_keys(const Library& library) {
  std::vector<std::string> keys;
  for (const std::string_view version : library.versions()) {
    add_keys(*library.version(version), keys);
  }
  add_keys(library.cda(), keys);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::erase(keys, "");
  return keys;
}

}  // namespace lhcr::definition
