// SPDX-License-Identifier: Apache-2.0
#include "view/sql_type.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/ascii.hpp"
#include "base/number_in.hpp"
#include "base/suggest.hpp"

namespace lhcr::view {
namespace {

struct NamedType {
  std::string_view name;
  SqlType::Kind kind = SqlType::Kind::other;
};
// The predefined types, the usual abbreviations of drivers, and TEXT, which OHDSI's tables have.
constexpr std::array<NamedType, 36> types = {{
    {"DATE", SqlType::Kind::date},
    {"TIMESTAMP", SqlType::Kind::timestamp},
    {"TIMESTAMP WITHOUT TIME ZONE", SqlType::Kind::timestamp},
    {"TIMESTAMP WITH TIME ZONE", SqlType::Kind::instant},
    {"DECIMAL", SqlType::Kind::decimal},
    {"DEC", SqlType::Kind::decimal},
    {"NUMERIC", SqlType::Kind::decimal},
    {"CHARACTER"},
    {"CHAR"},
    {"CHARACTER VARYING"},
    {"CHAR VARYING"},
    {"VARCHAR"},
    {"CHARACTER LARGE OBJECT"},
    {"CHAR LARGE OBJECT"},
    {"CLOB"},
    {"NATIONAL CHARACTER"},
    {"NATIONAL CHARACTER VARYING"},
    {"NCHAR"},
    {"NCHAR VARYING"},
    {"NCLOB"},
    {"BINARY"},
    {"BINARY VARYING"},
    {"VARBINARY"},
    {"BINARY LARGE OBJECT"},
    {"BLOB"},
    {"SMALLINT"},
    {"INTEGER"},
    {"INT"},
    {"BIGINT"},
    {"FLOAT"},
    {"REAL"},
    {"DOUBLE PRECISION"},
    {"BOOLEAN"},
    {"TIME"},
    {"TEXT"},
    {"JSON"},
}};

/// A type as written, with single blanks: its name and what its brackets hold.
struct Written {
  std::string name;
  std::string brackets;
};

Written take_apart(std::string_view text) {
  Written made;
  bool inside = false;
  for (const char byte : text) {
    if (byte == '(' || byte == ')') {
      inside = byte == '(';
      continue;
    }
    std::string& out = inside ? made.brackets : made.name;
    const bool blank = byte == ' ' || byte == '\t';
    if (blank && (inside || out.empty() || out.back() == ' ')) continue;
    out += blank ? ' ' : byte;
  }
  while (made.name.ends_with(' ')) made.name.pop_back();
  return made;
}

/// DECIMAL without a precision has that of whoever reads it.
std::optional<SqlType> decimal_of(std::string_view brackets) {
  constexpr std::uint8_t most = 38;
  if (brackets.empty()) return SqlType{};
  const std::size_t comma = std::min(brackets.find(','), brackets.size());
  const auto precision = number_in<std::uint8_t>(brackets.substr(0, comma));
  const auto scale = comma < brackets.size() ? number_in<std::uint8_t>(brackets.substr(comma + 1))
                                             : std::optional<std::uint8_t>(0);
  if (!precision || !scale || *precision == 0 || *precision > most || *scale > *precision) {
    return std::nullopt;
  }
  return SqlType{SqlType::Kind::decimal, *precision, *scale};
}

}  // namespace

std::optional<SqlType> parse_sql_type(std::string_view text) {
  const Written written = take_apart(text);
  const auto found = std::find_if(types.begin(), types.end(), [&](const NamedType& type) {
    return same_letters(type.name, written.name);
  });
  if (found == types.end()) return std::nullopt;
  if (found->kind == SqlType::Kind::decimal) return decimal_of(written.brackets);
  return SqlType{found->kind, 0, 0};
}

std::string_view near_sql_type(std::string_view text) {
  std::vector<std::string_view> names;
  for (const NamedType& type : types) names.push_back(type.name);
  return closest(take_apart(text).name, names);
}

}  // namespace lhcr::view
