// SPDX-License-Identifier: Apache-2.0
/// A definition image opened for use: its sections in place, and the few small tables that need
/// symbols or pointers.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "definition/definitions.hpp"
#include "definition/image/layout.hpp"
#include "definition/image/type_tables.hpp"

namespace lhcr::definition {

class Image;

/// A row and the image that it is in, whose texts and lists it speaks of.
template <typename Row>
struct Located {
  const Image& image;
  const Row& row;
  const Row* operator->() const noexcept { return &row; }
};

/// Every access is checked against its section, so that a damaged image file gives empty answers
/// and no fault.
class Image {
 public:
  /// `base`: the image that this one is a layer over. Throws Error{input} when `bytes` are not an
  /// image of this layout, or a layer over something else.
  Image(std::span<const std::byte> bytes, SymbolTable& symbols,
        std::shared_ptr<const Image> base = nullptr);

  /// The image that this one is a layer over; nullptr: none.
  [[nodiscard]] const Image* base() const noexcept { return base_.get(); }
  [[nodiscard]] std::string_view text(image::Text at) const noexcept;
  /// Fills what an element says of values: least, greatest, fixed and pattern.
  template <class Target>
  void read_values(const image::ElementRow& row, Target& element) const {
    element.min_value = text(row.min_value);
    element.max_value = text(row.max_value);
    element.fixed = text(row.fixed);
    element.fixed_type = text(row.fixed_type);
    element.pattern = text(row.pattern);
    element.pattern_type = text(row.pattern_type);
  }
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
  /// The row number `id`, the empty row 0 when there is no such row.
  template <typename Row>
  [[nodiscard]] const Row& row(image::Section section, std::uint32_t id) const noexcept {
    static constexpr Row none{};
    const auto all = rows<Row>(section);
    return id < all.size() ? all[id] : none;
  }
  [[nodiscard]] std::vector<std::string_view> texts(image::Range list) const;

  /// What is added to the number of this image's rows to make their ids.
  [[nodiscard]] std::uint32_t id_offset(image::Section section) const noexcept {
    return header_.id_offsets[static_cast<std::size_t>(section)];
  }
  /// One more than the largest id.
  [[nodiscard]] std::uint32_t id_end(image::Section section) const noexcept {
    const auto count =
        static_cast<std::uint32_t>(header_.sections[static_cast<std::size_t>(section)].count);
    return id_offset(section) + std::max(count, 1U);
  }
  /// The row of an id in this image or one below, an empty row when there is none.
  template <typename Row>
  [[nodiscard]] Located<Row> at(image::Section section, std::uint32_t id) const noexcept {
    const Image* image = this;
    while (id <= image->id_offset(section) && image->base_ != nullptr) {
      image = image->base_.get();
    }
    const std::uint32_t offset = image->id_offset(section);
    return {*image, image->row<Row>(section, id > offset ? id - offset : 0)};
  }
  /// The id after `id` in a chain of rows with the same url, 0 at the end. Chains go up within an
  /// image and then down into the ones below; a damaged one that does not ends here.
  template <typename Row>
  [[nodiscard]] std::uint32_t next_same_url(image::Section section,
                                            std::uint32_t id) const noexcept {
    const Located<Row> found = at<Row>(section, id);
    const std::uint32_t next = found->next_same_url;
    return next > id || next <= found.image.id_offset(section) ? next : 0;
  }

  /// The first id of the section's url index for `url`, 0 when there is none.
  template <typename Row>
  [[nodiscard]] std::uint32_t find_url(image::Section slots, image::Section section,
                                       std::string_view url) const noexcept {
    const std::uint32_t hash = image::hash(url);
    for (const Image* image = this; image != nullptr; image = image->base_.get()) {
      const std::uint32_t number = find_slot(
          image->rows<std::uint32_t>(slots), hash,
          [&](std::uint32_t row) { return image->text(image->row<Row>(section, row).url) == url; });
      if (number != 0) {
        return number + image->id_offset(section);
      }
    }
    return 0;
  }
  /// As find_url() for "url" or "url|version"; a version that is given must be the one found, or
  /// its beginning: 1.5 stands for the first 1.5.x that is here (FHIR, canonical references:
  /// partial versions).
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
    std::uint32_t near = 0;
    while (id != 0) {
      const Located<Row> found = at<Row>(section, id);
      const std::string_view known = found.image.text(found->version);
      if (known == version) {
        return id;
      }
      const bool begins = known.size() > version.size() && known.starts_with(version) &&
                          known[version.size()] == '.';
      near = near == 0 && begins && !version.empty() ? id : near;
      id = next_same_url<Row>(section, id);
    }
    return near;
  }

  /// The row of a canonical url (without version), an empty row when it is not known.
  [[nodiscard]] Located<image::CanonicalRow> canonical(std::string_view url) const noexcept;

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
  /// Whether it lies over another one: it was made of packages given at run time.
  [[nodiscard]] bool is_layer() const noexcept { return base_ != nullptr; }
  /// This image, or the one below it that knows the same types: asking it saves a step.
  [[nodiscard]] const Image& type_holder() const noexcept {
    return has_types() ? *this : base_->type_holder();
  }
  /// Those of the images below and of this one; call it on type_holder(). The first question makes
  /// the tables of them, for of most versions of FHIR a run asks nothing.
  [[nodiscard]] const TypeTables& tables() const {
    const TypeTables* const known = known_tables_.load(std::memory_order_acquire);
    return known != nullptr ? *known : make_tables();
  }
  /// As the tables answer.
  [[nodiscard]] std::span<const TypeInfo> types() const { return tables().types(); }
  [[nodiscard]] TypeId type(std::string_view name) const { return tables().type(name); }
  [[nodiscard]] std::span<const Child> children(TypeId type) const {
    return tables().children(type);
  }
  [[nodiscard]] const Child* child(TypeId type, Symbol written) const {
    return tables().child(type, written);
  }

 private:
  void check();
  void check_base() const;
  void intern_names(SymbolTable& symbols);
  void check_types() const;
  // A layer without types of its own leaves them to the image below.
  [[nodiscard]] bool has_types() const noexcept {
    return base_ == nullptr || rows<image::TypeRow>(image::Section::type).size() > 1;
  }
  const TypeTables& make_tables() const;

  std::span<const std::byte> bytes_;
  std::shared_ptr<const Image> base_;
  image::Header header_;
  std::vector<Symbol> symbols_;  // per row of Section::name
  mutable std::once_flag made_;
  mutable std::unique_ptr<const TypeTables> tables_;
  mutable std::atomic<const TypeTables*> known_tables_ = nullptr;  // nullptr: nobody has asked yet
};

}  // namespace lhcr::definition
