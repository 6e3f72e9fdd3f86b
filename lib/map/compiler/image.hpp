// SPDX-License-Identifier: Apache-2.0
/// Compiled maps as bytes: the build makes those of the built-in maps, so that a run need not read
/// and compile the tables.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "map/model.hpp"

namespace lhcr::map {

/// What the stored parts of an open map are read with.
class Image {
 public:
  Image(const Map& map, std::vector<Symbol> names) : map_(map), names_(std::move(names)) {}
  [[nodiscard]] const Map& map() const noexcept { return map_; }
  /// The symbol of a name by its number in the image; 0 is no name.
  [[nodiscard]] Symbol name(std::size_t number) const { return names_.at(number); }

 private:
  const Map& map_;
  std::vector<Symbol> names_;
};

/// The bytes of a map whose names are of `symbols`. Equal maps give equal bytes.
[[nodiscard]] std::string image_of(const Map& map, std::string_view name,
                                   const SymbolTable& symbols);
/// The name that image_of() was given.
[[nodiscard]] std::string_view image_name(std::string_view bytes);
/// Interns the names of an image into `symbols`; `bytes` must outlive the map. The image must have
/// been made with the definitions that are used beside it: it holds their types by number. Throws
/// Error{internal} when it is damaged.
[[nodiscard]] std::unique_ptr<Map> open_image(std::string_view bytes, SymbolTable& symbols);

}  // namespace lhcr::map
