// SPDX-License-Identifier: Apache-2.0
/// A SNOMED CT edition in an image. Everything is answered from the mapped file; nothing is read
/// when it is opened.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "terminology/store/image.hpp"
#include "terminology/store/rows.hpp"

namespace lhcr::terminology {

/// Identifiers of the metadata model that the RF2 specification names.
namespace sctid {
#define LHCR_SCTID(name, id) constexpr std::uint64_t name = id;
#include "terminology/store/sctids.def"
#undef LHCR_SCTID
}  // namespace sctid

/// A description as it stands in the release.
struct Description {
  std::uint64_t id = 0;
  Ordinal owner = no_concept;
  std::string_view term;
  std::string_view language;
  std::uint64_t acceptability = 0;  ///< two bits a language reference set
  std::uint32_t day = 0;            ///< YYYYMMDD
  std::uint64_t module = 0;
  DescriptionType type = DescriptionType::other;
  CaseRule case_rule = CaseRule::insensitive;
  bool active = false;

  /// In a language reference set, by its row of Section::language.
  [[nodiscard]] Acceptability in(std::size_t language_refset) const noexcept {
    return static_cast<Acceptability>((acceptability >> (2 * language_refset)) & 3U);
  }
};

/// Views that it gives live as long as the image.
class Snomed {
 public:
  /// `image`: of kind "snomed".
  explicit Snomed(const Image& image);

  // --- concepts ---
  [[nodiscard]] std::size_t size() const noexcept { return ids_.size(); }
  /// Active ones have the numbers below this.
  [[nodiscard]] Ordinal active_count() const noexcept { return active_; }
  /// no_concept when it is not in the release.
  [[nodiscard]] Ordinal find(std::uint64_t id) const noexcept;
  /// Of digits; no_concept for anything else.
  [[nodiscard]] Ordinal find(std::string_view id) const noexcept;
  [[nodiscard]] std::uint64_t id(Ordinal at) const noexcept {
    return at < ids_.size() ? ids_[at] : 0;
  }
  [[nodiscard]] bool is_active(Ordinal at) const noexcept { return at < active_; }
  [[nodiscard]] bool is_defined(Ordinal at) const noexcept;
  [[nodiscard]] std::uint32_t day(Ordinal at) const noexcept;
  [[nodiscard]] std::uint64_t module(Ordinal at) const noexcept;
  /// Why it is inactive; no_concept when the release does not say.
  [[nodiscard]] Ordinal reason(Ordinal at) const noexcept;

  /// What schemes call `code`, such as "54486-6".
  [[nodiscard]] std::span<const IdentifierRow> identifiers(std::string_view code) const noexcept;

  // --- hierarchy ---
  [[nodiscard]] std::span<const Ordinal> parents(Ordinal at) const noexcept;
  [[nodiscard]] std::span<const Ordinal> children(Ordinal at) const noexcept;
  /// The concept itself and what is below it.
  [[nodiscard]] ConceptSet below(Ordinal at) const;
  [[nodiscard]] ConceptSet above(Ordinal at) const;
  [[nodiscard]] bool is_below_or_same(Ordinal below, Ordinal above) const noexcept;

  // --- attributes ---
  [[nodiscard]] std::span<const AttributeRow> attributes(Ordinal at) const noexcept;
  [[nodiscard]] std::span<const TypeRow> attribute_types() const noexcept;
  /// The concept that an attribute's type is.
  [[nodiscard]] Ordinal type_of(const AttributeRow& row) const noexcept {
    const auto types = attribute_types();
    return row.type < types.size() ? types[row.type].type : no_concept;
  }
  [[nodiscard]] std::span<const UseRow> uses(const TypeRow& type) const noexcept;
  /// "#500", "\"text\"", "true"
  [[nodiscard]] std::string_view literal(std::uint32_t value) const noexcept;

