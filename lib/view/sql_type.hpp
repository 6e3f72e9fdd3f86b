// SPDX-License-Identifier: Apache-2.0
/// SQL types as views name them in the tag ansi/type (ISO/IEC 9075-2, section 6.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lhcr::view {

/// What of an SQL type decides how typed formats hold a value.
struct SqlType {
  enum class Kind : std::uint8_t {
    other,      ///< as the FHIR type of the column says
    date,       ///< days
    timestamp,  ///< microseconds of the clock on the wall, no zone
    instant,    ///< TIMESTAMP WITH TIME ZONE: microseconds of UTC
    decimal     ///< DECIMAL(precision, scale)
  };
  Kind kind = Kind::other;
  std::uint8_t precision = 0;  ///< of decimal: digits, 1 to 38
  std::uint8_t scale = 0;      ///< of decimal: those behind the point
};

/// nullopt: no type of SQL's, or a DECIMAL of more than 38 digits.
[[nodiscard]] std::optional<SqlType> parse_sql_type(std::string_view text);

/// The name of a type that a misspelt one may mean; empty: none is near.
[[nodiscard]] std::string_view near_sql_type(std::string_view text);

}  // namespace lhcr::view
