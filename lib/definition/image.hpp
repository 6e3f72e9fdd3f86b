// SPDX-License-Identifier: Apache-2.0
/// A definition image opened for use: its sections in place, and the few small tables that need
/// symbols or pointers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "definition/definitions.hpp"
#include "definition/image_format.hpp"

namespace lhcr::definition {

/// Every access is checked against its section, so that a damaged image file gives empty answers
/// and no fault.
class Image {
 public:
  /// Throws Error{input} when `bytes` are not an image of this layout.
  Image(std::span<const std::byte> bytes, SymbolTable& symbols);

  [[nodiscard]] std::string_view text(image::Text at) const noexcept;
  [[nodiscard]] std::string_view fhir_version() const noexcept {
    return text(header_.fhir_version);
  }

  /// The rows of a section that holds `Row`s.
  template <typename Row>
  [[nodiscard]] std::span<const Row> rows(image::Section section) const noexcept {
    const image::Header::Entry& entry = header_.sections[static_cast<std::size_t>(section)];
    return {reinterpret_cast<const Row*>(bytes_.data() + entry.offset), entry.count};
  }
  template <typename Row>
  [[nodiscard]] std::span<const Row> rows(image::Section section,
                                          image::Range range) const noexcept {
    const auto all = rows<Row>(section);
    return range.first <= all.size() && range.count <= all.size() - range.first
               ? all.subspan(range.first, range.count)
               : std::span<const Row>{};
  }
  /// The row `id`, the empty row 0 when there is no such row.
  template <typename Row>
  [[nodiscard]] const Row& row(image::Section section, std::uint32_t id) const noexcept {
    static constexpr Row none{};
    const auto all = rows<Row>(section);
    return id < all.size() ? all[id] : none;
  }
  [[nodiscard]] std::vector<std::string_view> texts(image::Range list) const;

  /// The first row of the section's url index for `url`, 0 when there is none.
  template <typename Row>
  [[nodiscard]] std::uint32_t find_url(image::Section slots, image::Section section,
                                       std::string_view url) const noexcept {
    return find_slot(rows<std::uint32_t>(slots), image::hash(url),
                     [&](std::uint32_t id) { return text(row<Row>(section, id).url) == url; });
  }
  /// As find_url() for "url" or "url|version"; a version that is given must be the one found.
  template <typename Row>
  [[nodiscard]] std::uint32_t find_canonical(image::Section slots, image::Section section,
                                             std::string_view canonical) const noexcept {
    // Some official urls hold a bar themselves (the v2 tables that changed between versions).
    const std::uint32_t literal = find_url<Row>(slots, section, canonical);
    const std::size_t bar = canonical.find('|');
    if (literal != 0 || bar == std::string_view::npos) {
      return literal;
    }
    std::uint32_t id = find_url<Row>(slots, section, canonical.substr(0, bar));
    const std::string_view version = canonical.substr(bar + 1);
    while (id != 0 && text(row<Row>(section, id).version) != version) {
      const std::uint32_t next = row<Row>(section, id).next_same_url;
      id = next > id ? next : 0;
    }
    return id;
  }

  /// Probes an open addressing table (power of two) for a value that `matches`; 0 when there is
  /// none.
  template <typename Matches>
  [[nodiscard]] static std::uint32_t find_slot(std::span<const std::uint32_t> slots,
                                               std::uint32_t hash,
                                               const Matches& matches) noexcept {
    const std::size_t mask = slots.size() - 1;
    std::size_t at = hash & mask;
    for (std::size_t probes = 0; probes < slots.size() && slots[at] != 0; ++probes) {
      if (matches(slots[at])) {
        return slots[at];
      }
      at = (at + 1) & mask;
    }
    return 0;
  }

  [[nodiscard]] Symbol symbol(std::uint32_t name) const noexcept {
    return name < symbols_.size() ? symbols_[name] : no_symbol;
  }
  [[nodiscard]] std::span<const TypeInfo> types() const noexcept { return types_; }
  [[nodiscard]] std::size_t named_types() const noexcept { return named_types_; }
  [[nodiscard]] TypeId type(std::string_view name) const noexcept;
  [[nodiscard]] std::span<const Child> children(TypeId type) const noexcept;
  [[nodiscard]] const Child* child(TypeId type, Symbol written) const noexcept;

 private:
  void check();
  void intern_names(SymbolTable& symbols);
  void open_types();
  void open_children();
  void index_types();
  void index_children();
  [[nodiscard]] static std::uint32_t child_hash(TypeId type, Symbol written) noexcept {
    return (written * 0x9E3779B1U) ^ (type * 0x85EBCA6BU);
  }

  std::span<const std::byte> bytes_;
  image::Header header_;
  std::vector<Symbol> symbols_;  // per row of Section::name
  std::vector<TypeInfo> types_;
  std::size_t named_types_ = 0;
  std::vector<std::uint32_t> type_slots_;
  std::vector<image::Range> type_children_;
  std::vector<Child> children_;
  struct ChildSlot {
    Symbol written = no_symbol;
    TypeId type = no_type;
    std::uint16_t row = 0;  // within the type's children
  };
  std::vector<ChildSlot> child_slots_;
};

}  // namespace lhcr::definition
