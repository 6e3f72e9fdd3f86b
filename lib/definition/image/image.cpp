// SPDX-License-Identifier: Apache-2.0
#include "definition/image/image.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "base/error.hpp"

namespace lhcr::definition {
namespace {

using image::Section;

constexpr std::size_t row_sizes[] = {
    1,                                // text
    sizeof(image::Text),              // name
    sizeof(image::TypeRow),           // type
    sizeof(image::ChildRow),          // child
    sizeof(image::StructureRow),      // structure
    sizeof(image::ElementRow),        // element
    sizeof(image::TypeRefRow),        // type_ref
    sizeof(image::InvariantRow),      // invariant
    sizeof(image::DiscriminatorRow),  // discriminator
    sizeof(image::Text),              // text_list
    sizeof(std::uint32_t),            // number_list
    sizeof(image::ValueSetRow),       // value_set
    sizeof(image::BlockRow),          // block
    sizeof(image::Text),              // code_slot
    sizeof(image::CodeSystemRow),     // code_system
    sizeof(image::ConceptRow),        // concept_row
    sizeof(std::uint32_t),            // concept_slot
    sizeof(image::CanonicalRow),      // canonical
    sizeof(std::uint32_t),            // structure_slot
    sizeof(std::uint32_t),            // value_set_slot
    sizeof(std::uint32_t),            // code_system_slot
    sizeof(std::uint32_t),            // canonical_slot
};
static_assert(std::size(row_sizes) == image::section_count);

[[noreturn]] void fail(const char* what) {
  throw Error(ErrorKind::input, std::string("definition image: ") + what);
}

bool is_slots(Section section) {
  return section >= Section::structure_slot && section <= Section::canonical_slot;
}

}  // namespace

Image::Image(std::span<const std::byte> bytes, SymbolTable& symbols,
             std::shared_ptr<const Image> base)
    : bytes_(bytes), base_(std::move(base)) {
  check();
  check_base();
  intern_names(symbols);
  open_types();
  if (!types_.empty()) {
    open_children();
    index_types();
    index_children();
  }
}

void Image::check() {
  if (bytes_.size() < sizeof(header_)) {
    fail("too short");
  }
  std::memcpy(&header_, bytes_.data(), sizeof(header_));
  if (header_.magic != image::magic || header_.layout != image::layout_version) {
    fail("not an image of this version of the program");
  }
  if (header_.size != bytes_.size()) {
    fail("cut off");
  }
  for (std::size_t at = 0; at < image::section_count; ++at) {
    const image::Header::Entry& entry = header_.sections[at];
    const bool inside = entry.offset % 8 == 0 && entry.offset <= bytes_.size() &&
                        entry.count <= (bytes_.size() - entry.offset) / row_sizes[at];
    const bool slots = is_slots(static_cast<Section>(at));
    if (!inside || (slots && !std::has_single_bit(entry.count))) {
      fail("damaged section table");
    }
  }
}

void Image::check_base() const {
  for (const Section section : image::id_sections) {
    if (id_offset(section) != (base_ == nullptr ? 0 : base_->id_end(section) - 1)) {
      fail("made for other definitions");
    }
  }
}

std::string_view Image::text(image::Text at) const noexcept {
  const auto all = rows<char>(Section::text);
  std::uint32_t length = 0;
  if (all.size() < sizeof(length) || at > all.size() - sizeof(length)) {
    return {};
  }
  std::memcpy(&length, all.data() + at, sizeof(length));
  const std::size_t start = at + sizeof(length);
  return length <= all.size() - start ? std::string_view(all.data() + start, length)
                                      : std::string_view{};
}

Located<image::CanonicalRow> Image::canonical(std::string_view url) const noexcept {
  const std::uint32_t hash = image::hash(url);
  for (const Image* image = this;; image = image->base_.get()) {
    const std::uint32_t number = find_slot(
        image->rows<std::uint32_t>(Section::canonical_slot), hash, [&](std::uint32_t row) {
          return image->text(image->row<image::CanonicalRow>(Section::canonical, row).url) == url;
        });
    if (number != 0 || image->base_ == nullptr) {
      return {*image, image->row<image::CanonicalRow>(Section::canonical, number)};
    }
  }
}

std::vector<std::string_view> Image::texts(image::Range list) const {
  std::vector<std::string_view> found;
  const auto stored = rows<image::Text>(Section::text_list, list);
  found.reserve(stored.size());
  for (const image::Text at : stored) {
    found.push_back(text(at));
  }
  return found;
}

void Image::intern_names(SymbolTable& symbols) {
  const auto names = rows<image::Text>(Section::name);
  symbols_.assign(std::max<std::size_t>(names.size(), 1), no_symbol);
  for (std::size_t at = 1; at < names.size(); ++at) {
    symbols_[at] = symbols.intern(text(names[at]));
  }
}

// A layer without types of its own leaves the tables of types to the image below.
void Image::open_types() {
  const auto stored = rows<image::TypeRow>(Section::type);
  if (base_ != nullptr && stored.size() <= 1) {
    return;
  }
  if (id_end(Section::type) > std::numeric_limits<TypeId>::max()) {
    fail("too many types");
  }
  if (base_ != nullptr) {
    const auto below = base_->type_holder().types();
    types_.assign(below.begin(), below.end());
  }
  types_.resize(id_end(Section::type));
  type_children_.resize(std::max<std::size_t>(stored.size(), 1));
  for (std::size_t at = 1; at < stored.size(); ++at) {
    open_type(stored[at], at);
  }
  std::uint64_t children = 0;
  for (const image::Range& range : type_children_) {
    children += range.count;
  }
  if (children > header_.sections[static_cast<std::size_t>(Section::child)].count) {
    fail("types share children");
  }
}

void Image::open_type(const image::TypeRow& row, std::size_t number) {
  TypeInfo& type = types_[number + id_offset(Section::type)];
  type.name = text(row.name);
  type.kind = static_cast<TypeKind>(row.kind);
  type.abstract = row.abstract != 0;
  type.base = row.base < types_.size() ? static_cast<TypeId>(row.base) : no_type;
  type.root = row.root;
  type.structure = row.structure;
  type.pattern = text(row.pattern);
  type.json_kind = static_cast<tree::Kind>(row.json_kind);
  if (rows<image::ChildRow>(Section::child, row.children).size() == row.children.count) {
    type_children_[number] = row.children;
  }
}

void Image::open_children() {
  const auto stored = rows<image::ChildRow>(Section::child);
  children_.resize(stored.size());
  for (std::size_t at = 0; at < stored.size(); ++at) {
    const image::ChildRow& row = stored[at];
    children_[at] = {symbol(row.written), symbol(row.element),
                     row.definition,      row.type < types_.size() ? row.type : no_type,
                     row.order,           static_cast<std::uint8_t>(row.flags)};
  }
}

void Image::index_types() {
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

void Image::index_children() {
  child_slots_.assign(std::bit_ceil(children_.size() * 2 + 1), {});
  const std::size_t mask = child_slots_.size() - 1;
  for (std::size_t at = 1; at < type_children_.size(); ++at) {
    const auto type = static_cast<TypeId>(at + id_offset(Section::type));
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

TypeId Image::type(std::string_view name) const noexcept {
  return static_cast<TypeId>(find_slot(type_slots_, image::hash(name),
                                       [&](std::uint32_t id) { return types_[id].name == name; }));
}

std::span<const Child> Image::children(TypeId type) const noexcept {
  const std::uint32_t offset = id_offset(Section::type);
  if (type <= offset && base_ != nullptr) {
    return base_->type_holder().children(type);
  }
  if (type - offset >= type_children_.size()) {
    return {};
  }
  const image::Range range = type_children_[type - offset];
  return std::span<const Child>(children_).subspan(range.first, range.count);
}

const Child* Image::child(TypeId type, Symbol written) const noexcept {
  const std::uint32_t offset = id_offset(Section::type);
  if (type <= offset && base_ != nullptr) {
    return base_->type_holder().child(type, written);
  }
  if (type == no_type || written == no_symbol) {
    return nullptr;
  }
  const std::size_t mask = child_slots_.size() - 1;
  for (std::size_t at = child_hash(type, written) & mask; child_slots_[at].type != no_type;
       at = (at + 1) & mask) {
    const ChildSlot& slot = child_slots_[at];
    if (slot.written == written && slot.type == type) {
      return &children_[type_children_[type - offset].first + slot.row];
    }
  }
  return nullptr;
}

}  // namespace lhcr::definition
