// SPDX-License-Identifier: Apache-2.0
/// The types of an image and what they are made of, ready to be asked.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "definition/definitions.hpp"
#include "definition/image/layout.hpp"

namespace lhcr::definition {

class Image;

/// Immutable, and safe to share between threads.
class TypeTables {
 public:
  /// `image` has passed Image's checks; `below`: those of the images that it lies on, or nullptr.
  /// Both outlive the object.
  TypeTables(const Image& image, const TypeTables* below);

  /// Those of the images below and of this one, by id.
  [[nodiscard]] std::span<const TypeInfo> types() const noexcept { return types_; }
  [[nodiscard]] TypeId type(std::string_view name) const noexcept;
  [[nodiscard]] std::span<const Child> children(TypeId type) const noexcept;
  [[nodiscard]] const Child* child(TypeId type, Symbol written) const noexcept;

 private:
  void open_types(const Image& image);
  void open_type(const Image& image, const image::TypeRow& row, std::size_t number);
  void open_children(const Image& image);
  void index_types();
  void index_children();
  [[nodiscard]] static std::uint32_t child_hash(TypeId type, Symbol written) noexcept {
    return (written * 0x9E3779B1U) ^ (type * 0x85EBCA6BU);
  }

  const TypeTables* below_;
  std::uint32_t offset_;  ///< ids up to it are of the images below
  std::vector<TypeInfo> types_;
  std::vector<std::uint32_t> type_slots_;
  std::vector<image::Range> type_children_;  // per own type
  std::vector<Child> children_;
  struct ChildSlot {
    Symbol written = no_symbol;
    TypeId type = no_type;
    std::uint16_t row = 0;  // within the type's children
  };
  std::vector<ChildSlot> child_slots_;
};

}  // namespace lhcr::definition
