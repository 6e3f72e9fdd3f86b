// SPDX-License-Identifier: Apache-2.0
/// The walk over a constraint's tree. Once there is a problem, sets are empty and only the problem
/// counts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.hpp"
#include "terminology/query/ecl_answer.hpp"

namespace lhcr::terminology {

/// A relationship that an attribute of a constraint selects.
struct Hit {
  Ordinal source = 0;
  std::uint64_t group = 0;  ///< of a reverse one with the concept that it stands on
  bool operator<(const Hit& other) const noexcept {
    return source != other.source ? source < other.source : group < other.group;
  }
  bool operator==(const Hit&) const = default;
};

/// What an attribute's value is to be.
class EclValueTest {
 public:
  /// Of concepts; `negated`: any but these.
  EclValueTest(ConceptSet concepts, bool any, bool negated)
      : concepts_(std::move(concepts)), any_(any), negated_(negated) {}
  /// Of concrete values.
  explicit EclValueTest(std::function<bool(std::string_view)> literal)
      : literal_(std::move(literal)) {}

  [[nodiscard]] bool is_literal() const noexcept { return literal_ != nullptr; }
  [[nodiscard]] bool holds(const Snomed& snomed, std::uint32_t value) const;
  /// The uses of a type whose value passes.
  void select(const Snomed& snomed, const TypeRow& type, std::vector<UseRow>& out) const;
  /// About how many those are.
  [[nodiscard]] std::size_t estimate(const Snomed& snomed, const TypeRow& type) const;

 private:
  template <typename Take>
  void each_range(std::span<const UseRow> uses, const Take& take) const;

  ConceptSet concepts_;
  bool any_ = false;
  bool negated_ = false;
  std::function<bool(std::string_view)> literal_;
};

class EclEvaluator {
 public:
  explicit EclEvaluator(const Snomed& snomed) : snomed_(snomed) {}
  EclAnswer answer(const EclNode& constraint);

 private:
  using Groups = std::vector<Hit>;  ///< sorted, each once

  // --- ecl_evaluator.cpp ---
  ConceptSet constraint(const EclNode& node);
  ConceptSet focus(const EclNode& node);
  ConceptSet concept_of(const EclNode& node);
  ConceptSet identified(const EclNode& node);
  ConceptSet compound(const EclNode& node);
  ConceptSet reached(ConceptSet from, EclReach reach);
  ConceptSet below(const ConceptSet& from, bool self);
  ConceptSet next(const ConceptSet& from, bool down);
  ConceptSet above(const ConceptSet& from, bool self);
  ConceptSet member_of(const EclNode& node);
  ConceptSet selected_fields(const EclNode& node, std::string_view field);
  ConceptSet history(const EclNode& node);
  ConceptSet associations(const EclNode& node);
  ConceptSet everything() const;
  void refuse(std::string why);      ///< error
  void leave_open(std::string why);  ///< not checked
  [[nodiscard]] bool failed() const noexcept { return !answer_.good(); }

  // --- ecl_refinement.cpp ---
  ConceptSet refined(const ConceptSet& from, const EclNode& refinement);
  ConceptSet attribute(const ConceptSet& from, const EclNode& node);
  ConceptSet reversed(const ConceptSet& from, const EclNode& node);
  ConceptSet group(const ConceptSet& from, const EclNode& node);
  Groups groups(const ConceptSet& from, const EclNode& refinement);
  Groups attribute_groups(const ConceptSet& from, const EclNode& node);
  Groups all_groups(const ConceptSet& from);
  Groups all_reverse_groups(const ConceptSet& from);
  std::vector<Hit> reverse_hits(const ConceptSet& from, const EclNode& node);
  struct Selection {
    ConceptSet types;
    std::optional<EclValueTest> test;
    ConceptSet sources;
    bool exact = false;  ///< every source has such an attribute
  };
  Selection select(const ConceptSet& from, const EclNode& node);
  std::vector<Hit> hits(const Selection& selection);
  std::vector<Hit> hits_of_sources(const ConceptSet& from, const ConceptSet& types,
                                   const EclValueTest& test);
  std::optional<EclValueTest> value_test(const EclNode& node);
  std::optional<EclValueTest> number_test(const EclNode& node);
  [[nodiscard]] std::vector<bool> wanted_types(const ConceptSet& types) const;
  [[nodiscard]] ConceptSet values_of(const ConceptSet& from, const ConceptSet& types) const;
  ConceptSet dotted(const EclNode& node);

  // --- ecl_filters.cpp ---
  ConceptSet filtered(const EclNode& node);
  ConceptSet concept_filter(const ConceptSet& from, const EclNode& filter);
  ConceptSet concepts_of(const EclNode& value);
  ConceptSet description_filters(const ConceptSet& from, const EclNode& node);
  using DescriptionTest = std::function<bool(const Description&)>;
  std::optional<DescriptionTest> description_test(const EclNode& filter);
  std::optional<DescriptionTest> dialect_test(const EclNode& filter);
  std::optional<DescriptionTest> word_test(const EclNode& filter);
  ConceptSet candidates(const ConceptSet& from, const EclNode& filter);
  std::optional<std::size_t> language_row(const EclNode& dialect);

  // --- ecl_members.cpp ---
  struct Member {
    Ordinal source = no_concept;
    const RefsetRow* refset = nullptr;
    const LinkRow* link = nullptr;
    const MapRow* map = nullptr;
    std::size_t place = 0;  ///< among the members of its set in that state
    bool active = true;
  };
  using MemberTest = std::function<bool(const Member&)>;
  ConceptSet member_filters(const EclNode& node);
  std::optional<MemberTest> member_test(const EclNode& filter);
  std::optional<MemberTest> member_concept_test(const EclNode& filter);
  std::optional<MemberTest> member_value_test(const EclNode& filter);
  std::optional<std::string> text_field(const Member& member, std::string_view field) const;
  std::optional<Ordinal> concept_field(const Member& member, std::string_view field) const;
  void each_member(const RefsetRow& refset, bool active,
                   const std::function<void(const Member&)>& visit) const;

  const Snomed& snomed_;
  EclAnswer answer_;
};

/// Without the backslashes of a quoted text.
[[nodiscard]] std::string unescaped(std::string_view text);
/// Whether a text passes a string (match, wild, exact) or a list of them.
[[nodiscard]] bool passes_text(std::string_view text, const EclNode& wanted);
/// Whether two words are equal but for the case of letters.
[[nodiscard]] bool same_word(std::string_view left, std::string_view right) noexcept;
/// Whether a day passes a filter of times: any of a set for =, else all of them.
[[nodiscard]] bool passes_day(std::uint32_t day, const EclNode& filter);
/// 1, 0, true or false.
[[nodiscard]] std::optional<bool> truth_of(std::string_view text);
/// A node's parts when it is a list, else itself.
[[nodiscard]] std::span<const EclNode> items(const EclNode& node) noexcept;
/// Compares as the operator says: = != < <= > >=
[[nodiscard]] bool compares(int order, std::string_view comparison) noexcept;

}  // namespace lhcr::terminology
