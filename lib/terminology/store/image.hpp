// SPDX-License-Identifier: Apache-2.0
/// A terminology image: a file of sections that are mapped and read in place.
///
/// Sections stand one behind the other at multiples of 8 bytes, each an array of one row type; a
/// table of them and a trailer end the file, so that it is written in one go while it is made.
/// Numbers are in the byte order of the machine. Strings are offsets into Section::string, where
/// their length stands before them as 32 bits; 0 is the empty one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/mapped_file.hpp"
#include "base/sha256.hpp"

namespace lhcr::terminology {

enum class Section : std::uint32_t {
  meta,    ///< "key<TAB>value" lines
  string,  ///< bytes: lengths and texts
  // --- SNOMED CT ---
  id,                 ///< uint64 by ordinal
  slot,               ///< uint32: open addressing from id to ordinal + 1
  concept_row,        ///< ConceptRow by ordinal
  reason,             ///< Ordinal by inactive ordinal: why it is, as the indicator has it
  day,                ///< uint32: YYYYMMDD, what rows number
  module,             ///< uint64, what rows number
  interval_first,     ///< uint32 by active ordinal, and one more: rows of interval
  interval,           ///< Interval; {no_concept, n}: the n-th bitmap instead; none: itself alone
  bitmap,             ///< uint64: as many as active ordinals need, for each
  parent_first,       ///< uint32 by active ordinal, and one more
  parent,             ///< Ordinal
  child_first,        ///< uint32 by active ordinal, and one more
  child,              ///< Ordinal
  attribute_first,    ///< uint32 by active ordinal, and one more
  attribute,          ///< AttributeRow by source, group, type
  attribute_type,     ///< TypeRow by ordinal of the type
  attribute_use,      ///< UseRow of each type, by value and source
  literal,            ///< LiteralRow
  description_first,  ///< uint32 by ordinal, and one more
  term_first,         ///< uint32 by ordinal: where in Section::term its terms begin
  description,        ///< DescriptionRow
  description_id,     ///< uint64, as description
  description_by_id,  ///< uint32: rows of description, sorted by id
  origin,             ///< OriginRow
  style,              ///< StyleRow
  term,               ///< bytes
  language,           ///< Ordinal: language reference sets, as StyleRow numbers them
  refset,             ///< RefsetRow by ordinal
  refset_inactive,    ///< RefsetRow by ordinal: of members that are inactive
  member,             ///< Ordinal: sorted members of each refset that has no rows
  member_origin,      ///< uint16, as member: row of Section::origin
  link,               ///< LinkRow by refset, source
  link_origin,        ///< uint16, as link: row of Section::origin
  link_by_target,     ///< uint32: rows of link of each refset, by target
  map_row,            ///< MapRow by refset, source
  map_origin,         ///< uint16, as map_row: row of Section::origin
  map_by_target,      ///< uint32: rows of map_row of each refset, by target text
  map_detail,         ///< DetailRow
  identifier,         ///< IdentifierRow by text
  word,               ///< WordRow by text
  posting,            ///< bytes: differences of ordinals in base 128
  // --- lists of codes ---
  code,      ///< CodeRow by text
  property,  ///< PropertyRow, those of a code together
  by_value,  ///< uint32: rows of property that name another code, by name and value
  count_
};
constexpr std::size_t section_count = static_cast<std::size_t>(Section::count_);

/// What the trailer says.
struct ImageTrailer {
  struct Entry {
    std::uint64_t offset = 0;  ///< in bytes
    std::uint64_t size = 0;    ///< in bytes
  };
  std::uint64_t magic = 0;
  std::uint64_t layout = 0;
  Sha256::Digest digest{};  ///< of all bytes before the trailer
  Entry sections[section_count]{};
};
constexpr std::uint64_t image_magic = 0x004D52455452434CULL;  // "LCRTERM"
constexpr std::uint64_t image_layout = 2;

/// An image that is mapped. Every access is checked against its section, so that a damaged file
/// gives empty answers and no fault.
class Image {
 public:
  /// Throws Error{input} when the file is no image of this layout.
  explicit Image(const std::string& path);

  template <typename Row>
  [[nodiscard]] std::span<const Row> rows(Section section) const noexcept {
    const ImageTrailer::Entry& entry = trailer_.sections[static_cast<std::size_t>(section)];
    return {reinterpret_cast<const Row*>(file_->bytes().data() + entry.offset),
            static_cast<std::size_t>(entry.size) / sizeof(Row)};
  }
  [[nodiscard]] std::string_view bytes(Section section) const noexcept;
  /// Says that much of a section will be read, in order.
  void expect_scan(Section section) const noexcept;
  /// A string of Section::string.
  [[nodiscard]] std::string_view text(std::uint32_t at) const noexcept;
  /// A value of Section::meta; empty when there is none.
  [[nodiscard]] std::string_view meta(std::string_view key) const;
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all_meta() const noexcept {
    return meta_;
  }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return file_->bytes().size(); }
  /// Reads all of it: whether it is as it was made.
  [[nodiscard]] bool verified() const;

 private:
  std::string path_;
  std::unique_ptr<MappedFile> file_;
  ImageTrailer trailer_;
  std::map<std::string, std::string, std::less<>> meta_;
};

/// Rows `first[at]` to `first[at + 1]`, as far as there are such.
template <typename Row>
[[nodiscard]] std::span<const Row> stretch(std::span<const Row> rows,
                                           std::span<const std::uint32_t> first,
                                           std::size_t at) noexcept {
  if (at + 1 >= first.size() || first[at] > first[at + 1] || first[at + 1] > rows.size()) {
    return {};
  }
  return rows.subspan(first[at], first[at + 1] - first[at]);
}

/// A part of rows, empty when it is not wholly there.
template <typename Row>
[[nodiscard]] std::span<const Row> part(std::span<const Row> rows, std::size_t first,
                                        std::size_t count) noexcept {
  return first <= rows.size() && count <= rows.size() - first ? rows.subspan(first, count)
                                                              : std::span<const Row>{};
}

}  // namespace lhcr::terminology
