// SPDX-License-Identifier: Apache-2.0
#include "definition/image/type_tables.hpp"

#include <algorithm>
#include <bit>

#include "definition/image/image.hpp"

namespace lhcr::definition {

using image::Section;

TypeTables::TypeTables(const Image& image, const TypeTables* below)
    : below_(below), offset_(image.id_offset(Section::type)) {
  open_types(image);
  open_children(image);
  index_types();
  index_children();
}

void TypeTables::open_types(const Image& image) {
  const auto stored = image.rows<image::TypeRow>(Section::type);
  if (below_ != nullptr) {
    types_ = below_->types_;
  }
  types_.resize(image.id_end(Section::type));
  type_children_.resize(std::max<std::size_t>(stored.size(), 1));
  for (std::size_t at = 1; at < stored.size(); ++at) {
    open_type(image, stored[at], at);
  }
}

void TypeTables::open_type(const Image& image, const image::TypeRow& row, std::size_t number) {
  TypeInfo& type = types_[number + offset_];
  type.name = image.text(row.name);
  type.kind = static_cast<TypeKind>(row.kind);
  type.abstract = row.abstract != 0;
  type.base = row.base < types_.size() ? static_cast<TypeId>(row.base) : no_type;
  type.root = row.root;
  type.structure = row.structure;
  type.pattern = image.text(row.pattern);
  type.json_kind = static_cast<tree::Kind>(row.json_kind);
  if (image.rows<image::ChildRow>(Section::child, row.children).size() == row.children.count) {
    type_children_[number] = row.children;
  }
}

void TypeTables::open_children(const Image& image) {
  const auto stored = image.rows<image::ChildRow>(Section::child);
  children_.resize(stored.size());
  for (std::size_t at = 0; at < stored.size(); ++at) {
    const image::ChildRow& row = stored[at];
    children_[at] = {image.symbol(row.written),
                     image.symbol(row.element),
                     row.definition,
                     row.type < types_.size() ? row.type : no_type,
                     row.order,
                     static_cast<std::uint8_t>(row.flags)};
  }
}

void TypeTables::index_types() {
  type_slots_.assign(std::bit_ceil(types_.size() * 2), 0);
  const std::size_t mask = type_slots_.size() - 1;
  for (std::size_t at = 1; at < types_.size(); ++at) {
    if (types_[at].kind == TypeKind::backbone) {
      continue;
    }
    std::size_t slot = image::hash(types_[at].name) & mask;
    while (type_slots_[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    type_slots_[slot] = static_cast<std::uint32_t>(at);
  }
}

void TypeTables::index_children() {
  child_slots_.assign(std::bit_ceil(children_.size() * 2 + 1), {});
  const std::size_t mask = child_slots_.size() - 1;
  for (std::size_t at = 1; at < type_children_.size(); ++at) {
    const auto type = static_cast<TypeId>(at + offset_);
    std::uint16_t row = 0;
    for (const Child& child : children(type)) {
      std::size_t slot = child_hash(type, child.written) & mask;
      while (child_slots_[slot].type != no_type) {
        slot = (slot + 1) & mask;
      }
      child_slots_[slot] = {child.written, type, row++};
    }
  }
}

TypeId TypeTables::type(std::string_view name) const noexcept {
  return static_cast<TypeId>(Image::find_slot(
      type_slots_, image::hash(name), [&](std::uint32_t id) { return types_[id].name == name; }));
}

std::span<const Child> TypeTables::children(TypeId type) const noexcept {
  if (type <= offset_ && below_ != nullptr) {
    return below_->children(type);
  }
  if (type - offset_ >= type_children_.size()) {
    return {};
  }
  const image::Range range = type_children_[type - offset_];
  return std::span<const Child>(children_).subspan(range.first, range.count);
}

const Child* TypeTables::child(TypeId type, Symbol written) const noexcept {
  if (type <= offset_ && below_ != nullptr) {
    return below_->child(type, written);
  }
  if (type == no_type || written == no_symbol) {
    return nullptr;
  }
  const std::size_t mask = child_slots_.size() - 1;
  for (std::size_t at = child_hash(type, written) & mask; child_slots_[at].type != no_type;
       at = (at + 1) & mask) {
    const ChildSlot& slot = child_slots_[at];
    if (slot.written == written && slot.type == type) {
      return &children_[type_children_[type - offset_].first + slot.row];
    }
  }
  return nullptr;
}

}  // namespace lhcr::definition
