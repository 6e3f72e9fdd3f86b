// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "base/date_time.hpp"
#include "base/decimal.hpp"
#include "base/text.hpp"
#include "map/csv/csv_model.hpp"

namespace lhcr::map {
namespace {

bool append_text(std::string_view cell, std::string& out) {
  append_json_escaped(out, cell);
  return true;
}

/// FHIR: no white space but single blanks inside.
bool append_code(std::string_view cell, std::string& out) {
  if (cell.front() == ' ' || cell.back() == ' ' || cell.find("  ") != std::string_view::npos) {
    return false;
  }
  return append_text(cell, out);
}

bool append_id(std::string_view cell, std::string& out) {
  const bool good = cell.size() <= 64 && std::all_of(cell.begin(), cell.end(), [](char byte) {
                      return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                             (byte >= '0' && byte <= '9') || byte == '-' || byte == '.';
                    });
  if (good) out += cell;
  return good;
}

bool append_date(std::string_view cell, std::string& out) {
  if (!DateTime::parse_date(cell)) return false;
  out += cell;
  return true;
}

/// A date, or a date with time and zone; Z becomes +00:00.
bool append_time(std::string_view cell, std::string& out) {
  const auto moment = DateTime::parse_date_time(cell);
  if (!moment || (moment->precision > Precision::day && !moment->zoned)) return false;
  if (cell.ends_with('Z')) {
    out.append(cell.substr(0, cell.size() - 1)) += "+00:00";
  } else {
    out += cell;
  }
  return true;
}

/// JSON has no leading plus, zeros or point.
bool append_number(std::string_view cell, std::string& out) {
  if (!Decimal::parse(cell)) return false;
  const std::size_t digits = cell.front() == '-' ? 1 : 0;
  const bool zero = cell.size() > digits + 1 && cell[digits] == '0' && cell[digits + 1] != '.';
  if (cell.front() == '+' || zero || cell[digits] == '.') return false;
  out += cell;
  return true;
}

bool append_integer(std::string_view cell, std::string& out) {
  return cell.find_first_of(".eE") == std::string_view::npos && append_number(cell, out);
}

bool append_boolean(std::string_view cell, std::string& out) {
  constexpr std::array<std::string_view, 6> yes = {"true", "TRUE", "True", "1", "Y", "yes"};
  constexpr std::array<std::string_view, 6> no = {"false", "FALSE", "False", "0", "N", "no"};
  const bool is_yes = std::find(yes.begin(), yes.end(), cell) != yes.end();
  if (!is_yes && std::find(no.begin(), no.end(), cell) == no.end()) return false;
  out += is_yes ? "true" : "false";
  return true;
}

constexpr std::array<CsvCodec, 9> codecs = {{
    {"TEXT", "text", append_text},
    {"CODE", "a code without surplus blanks", append_code},
    {"ID", "an id: letters, digits, - and ., 64 at most", append_id},
    {"REF", "an id: letters, digits, - and ., 64 at most", append_id},
    {"DATE", "a date: 2024-01-31", append_date},
    {"TIME", "a date, or a time with zone: 2024-01-31T12:00:00Z", append_time},
    {"NUMBER", "a number", append_number},
    {"INTEGER", "a whole number", append_integer},
    {"BOOLEAN", "true or false", append_boolean},
}};

}  // namespace

const CsvCodec* find_csv_codec(std::string_view name) noexcept {
  const auto found = std::find_if(codecs.begin(), codecs.end(),
                                  [&](const CsvCodec& row) { return row.name == name; });
  return found == codecs.end() ? nullptr : &*found;
}

}  // namespace lhcr::map
