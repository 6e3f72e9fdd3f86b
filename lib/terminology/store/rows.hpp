// SPDX-License-Identifier: Apache-2.0
/// Rows of the sections of a terminology image.
#pragma once

#include <cstdint>

#include "terminology/store/concept_set.hpp"

namespace lhcr::terminology {

struct ConceptRow {
  std::uint16_t day = 0;     ///< row of Section::day: effectiveTime
  std::uint16_t module = 0;  ///< row of Section::module; defined_bit
};
constexpr std::uint16_t defined_bit = 0x8000;

/// A relationship that is not is-a. A value with the highest bit set is a row of Section::literal.
struct AttributeRow {
  std::uint16_t type = 0;  ///< row of Section::attribute_type
  std::uint16_t group = 0;
  std::uint32_t value = 0;
};
constexpr std::uint32_t literal_bit = 0x80000000;

struct UseRow {
  std::uint32_t value = 0;
  Ordinal source = 0;
};

/// The uses of an attribute; those with concrete values last.
struct TypeRow {
  Ordinal type = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// A concrete value as the release has it: "#500", "\"text\"", "true".
struct LiteralRow {
  std::uint32_t text = 0;
};

enum class DescriptionType : std::uint8_t { other, fully_specified, synonym, definition };
enum class CaseRule : std::uint8_t { insensitive, sensitive, initial_insensitive };
/// Two bits a language reference set.
enum class Acceptability : std::uint8_t { none = 0, acceptable = 1, preferred = 2 };

/// The terms of a concept stand one behind the other, from Section::term_first on.
struct DescriptionRow {
  std::uint16_t length = 0;  ///< in bytes; shared_bit
  std::uint16_t style = 0;
  std::uint16_t origin = 0;  ///< row of Section::origin
};
/// The first term of the concept begins with this one, which has no bytes of its own.
constexpr std::uint16_t shared_bit = 0x8000;

/// When and where components came to be.
struct OriginRow {
  std::uint16_t day = 0;     ///< row of Section::day
  std::uint16_t module = 0;  ///< row of Section::module
};

/// What many descriptions have in common.
struct StyleRow {
  std::uint64_t acceptability = 0;  ///< by row of Section::language, two bits each
  std::uint32_t language = 0;       ///< "en"
  std::uint8_t type = 0;            ///< DescriptionType
  std::uint8_t active = 0;
  std::uint8_t case_rule = 0;  ///< CaseRule
  std::uint8_t unused = 0;
};

enum class RefsetKind : std::uint32_t {
  simple,
  association,      ///< LinkRow, targetComponentId
  attribute_value,  ///< LinkRow, valueId
  map,              ///< MapRow
  language,         ///< members are descriptions
  other,            ///< MapRow whose target has the fields that `columns` names, when it has rows
};

struct RefsetRow {
  Ordinal refset = 0;
  RefsetKind kind = RefsetKind::simple;
  std::uint32_t first = 0;      ///< of Section::member, when it has no rows
  std::uint32_t count = 0;      ///< of different members
  std::uint32_t first_row = 0;  ///< of Section::link or map_row
  std::uint32_t row_count = 0;
  std::uint32_t outside = 0;  ///< members that are no concepts of the release
  std::uint32_t columns = 0;  ///< string: names of further fields, with tabs between
};

/// A member that names another component.
struct LinkRow {
  Ordinal source = 0;
  Ordinal target = 0;  ///< no_concept: a component that is no concept of the release
};

struct MapRow {
  Ordinal source = 0;
  std::uint32_t target = 0;  ///< string; of other sets the values of the fields, tabs between
  std::uint32_t detail = 0;
};

/// What many rows of maps have in common.
struct DetailRow {
  std::uint16_t group = 0;
  std::uint16_t priority = 0;
  std::uint32_t block = 0;
  std::uint32_t rule = 0;    ///< string
  std::uint32_t advice = 0;  ///< string
  Ordinal correlation = no_concept;
  Ordinal category = no_concept;
  bool operator==(const DetailRow&) const = default;
};

/// What another scheme calls a concept.
struct IdentifierRow {
  std::uint32_t text = 0;       ///< string
  Ordinal scheme = no_concept;  ///< the concept that is the scheme
  Ordinal meant = no_concept;
};

struct WordRow {
  std::uint32_t text = 0;  ///< string
  std::uint32_t count = 0;
  std::uint64_t posting = 0;  ///< offset in Section::posting
};

enum CodeFlag : std::uint32_t { code_active = 1 };

struct CodeRow {
  std::uint32_t code = 0;     ///< string
  std::uint32_t display = 0;  ///< string
  std::uint32_t flags = 0;    ///< CodeFlag
  std::uint32_t first = 0;    ///< of Section::property
  std::uint32_t count = 0;
};

struct PropertyRow {
  std::uint32_t name = 0;   ///< string
  std::uint32_t value = 0;  ///< string
  std::uint32_t owner = 0;  ///< row of Section::code
};

}  // namespace lhcr::terminology
