// SPDX-License-Identifier: Apache-2.0
/// SNOMED CT Expression Constraint Language 2.2, brief and long syntax: from text to a tree. What
/// the tree selects is for whoever has the concepts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lhcr::terminology {

/// How far a focus reaches in the hierarchy.
enum class EclReach : std::uint8_t {
  self,
  descendants,          ///< <
  descendants_or_self,  ///< <<
  children,             ///< <!
  children_or_self,     ///< <<!
  ancestors,            ///< >
  ancestors_or_self,    ///< >>
  parents,              ///< >!
  parents_or_self,      ///< >>!
  top,                  ///< !!>
  bottom,               ///< !!<
};

/// How often an attribute or a group occurs.
struct EclCardinality {
  std::uint32_t min = 0;
  std::uint32_t max = 0;  ///< 0xFFFFFFFF: *
};

/// A node of the tree. Texts point into the text that was parsed.
struct EclNode {
  enum class Kind : std::uint8_t {
    concept_id,   ///< text: the SCTID, term: between the bars
    alternate,    ///< text: scheme#code
    any,          ///< *
    member_of,    ///< ^ parts[0]; fields: what is asked of the members, "*" for all
    conjunction,  ///< of parts
    disjunction,
    exclusion,  ///< parts[0] MINUS parts[1]
    dotted,     ///< parts[0] . parts[1] . ...
    refined,    ///< parts[0] : parts[1]
    group,      ///< { parts[0] }
    attribute,  ///< parts[0] comparison parts[1]
    number,     ///< text, after #
    string,     ///< text between quotes; field: match, wild or exact
    boolean,    ///< text: true or false
    token,      ///< text: a word or the digits of an id
    list,       ///< of parts, in brackets
    filtered,   ///< parts[0] with the filters parts[1], ...
    filter,     ///< field comparison parts[0]; domain D, C or M
    history,    ///< parts[0] with inactive ones; field: MIN, MOD, MAX or nothing; parts[1]: subset
  };

  Kind kind = Kind::any;
  EclReach reach = EclReach::self;
  char domain = 0;
  bool reverse = false;
  std::optional<EclCardinality> cardinality;
  std::string_view text;
  std::string_view term;
  std::string_view comparison;  ///< = != < <= > >=
  std::string_view field;
  std::vector<std::string_view> fields;
  std::vector<EclNode> parts;
};

/// Where and why a text is no expression constraint.
struct EclFault {
  std::size_t at = 0;    ///< bytes from its start
  std::string expected;  ///< "a concept id, * or ("
};

/// The tree of a constraint; nullopt when the text is none, and then why in `fault` (which may be
/// nullptr). Takes time in proportion to the text.
[[nodiscard]] std::optional<EclNode> parse_ecl(std::string_view text, EclFault* fault = nullptr);

/// The ids of a constraint that only lists concepts (one, or several joined by OR): which they are
/// needs no terminology. nullopt for any other.
[[nodiscard]] std::optional<std::vector<std::string_view>> listed_concepts(
    const EclNode& constraint);

}  // namespace lhcr::terminology
