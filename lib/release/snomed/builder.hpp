// SPDX-License-Identifier: Apache-2.0
/// Makes a SNOMED CT image of the rows of a release.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "release/snomed/rf2.hpp"
#include "terminology/store/image_writer.hpp"
#include "terminology/store/snomed.hpp"

namespace lhcr::release {

/// What an edition is called and made of.
struct EditionInfo {
  std::uint64_t module = 0;  ///< of the edition: none depends on it
  std::uint32_t day = 0;     ///< YYYYMMDD
  std::size_t concepts = 0;
  std::size_t active = 0;
  std::size_t descriptions = 0;
  std::size_t relationships = 0;
  std::size_t refsets = 0;
};

/// Rows for each number, one behind the other.
template <typename Row>
struct Grouped {
  std::vector<std::uint32_t> first;  ///< one more than numbers
  std::vector<Row> rows;
  [[nodiscard]] std::span<const Row> of(std::size_t at) const {
    return std::span(rows).subspan(first[at], first[at + 1] - first[at]);
  }
};

/// Groups pairs of number and row; the order within a group stays.
template <typename Row>
Grouped<Row> group(std::size_t count, const std::vector<std::pair<std::uint32_t, Row>>& pairs) {
  Grouped<Row> made;
  made.first.assign(count + 1, 0);
  for (const auto& [number, row] : pairs) {
    ++made.first[number + 1];
  }
  for (std::size_t at = 0; at < count; ++at) {
    made.first[at + 1] += made.first[at];
  }
  made.rows.resize(pairs.size());
  std::vector<std::uint32_t> next(made.first.begin(), made.first.end() - 1);
  for (const auto& [number, row] : pairs) {
    made.rows[next[number]++] = row;
  }
  return made;
}

/// One step after the other, in this order; rows that are used up are given back.
class SnomedBuilder {
 public:
  /// `rows`: concepts and dependencies; the others are read from `tables`.
  SnomedBuilder(const Tables& tables, Rf2& rows, terminology::ImageWriter& out, Notes& notes)
      : tables_(tables), rows_(rows), out_(out), notes_(notes) {}
  EditionInfo build(std::span<const std::uint64_t> preferred_languages);

 private:
  using Ordinal = terminology::Ordinal;
  using Edges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

  // --- builder.cpp ---
  template <typename Row>
  void take(Table table, std::vector<Row>& rows, bool keep_inactive);
  template <typename Row>
  void settle(std::vector<Row>& rows, bool keep_inactive);
  void check_dependencies();
  void write_concepts();
  struct Attribute {
    Ordinal source = 0;
    Ordinal type = 0;
    std::uint32_t value = 0;
    std::uint16_t group = 0;
  };
  std::vector<Attribute> take_attributes();
  void write_attributes();
  std::vector<terminology::TypeRow> write_uses(std::vector<Attribute>& all);
  void write_origins();
  [[nodiscard]] Ordinal ordinal(std::uint64_t id) const noexcept;
  std::uint16_t day(std::uint32_t value) { return days_.add(value); }
  std::uint16_t origin(std::uint32_t when, std::uint16_t module) {
    return origins_.add((std::uint64_t{day(when)} << 16U) | module);
  }

  // --- builder_hierarchy.cpp ---
  void number_concepts();
  Edges is_a_edges();
  std::vector<std::uint32_t> higher_first(const Grouped<std::uint32_t>& children);
  void drop_cycles(Edges& edges);
  void choose_tree(const Grouped<std::uint32_t>& parents);
  void number_tree(const std::vector<std::uint32_t>& tree_parent);
  void write_hierarchy();
  void write_intervals();

  // --- builder_terms.cpp ---
  class Styles;
  void write_descriptions(std::span<const std::uint64_t> preferred_languages);
  void choose_languages(std::span<const std::uint64_t> preferred_languages);
  [[nodiscard]] std::vector<std::uint64_t> acceptabilities();
  void write_terms(const std::vector<std::uint32_t>& order);
  void write_words(const std::vector<std::uint32_t>& order);

  // --- builder_refsets.cpp ---
  struct MemberSections;
  void write_reasons();
  void write_identifiers();
  void write_refsets();
  terminology::RefsetRow add_refset(std::span<MemberIn> rows, MemberSections& out);
  void add_members(std::span<const MemberIn> rows, MemberSections& out);
  void add_links(std::span<const MemberIn> rows, MemberSections& out);
  void add_maps(std::span<const MemberIn> rows, MemberSections& out);
  void write_details();

  const Tables& tables_;
  Rf2& rows_;
  terminology::ImageWriter& out_;
  Notes& notes_;
  EditionInfo info_;
  Dictionary days_;
  Dictionary origins_;
  std::vector<std::uint64_t> ids_;      ///< by temporary number: sorted
  std::vector<std::uint32_t> slots_;    ///< of the temporary numbers
  std::vector<Ordinal> ordinals_;       ///< by temporary number
  std::vector<std::uint32_t> numbers_;  ///< temporary numbers by ordinal
  std::size_t active_ = 0;
  Edges edges_;                           ///< is-a: child, parent; temporary numbers
  std::vector<std::uint32_t> order_;      ///< active ones, parents first
  std::vector<std::uint32_t> ends_;       ///< by ordinal: behind the last one of its tree
  std::vector<std::uint64_t> languages_;  ///< ids, as StyleRow numbers them
};

}  // namespace lhcr::release
