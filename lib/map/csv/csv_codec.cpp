// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "base/check_digit.hpp"
#include "base/date_picture.hpp"
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

/// A code of ICD-10 or OPCS-4, as its classification writes it: extracts leave the point out, and
/// fill codes of three characters up. Daggers, asterisks and whatever else follows are refused.
bool append_dotted(std::string_view cell, std::string& out) {
  constexpr std::size_t category = 3;
  constexpr std::size_t longest = 2;
  const auto digits = [](std::string_view text) {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const std::string_view chapter = cell.substr(0, category);
  std::string_view rest = cell.substr(chapter.size());
  if (rest == "X" || rest == "-") rest = {};
  if (rest.size() > 1 && rest.front() == '.') rest.remove_prefix(1);
  const bool good = chapter.size() == category && chapter[0] >= 'A' && chapter[0] <= 'Z' &&
                    digits(chapter.substr(1)) && digits(rest) && rest.size() <= longest;
  if (!good) return false;
  out += chapter;
  if (!rest.empty()) out.append(".").append(rest);
  return true;
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

/// What stands before the number of "<5", ">= 1,200".
std::string_view comparator_of(std::string_view cell) {
  const std::size_t end = cell.find_first_not_of("<>=");
  const std::string_view found = cell.substr(0, std::min(end, cell.size()));
  constexpr std::array<std::string_view, 4> known = {"<", "<=", ">", ">="};
  return std::find(known.begin(), known.end(), found) == known.end() ? std::string_view() : found;
}

bool append_comparator(std::string_view cell, std::string& out) {
  out += comparator_of(cell);
  return true;
}

/// A comma is one of thousands where three digits follow each: "1,234.5", not "1,5".
bool without_thousands(std::string_view text, std::string& out) {
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != ',') {
      out += text[i];
    } else if (i == 0 || i > point || (point - i) % 4 != 0) {
      return false;
    }
  }
  return true;
}

/// A number with what laboratories write around it: the comparator goes to a row of its own.
bool append_amount(std::string_view cell, std::string& out) {
  cell.remove_prefix(comparator_of(cell).size());
  cell = trim(cell);
  std::string plain;
  return !cell.empty() && without_thousands(cell, plain) && append_number(plain, out);
}

/// An NHS number, written in groups or not.
bool append_nhs_number(std::string_view cell, std::string& out) {
  std::string digits;
  for (const char byte : cell) {
    if (byte != ' ' && byte != '-') digits += byte;
  }
  if (!has_modulus11_check_digit(digits)) return false;
  out += digits;
  return true;
}

/// Whether summer time holds at a moment of British wall time, from 1996 on: from the last Sunday
/// of March to that of October (Directive 2000/84/EC and those before it). Of the hour that comes
/// twice the first is taken.
bool is_summer(const DateTime& moment) {
  constexpr int march = 3;
  constexpr int october = 10;
  if (moment.month != march && moment.month != october) {
    return moment.month > march && moment.month < october;
  }
  // Sakamoto: the day of the week of the 31st, Sunday is 0.
  const int offset = moment.month == march ? 2 : 6;
  const int year = moment.year;
  const int last_day = (year + year / 4 - year / 100 + year / 400 + offset + 31) % 7;
  const int sunday = 31 - last_day;
  if (moment.day != sunday) return (moment.day > sunday) == (moment.month == march);
  return moment.month == march ? moment.hour >= 1 : moment.hour < 2;
}

bool append_zone(const DateTime& moment, std::string_view zone, std::string& out) {
  constexpr int first_known = 1996;
  if (zone != "Europe/London") {
    out += zone;
    return !zone.empty();
  }
  if (moment.year < first_known) return false;
  out += is_summer(moment) ? "+01:00" : "+00:00";
  return true;
}

constexpr std::array<CsvCodec, 13> codecs = {{
    {"TEXT", "text", append_text},
    {"CODE", "a code without surplus blanks", append_code},
    {"DOTTED", "a code of ICD-10 or OPCS-4: I48.9, I489, I10X", append_dotted},
    {"ID", "an id: letters, digits, - and ., 64 at most", append_id},
    {"REF", "an id: letters, digits, - and ., 64 at most", append_id},
    {"DATE", "a date: 2024-01-31", append_date},
    {"TIME", "a date, or a time with zone: 2024-01-31T12:00:00Z", append_time},
    {"NUMBER", "a number", append_number},
    {"INTEGER", "a whole number", append_integer},
    {"BOOLEAN", "true or false", append_boolean},
    {"AMOUNT", "a number, such as 1,234.5 or <5", append_amount},
    {"COMPARATOR", "a number, such as <5", append_comparator},
    {"NHS", "an NHS number: ten digits, the last of which checks the others (Modulus 11)",
     append_nhs_number},
}};

}  // namespace

bool append_moment(std::string_view cell, std::string_view picture, std::string_view zone,
                   std::string& out) {
  std::string iso(picture.empty() ? cell : std::string_view());
  if (!picture.empty() && !iso_of_picture(picture, cell, iso)) return false;
  constexpr std::size_t day_length = 10;
  if (iso.size() > day_length && iso[day_length] == ' ') iso[day_length] = 'T';
  const auto moment = DateTime::parse_date_time(iso);
  if (!moment) return false;
  constexpr std::size_t minutes_length = 16;
  if (moment->precision == Precision::minute && iso.size() == minutes_length) iso += ":00";
  if (moment->precision > Precision::day && !moment->zoned && !append_zone(*moment, zone, iso)) {
    return false;
  }
  return append_time(iso, out);
}

std::string expected_of(const CsvCodec* codec, std::string_view picture) {
  if (!picture.empty()) return "a day or time written " + std::string(picture);
  return std::string(codec == nullptr ? "text" : codec->expects);
}

const CsvCodec* find_csv_codec(std::string_view name) noexcept {
  const auto found = std::find_if(codecs.begin(), codecs.end(),
                                  [&](const CsvCodec& row) { return row.name == name; });
  return found == codecs.end() ? nullptr : &*found;
}

}  // namespace lhcr::map
