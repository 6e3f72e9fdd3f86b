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
  check_types();
  intern_names(symbols);
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
  // Versions have most names in one order: the name that follows the latest one is likely the next.
  Symbol likely = no_symbol;
  for (std::size_t at = 1; at < names.size(); ++at) {
    const std::string_view name = text(names[at]);
    const bool is_likely = !name.empty() && symbols.name(likely) == name;
    symbols_[at] = is_likely ? likely : symbols.intern(name);
    likely = symbols_[at] + 1;
  }
}

// So that the tables can be made later without a fault.
void Image::check_types() const {
  if (!has_types()) {
    return;
  }
  if (id_end(Section::type) > std::numeric_limits<TypeId>::max()) {
    fail("too many types");
  }
  std::uint64_t children = 0;
  for (const image::TypeRow& row : rows<image::TypeRow>(Section::type)) {
    children += rows<image::ChildRow>(Section::child, row.children).size();
  }
  if (children > header_.sections[static_cast<std::size_t>(Section::child)].count) {
    fail("types share children");
  }
}

const TypeTables& Image::make_tables() const {
  std::call_once(made_, [this] {
    const TypeTables* const below = base_ == nullptr ? nullptr : &base_->type_holder().tables();
    tables_ = std::make_unique<const TypeTables>(*this, below);
    known_tables_.store(tables_.get(), std::memory_order_release);
  });
  return *tables_;
}

}  // namespace lhcr::definition
