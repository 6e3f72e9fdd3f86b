// SPDX-License-Identifier: Apache-2.0
#include "map/compiler/built_in.hpp"

#include <algorithm>

#include "base/embedded.hpp"
#include "base/error.hpp"
#include "map/compiler/image.hpp"

extern "C" const lhcr::EmbeddedImage lhcr_built_in_maps[];

namespace lhcr::map {
namespace {

std::unique_ptr<Map> compile(const Source& source, std::string_view name,
                             definition::Library& library) {
  Sides sides;
  sides.right_definitions = library.version("4.0.1");
  if (name == "stu3") {
    sides.left = Model::fhir;
    sides.left_definitions = library.version("3.0.2");
  }
  return compile_map(source, name, sides, library.symbols());
}

}  // namespace

Source all_maps(const std::vector<Overlay>& overlays) {
  Source source = built_in_maps();
  for (const Overlay& overlay : overlays) {
    read_map(overlay.text, overlay.name, source);
  }
  return source;
}

BuiltIn::BuiltIn(definition::Library& library, const std::vector<Overlay>& overlays)
    : library_(library) {
  if (!overlays.empty()) {
    source_ = std::make_unique<const Source>(all_maps(overlays));
    check(overlays);
  }
}

void BuiltIn::check(const std::vector<Overlay>& overlays) {
  const auto is_here = [&](const Location& at) {
    return std::any_of(overlays.begin(), overlays.end(),
                       [&](const Overlay& overlay) { return overlay.name == at.file; });
  };
  for (const std::string_view name : {"ccda", "itk", "stu3"}) {
    const bool touched =
        std::any_of(source_->blocks.begin(), source_->blocks.end(), [&](const SourceBlock& block) {
          return block.map == name &&
                 (is_here(block.at) ||
                  std::any_of(block.rows.begin(), block.rows.end(),
                              [&](const SourceRow& row) { return is_here(row.at); }));
        });
    if (touched) static_cast<void>(compile(*source_, name, library_));
  }
}

std::unique_ptr<Map> BuiltIn::map(std::string_view name) const {
  return source_ != nullptr ? compile(*source_, name, library_)
                            : open_image(built_in_image(name), library_.symbols());
}

std::string compile_built_in(definition::Library& library, std::string_view name) {
  return image_of(*compile(all_maps({}), name, library), name, library.symbols());
}

std::string_view built_in_image(std::string_view name) {
  for (const EmbeddedImage* image = lhcr_built_in_maps; image->begin != nullptr; ++image) {
    const std::string_view bytes(reinterpret_cast<const char*>(image->begin),
                                 static_cast<std::size_t>(image->end - image->begin));
    if (image_name(bytes) == name) {
      return bytes;
    }
  }
  throw Error(ErrorKind::internal, "the map " + std::string(name) + " is not built in");
}

}  // namespace lhcr::map
