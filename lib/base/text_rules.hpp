// SPDX-License-Identifier: Apache-2.0
/// Lexical rules of the primitive types, as scanners: the patterns of the definitions plus what
/// patterns cannot say.
#pragma once

#include <string_view>

namespace lhcr {

/// Verdict about the text of a date, dateTime or instant.
enum class DateFault { none, format, day, zone };

/// year, year-month or year-month-day that exists in the calendar.
[[nodiscard]] DateFault date_fault(std::string_view text);
/// As date, or with a time of day and a zone.
[[nodiscard]] DateFault date_time_fault(std::string_view text);
/// Full date, time with seconds and zone.
[[nodiscard]] DateFault instant_fault(std::string_view text);
/// hh:mm:ss with an optional fraction.
[[nodiscard]] bool is_time(std::string_view text);
/// Optional sign, digits without leading zeros, within 32 bits.
[[nodiscard]] bool is_integer(std::string_view text);
/// The same within 64 bits (R5 datatypes, integer64).
[[nodiscard]] bool is_integer64(std::string_view text);
/// JSON number syntax.
[[nodiscard]] bool is_decimal(std::string_view text);
/// At most 18 digits before the point, 17 after it and 9 of the exponent (R5 datatypes, decimal),
/// of a text for which is_decimal() holds.
[[nodiscard]] bool within_decimal_limits(std::string_view text);
/// [A-Za-z0-9-.]{1,64}
[[nodiscard]] bool is_id(std::string_view text);
/// No white space at the ends, single spaces inside, nothing else that is blank.
[[nodiscard]] bool is_code(std::string_view text);
[[nodiscard]] bool has_space(std::string_view text);
[[nodiscard]] bool all_space(std::string_view text);
/// The number of Unicode code points.
[[nodiscard]] std::size_t characters(std::string_view text);
/// Dotted numbers that begin with 0, 1 or 2.
[[nodiscard]] bool is_oid(std::string_view text);
/// Lower-case 8-4-4-4-12.
[[nodiscard]] bool is_uuid(std::string_view text);
/// Base64 (RFC 4648), white space allowed between groups.
enum class Base64 { valid, spaced, invalid };
[[nodiscard]] Base64 base64_form(std::string_view text);
/// The decoded size of valid base64 text, in bytes.
[[nodiscard]] std::size_t base64_size(std::string_view text);
/// A lower-case scheme and something after it.
[[nodiscard]] bool is_absolute_url(std::string_view text);
/// A host that is reserved for examples.
[[nodiscard]] bool is_example_url(std::string_view text);
/// Text that looks like an element of a markup language.
[[nodiscard]] bool has_markup(std::string_view text);

}  // namespace lhcr
