// SPDX-License-Identifier: Apache-2.0
/// The definitions that a layer is compiled over, read back from their images into the compiler's
/// model: only what is asked for, each once.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition/compiler/expansion.hpp"
#include "definition/compiler/model.hpp"
#include "definition/image/image.hpp"

namespace lhcr::definition::compiler {

class Below {
 public:
  /// `image` nullptr: there is nothing below. It outlives the object.
  explicit Below(const Image* image) : image_(image) {}

  [[nodiscard]] const Image* image() const noexcept { return image_; }
  /// The number that the ids of a layer's rows count from.
  [[nodiscard]] std::uint32_t id_offset(image::Section section) const noexcept {
    return image_ == nullptr ? 0 : image_->id_end(section) - 1;
  }
  /// By canonical, with its snapshot; nullptr when it is not here.
  const StructureModel* structure(std::string_view canonical);
  /// Every version of a CodeSystem.
  const std::vector<CodeSystemModel>& code_systems(std::string_view url);
  /// The codes of a ValueSet; nullptr when it is not here.
  const Expansion* expansion(std::string_view canonical);

  /// The first id of a url in one of the sections that have chains of versions; 0: not here.
  [[nodiscard]] std::uint32_t id(image::Section section, std::string_view url) const noexcept;

 private:
  const Image* image_;
  std::map<std::uint32_t, std::unique_ptr<StructureModel>> structures_;
  std::map<std::string, std::vector<CodeSystemModel>, std::less<>> code_systems_;
  std::map<std::uint32_t, Expansion> expansions_;
};

}  // namespace lhcr::definition::compiler
