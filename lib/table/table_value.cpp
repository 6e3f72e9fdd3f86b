// SPDX-License-Identifier: Apache-2.0
// The values of table cells.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <re2/re2.h>

#include "base/ascii.hpp"
#include "base/date_picture.hpp"
#include "base/date_time.hpp"
#include "base/number_in.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "finding/id.hpp"
#include "table/table.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;

/// A number by its parts; `at` moves over it.
struct NumberShape {
  bool exponent = false;
  bool fraction = false;
  bool good = false;
};

NumberShape number_shape(std::string_view text, char mark) {
  NumberShape shape;
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - from;
  };
  std::size_t count = digits();
  if (at < text.size() && text[at] == mark) {
    ++at;
    shape.fraction = true;
    count += digits();
  }
  if (count == 0) return shape;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    shape.exponent = true;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits() == 0) return shape;
  }
  shape.good = at == text.size();
  return shape;
}

bool is_number_of(TableKind kind, std::string_view text, char mark) {
  if (kind == TableKind::number && (text == "INF" || text == "-INF" || text == "NaN")) return true;
  const NumberShape shape = number_shape(text, mark);
  if (!shape.good) return false;
  if (kind == TableKind::integer) return !shape.fraction && !shape.exponent;
  return kind != TableKind::decimal || !shape.exponent;
}

/// A number with the marks of the layout in the form of the program's own.
std::string plain_number(const TableType& type, std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == type.group_mark && c != '\0') continue;
    out += c == type.decimal_mark ? '.' : c;
  }
  return out;
}

bool is_boolean(const TableType& type, std::string_view value) {
  if (type.picture.empty()) {
    return value == "true" || value == "false" || value == "1" || value == "0";
  }
  const std::size_t bar = type.picture.find('|');
  return value == type.picture.substr(0, bar) ||
         (bar != std::string::npos && value == type.picture.substr(bar + 1));
}

bool is_id(std::string_view value) {
  constexpr std::size_t longest = 64;
  return value.size() <= longest && std::all_of(value.begin(), value.end(), [](char c) {
           const char lower = static_cast<char>(c | 0x20);
           return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '-' || c == '.';
         });
}

bool is_code(std::string_view value) {
  return !is_space(value.front()) && !is_space(value.back()) &&
         value.find("  ") == std::string_view::npos && value.find('\t') == std::string_view::npos;
}

/// "2024-01-31", the form of nearly all dates.
bool is_plain_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto two = [&](std::size_t at) {
    return is_digit(text[at]) && is_digit(text[at + 1])
               ? (text[at] - '0') * 10 + (text[at + 1] - '0')
               : -1;
  };
  const int century = two(0);
  const int rest = two(2);
  const int month = two(5);
  const int day = two(8);
  if (century < 0 || rest < 0 || month < 1 || month > 12 || day < 1) return false;
  return day <= 28 || day <= days_in_month(century * 100 + rest, month);
}

/// The form that dates have in FHIR and XML Schema. Their zones, of dates too, are the same.
bool is_iso_moment(TableKind kind, std::string_view text) {
  if (is_plain_day(text)) {
    return kind != TableKind::date_time && kind != TableKind::fhir_instant &&
           kind != TableKind::time;
  }
  if (kind == TableKind::time) return DateTime::parse_time(text).has_value();
  if (kind == TableKind::date) {  // a zone may follow
    const std::string_view zone = text.substr(std::min<std::size_t>(text.size(), 10));
    return is_plain_day(text.substr(0, 10)) &&
           DateTime::parse_date_time(std::string("2000-01-01T00:00:00").append(zone)).has_value();
  }
  const auto moment = DateTime::parse_date_time(text);
  if (!moment || text.back() == 'T') return false;
  const bool to_the_second = moment->precision >= Precision::second;
  switch (kind) {
    case TableKind::fhir_date:
      return moment->precision <= Precision::day;
    case TableKind::date_time:
      return to_the_second;
    case TableKind::fhir_instant:
      return to_the_second && moment->zoned;
    default:
      return moment->precision <= Precision::day || (to_the_second && moment->zoned);
  }
}

bool is_moment(TableKind kind) {
  switch (kind) {
    case TableKind::date:
    case TableKind::date_time:
    case TableKind::time:
    case TableKind::fhir_date:
    case TableKind::fhir_date_time:
    case TableKind::fhir_instant:
      return true;
    default:
      return false;
  }
}

