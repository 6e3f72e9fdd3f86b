// SPDX-License-Identifier: Apache-2.0
/// The built-in maps, as the build compiled them or, under overlays, compiled anew.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "map/map.hpp"
#include "map/model.hpp"

namespace lhcr::map {

/// The text of the built-in maps with overlays laid over them. Throws Error{input} with
/// file:line:col.
[[nodiscard]] Source all_maps(const std::vector<Overlay>& overlays);

/// Makes maps that are ready to run.
class BuiltIn {
 public:
  /// Every map that an overlay has rows for is compiled, so that what is wrong is told whatever is
  /// converted. Throws Error{input} with file:line:col.
  BuiltIn(definition::Library& library, const std::vector<Overlay>& overlays);
  /// `name`: "ccda", "itk" or "stu3". Throws Error{input} with file:line:col when an overlay is
  /// wrong.
  [[nodiscard]] std::unique_ptr<Map> map(std::string_view name) const;

 private:
  void check(const std::vector<Overlay>& overlays);

  definition::Library& library_;
  std::unique_ptr<const Source> source_;  ///< of what has to be compiled
};

/// What the build links into the program: the image of a built-in map.
[[nodiscard]] std::string compile_built_in(definition::Library& library, std::string_view name);
/// The image that the build linked into the program.
[[nodiscard]] std::string_view built_in_image(std::string_view name);

}  // namespace lhcr::map