  // --- reference sets ---
  [[nodiscard]] std::span<const RefsetRow> refsets() const noexcept;
  /// Rows of the members that are inactive.
  [[nodiscard]] std::span<const RefsetRow> inactive_refsets() const noexcept;
  [[nodiscard]] const RefsetRow* refset(Ordinal at) const noexcept;
  [[nodiscard]] ConceptSet members(const RefsetRow& refset) const;
  [[nodiscard]] std::span<const LinkRow> links(const RefsetRow& refset) const noexcept;
  /// The links from, or to, a concept.
  [[nodiscard]] std::span<const LinkRow> links_from(const RefsetRow& refset,
                                                    Ordinal source) const noexcept;
  [[nodiscard]] std::vector<Ordinal> links_to(const RefsetRow& refset, Ordinal target) const;
  [[nodiscard]] std::span<const MapRow> maps(const RefsetRow& refset) const noexcept;
  [[nodiscard]] std::span<const MapRow> maps_from(const RefsetRow& refset,
                                                  Ordinal source) const noexcept;
  [[nodiscard]] std::vector<MapRow> maps_to(const RefsetRow& refset, std::string_view target) const;
  [[nodiscard]] const DetailRow& detail(const MapRow& row) const noexcept;
  /// The names and values of a member's further fields, of sets that are no maps.
  [[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> fields(
      const RefsetRow& refset, const MapRow& row) const;
  /// When and where a member, by its place in its set, came to its state.
  struct Origin {
    std::uint32_t day = 0;  ///< YYYYMMDD
    std::uint64_t module = 0;
  };
  [[nodiscard]] Origin member_origin(const RefsetRow& refset, std::size_t place) const noexcept;

  // --- descriptions ---
  [[nodiscard]] std::vector<Description> descriptions(Ordinal at) const;
  /// Calls `visit` with the term and the StyleRow of each; reads no more of them.
  template <typename Visit>
  void each_term(Ordinal at, const Visit& visit) const {
    const auto styles = image_.rows<StyleRow>(Section::style);
    each_row(at, [&](const DescriptionRow& row, std::string_view term) {
      if (row.style < styles.size()) {
        visit(term, styles[row.style]);
      }
    });
  }
  [[nodiscard]] std::optional<Description> description(std::uint64_t id) const;
  /// The language reference sets in their order of preference.
  [[nodiscard]] std::span<const Ordinal> languages() const noexcept;
  /// The preferred term by the first language reference set that has one, else a synonym, else the
  /// fully specified name.
  [[nodiscard]] std::string_view preferred(Ordinal at) const;
  [[nodiscard]] std::string_view fully_specified(Ordinal at) const;
  /// Concepts with a word that begins with `beginning` (folded) in some description.
  [[nodiscard]] ConceptSet with_word(std::string_view beginning) const;

  [[nodiscard]] const Image& image() const noexcept { return image_; }

 private:
  [[nodiscard]] Description description_of(const DescriptionRow& row, std::string_view term) const;
  [[nodiscard]] Ordinal owner_of(std::uint32_t row) const noexcept;
  [[nodiscard]] Origin origin_at(std::size_t row) const noexcept;
  /// Calls `visit` with the rows of a concept's descriptions and their terms.
  template <typename Visit>
  void each_row(Ordinal at, const Visit& visit) const {
    const auto starts = first(Section::term_first);
    const std::string_view terms = image_.bytes(Section::term);
    const std::size_t start = at < starts.size() ? starts[at] : terms.size();
    std::size_t next = start;
    for (const DescriptionRow& row : stretch(image_.rows<DescriptionRow>(Section::description),
                                             first(Section::description_first), at)) {
      const std::size_t length = row.length % shared_bit;
      const bool shared = (row.length & shared_bit) != 0;
      const std::size_t from = std::min(shared ? start : next, terms.size());
      visit(row, terms.substr(from, length));
      next += shared ? 0 : length;
    }
  }
  [[nodiscard]] std::span<const std::uint32_t> first(Section section) const noexcept {
    return image_.rows<std::uint32_t>(section);
  }

  const Image& image_;
  std::span<const std::uint64_t> ids_;
  std::span<const std::uint32_t> slots_;
  std::span<const ConceptRow> rows_;
  Ordinal active_ = 0;
};

/// The hash of Section::slot.
[[nodiscard]] constexpr std::uint64_t slot_hash(std::uint64_t id) noexcept {
  id *= 0x9E3779B97F4A7C15ULL;
  return id ^ (id >> 32U);
}

}  // namespace lhcr::terminology
