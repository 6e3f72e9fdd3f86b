// SPDX-License-Identifier: Apache-2.0
/// Reading and writing the text of dates and times.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/date_time.hpp"

namespace lhcr {
namespace {

/// A cursor over the text of a date or time.
struct Reader {
  std::string_view left;

  bool take(char c) noexcept {
    if (left.empty() || left.front() != c) {
      return false;
    }
    left.remove_prefix(1);
    return true;
  }
  /// Exactly `digits` digits between `low` and `high`; -1 when they are not there.
  int number(std::size_t digits, int low, int high) noexcept {
    if (left.size() < digits) {
      return -1;
    }
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (left[i] < '0' || left[i] > '9') {
        return -1;
      }
      value = value * 10 + (left[i] - '0');
    }
    left.remove_prefix(digits);
    return value < low || value > high ? -1 : value;
  }
};

bool read_date(Reader& reader, DateTime& value) noexcept {
  const int year = reader.number(4, 1, 9999);
  if (year < 0) {
    return false;
  }
  value.year = static_cast<std::int16_t>(year);
  value.precision = Precision::year;
  if (!reader.take('-')) {
    return true;
  }
  const int month = reader.number(2, 1, 12);
  if (month < 0) {
    return false;
  }
  value.month = static_cast<std::uint8_t>(month);
  value.precision = Precision::month;
  if (!reader.take('-')) {
    return true;
  }
  const int day = reader.number(2, 1, days_in_month(year, month));
  value.day = static_cast<std::uint8_t>(day);
  value.precision = Precision::day;
  return day > 0;
}

bool read_fraction(Reader& reader, DateTime& value) noexcept {
  std::uint32_t scale = 100'000'000;
  std::uint8_t digits = 0;
  for (; !reader.left.empty() && reader.left.front() >= '0' && reader.left.front() <= '9';
       ++digits) {
    value.nanosecond += static_cast<std::uint32_t>(reader.left.front() - '0') * scale;
    scale /= 10;
    reader.left.remove_prefix(1);
    if (digits == 9) {
      --digits;  // beyond nanoseconds: dropped
    }
  }
  value.fraction_digits = digits;
  value.precision = Precision::fraction;
  return digits > 0;
}

bool read_time(Reader& reader, DateTime& value) noexcept {
  const int hour = reader.number(2, 0, 23);
  if (hour < 0) {
    return false;
  }
  value.hour = static_cast<std::uint8_t>(hour);
  value.precision = Precision::hour;
  if (!reader.take(':')) {
    return true;
  }
  const int minute = reader.number(2, 0, 59);
  if (minute < 0) {
    return false;
  }
  value.minute = static_cast<std::uint8_t>(minute);
  value.precision = Precision::minute;
  if (!reader.take(':')) {
    return true;
  }
  const int second = reader.number(2, 0, 60);
  if (second < 0) {
    return false;
  }
  value.second = static_cast<std::uint8_t>(second);
  value.precision = Precision::second;
  return !reader.take('.') || read_fraction(reader, value);
}

bool read_zone(Reader& reader, DateTime& value) noexcept {
  if (reader.left.empty()) {
    return true;
  }
  value.zoned = true;
  if (reader.take('Z')) {
    return true;
  }
  const bool negative = reader.take('-');
  if (!negative && !reader.take('+')) {
    return false;
  }
  const int hours = reader.number(2, 0, 14);
  if (hours < 0 || !reader.take(':')) {
    return false;
  }
  const int minutes = reader.number(2, 0, 59);
  const int offset = hours * 60 + minutes;
  value.offset_minutes = static_cast<std::int16_t>(negative ? -offset : offset);
  return minutes >= 0 && offset <= 14 * 60;
}

void append_number(std::string& out, unsigned value, int digits) {
  std::array<char, 10> buffer{};
  for (int i = digits; i-- > 0; value /= 10) {
    buffer[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  }
  out.append(buffer.data(), static_cast<std::size_t>(digits));
}

void append_fraction(std::string& out, const DateTime& value) {
  std::uint32_t fraction = value.nanosecond;
  for (int i = value.fraction_digits; i < 9; ++i) {
    fraction /= 10;
  }
  out += '.';
  append_number(out, fraction, value.fraction_digits);
}

void append_date(std::string& out, const DateTime& value) {
  append_number(out, static_cast<unsigned>(value.year), 4);
  if (value.precision >= Precision::month) {
    out += '-';
    append_number(out, value.month, 2);
  }
  if (value.precision >= Precision::day) {
    out += '-';
    append_number(out, value.day, 2);
  }
}

void append_time(std::string& out, const DateTime& value) {
  append_number(out, value.hour, 2);
  if (value.precision >= Precision::minute) {
    out += ':';
    append_number(out, value.minute, 2);
  }
  if (value.precision >= Precision::second) {
    out += ':';
    append_number(out, value.second, 2);
  }
  if (value.precision == Precision::fraction) {
    append_fraction(out, value);
  }
}

void append_zone(std::string& out, const DateTime& value) {
  if (!value.zoned) {
    return;
  }
  if (value.offset_minutes == 0) {
    out += 'Z';
    return;
  }
  const auto minutes = static_cast<unsigned>(std::abs(value.offset_minutes));
  out += value.offset_minutes < 0 ? '-' : '+';
  append_number(out, minutes / 60, 2);
  out += ':';
  append_number(out, minutes % 60, 2);
}

}  // namespace

std::optional<DateTime> DateTime::parse_date(std::string_view text) noexcept {
  DateTime value;
  Reader reader{text};
  if (!read_date(reader, value) || !reader.left.empty()) {
    return std::nullopt;
  }
  return value;
}

std::optional<DateTime> DateTime::parse_date_time(std::string_view text) noexcept {
  DateTime value;
  value.kind = Kind::date_time;
  Reader reader{text};
  if (!read_date(reader, value)) {
    return std::nullopt;
  }
  if (reader.left.empty() || (reader.take('T') && reader.left.empty())) {
    return value;
  }
  const bool day_known = value.precision == Precision::day;
  if (!day_known || !read_time(reader, value) || !read_zone(reader, value) ||
      !reader.left.empty()) {
    return std::nullopt;
  }
  return value;
}

namespace {

/// Hours and, where they are given, minutes, seconds and their fraction.
bool read_plain_time(Reader& reader, DateTime& value) noexcept {
  const int hour = reader.number(2, 0, 23);
  value.hour = static_cast<std::uint8_t>(hour);
  value.precision = Precision::hour;
  const auto digit = [&] {
    return !reader.left.empty() && reader.left.front() >= '0' && reader.left.front() <= '9';
  };
  if (hour < 0 || !digit()) {
    return hour >= 0;
  }
  const int minute = reader.number(2, 0, 59);
  value.minute = static_cast<std::uint8_t>(minute);
  value.precision = Precision::minute;
  if (minute < 0 || !digit()) {
    return minute >= 0;
  }
  const int second = reader.number(2, 0, 60);
  value.second = static_cast<std::uint8_t>(second);
  value.precision = Precision::second;
  if (second < 0 || !reader.take('.')) {
    return second >= 0;
  }
  value.precision = Precision::fraction;
  std::uint32_t weight = 100'000'000;
  for (; digit(); weight /= 10, reader.left.remove_prefix(1)) {
    value.nanosecond += weight * static_cast<std::uint32_t>(reader.left.front() - '0');
    value.fraction_digits = static_cast<std::uint8_t>(value.fraction_digits + (weight > 0 ? 1 : 0));
  }
  return value.fraction_digits > 0;
}

/// "+0100", "-05", or nothing.
bool read_plain_zone(Reader& reader, DateTime& value) noexcept {
  if (reader.left.empty()) {
    return true;
  }
  const bool minus = reader.left.front() == '-';
  if (!reader.take('-') && !reader.take('+')) {
    return false;
  }
  const int hours = reader.number(2, 0, 14);
  const int minutes = reader.left.empty() ? 0 : reader.number(2, 0, 59);
  value.zoned = true;
  value.offset_minutes = static_cast<std::int16_t>((minus ? -1 : 1) * (hours * 60 + minutes));
  return hours >= 0 && minutes >= 0 && reader.left.empty();
}

}  // namespace

std::optional<DateTime> DateTime::parse_timestamp(std::string_view text) noexcept {
  DateTime value;
  value.kind = Kind::date_time;
  Reader reader{text};
  const int year = reader.number(4, 0, 9999);
  value.year = static_cast<std::int16_t>(year);
  if (year < 0 || reader.left.empty()) {
    return year < 0 ? std::nullopt : std::optional<DateTime>(value);
  }
  const int month = reader.number(2, 1, 12);
  value.month = static_cast<std::uint8_t>(month);
  value.precision = Precision::month;
  if (month < 0 || reader.left.empty()) {
    return month < 0 ? std::nullopt : std::optional<DateTime>(value);
  }
  const int day = reader.number(2, 1, days_in_month(year, month));
  value.day = static_cast<std::uint8_t>(day);
  value.precision = Precision::day;
  if (day < 0 || reader.left.empty()) {
    return day < 0 ? std::nullopt : std::optional<DateTime>(value);
  }
  if (!read_plain_time(reader, value) || !read_plain_zone(reader, value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<DateTime> DateTime::parse_time(std::string_view text) noexcept {
  DateTime value;
  value.kind = Kind::time;
  Reader reader{text};
  if (!read_time(reader, value) || !reader.left.empty()) {
    return std::nullopt;
  }
  return value;
}

void DateTime::append_text(std::string& out) const {
  if (kind == Kind::time) {
    append_time(out, *this);
    return;
  }
  append_date(out, *this);
  if (precision >= Precision::hour) {
    out += 'T';
    append_time(out, *this);
    append_zone(out, *this);
  }
}

std::string DateTime::text() const {
  std::string out;
  append_text(out);
  return out;
}

}  // namespace lhcr