bool is_numeric(TableKind kind) {
  return kind == TableKind::integer || kind == TableKind::decimal || kind == TableKind::number ||
         kind == TableKind::fhir_decimal;
}

/// `plain`: of a number, in the program's own form; of a moment with a picture, in ISO form.
bool has_kind(const TableType& type, std::string_view value, std::string& plain) {
  if (is_numeric(type.kind)) {
    const bool own_marks = type.decimal_mark != '.' || type.group_mark != '\0';
    if (own_marks) plain = plain_number(type, value);
    return is_number_of(type.kind, own_marks ? plain : value, '.');
  }
  if (is_moment(type.kind)) {
    if (type.picture.empty()) return is_iso_moment(type.kind, value);
    return iso_of_picture(type.picture, value, plain);
  }
  switch (type.kind) {
    case TableKind::boolean:
      return is_boolean(type, value);
    case TableKind::id:
      return is_id(value);
    case TableKind::code:
      return is_code(value);
    case TableKind::uri:
      return std::none_of(value.begin(), value.end(), is_space);
    default:
      return true;
  }
}

std::string shown(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

std::optional<TableFault> check_range(const TableType& type, std::string_view value) {
  if (type.min || type.max) {
    double number = 0;
    const std::string_view digits = value.starts_with('+') ? value.substr(1) : value;
    read_number(digits.data(), digits.data() + digits.size(), number);
    if (type.min && (number < *type.min || (type.min_excluded && number == *type.min))) {
      return TableFault{id<"csv-range">,
                        {std::string(value), type.min_excluded ? "not more than" : "less than",
                         shown(*type.min)}};
    }
    if (type.max && (number > *type.max || (type.max_excluded && number == *type.max))) {
      return TableFault{id<"csv-range">,
                        {std::string(value), type.max_excluded ? "not less than" : "more than",
                         shown(*type.max)}};
    }
  }
  if (!type.earliest.empty() &&
      (value < type.earliest || (type.min_excluded && value == type.earliest))) {
    return TableFault{id<"csv-range">, {std::string(value), "earlier than", type.earliest}};
  }
  if (!type.latest.empty() &&
      (value > type.latest || (type.max_excluded && value == type.latest))) {
    return TableFault{id<"csv-range">, {std::string(value), "later than", type.latest}};
  }
  return std::nullopt;
}

std::optional<TableFault> check_length(const TableType& type, std::string_view value) {
  if (!type.length && !type.min_length && !type.max_length) return std::nullopt;
  const std::size_t size = count_code_points(value);
  const auto fault = [&](const char* how, std::size_t wanted) {
    return TableFault{id<"csv-length">, {std::to_string(size), how, std::to_string(wanted)}};
  };
  if (type.length && size != *type.length) return fault("not", *type.length);
  if (type.min_length && size < *type.min_length) return fault("fewer than", *type.min_length);
  if (type.max_length && size > *type.max_length) return fault("more than", *type.max_length);
  return std::nullopt;
}

/// A long value is told by its beginning.
std::string excerpt(std::string_view value) {
  constexpr std::size_t most = 60;
  if (value.size() <= most) return std::string(value);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
  return std::string(value.substr(0, end)) + "…";
}

}  // namespace

std::optional<TableFault> check_table_value(const TableType& type, std::string_view value) {
  if (!type.codes.empty() && !type.codes.contains(std::string(value))) {
    std::vector<std::string_view> codes(type.codes.begin(), type.codes.end());
    std::sort(codes.begin(), codes.end());
    return TableFault{id<"csv-code">, {excerpt(value), instead_of(value, codes)}};
  }
  std::string plain;
  if (value.empty() && type.kind != TableKind::text) {
    return TableFault{id<"csv-type">, {"", type.expects}};
  }
  if (!has_kind(type, value, plain) || (type.fits != nullptr && !type.fits(value))) {
    return TableFault{id<"csv-type">, {excerpt(value), type.expects}};
  }
  if (type.pattern != nullptr &&
      !re2::RE2::FullMatch({value.data(), value.size()}, *type.pattern)) {
    return TableFault{id<"csv-pattern">, {excerpt(value), type.pattern->pattern()}};
  }
  if (auto fault = check_length(type, value)) return fault;
  return check_range(type, plain.empty() ? value : std::string_view(plain));
}

}  // namespace lhcr::validate
