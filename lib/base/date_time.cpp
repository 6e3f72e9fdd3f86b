// SPDX-License-Identifier: Apache-2.0
#include "base/date_time.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace lhcr {
namespace {

constexpr std::int64_t seconds_per_minute = 60;
constexpr std::int64_t seconds_per_hour = 3600;
constexpr std::int64_t seconds_per_day = 86400;
constexpr std::int64_t ns_per_second = 1'000'000'000;

bool is_leap(int year) noexcept {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/// Days since 1970-01-01 of the proleptic Gregorian calendar (years counted from March, so that
/// leap days come last).
std::int64_t days_from_civil(int year, int month, int day) noexcept {
  const std::int64_t y = year - (month <= 2 ? 1 : 0);
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

void set_civil(DateTime& value, std::int64_t days) noexcept {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_from_march + (month_from_march < 10 ? 3 : -9);
  value.day = static_cast<std::uint8_t>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  value.month = static_cast<std::uint8_t>(month);
  value.year = static_cast<std::int16_t>(year_of_era + era * 400 + (month <= 2 ? 1 : 0));
}

/// Seconds of the local clock since 1970-01-01T00:00:00.
std::int64_t local_seconds(const DateTime& value) noexcept {
  const std::int64_t days =
      value.kind == DateTime::Kind::time ? 0 : days_from_civil(value.year, value.month, value.day);
  return days * seconds_per_day + value.hour * seconds_per_hour +
         value.minute * seconds_per_minute + value.second;
}

Precision coarse(Precision precision) noexcept {
  return std::min(precision, Precision::second);
}

/// Length in seconds of what a value of partial precision covers; 0 for a point.
std::int64_t span_seconds(const DateTime& value) noexcept {
  switch (value.precision) {
    case Precision::year:
      return (is_leap(value.year) ? 366 : 365) * seconds_per_day;
    case Precision::month:
      return days_in_month(value.year, value.month) * seconds_per_day;
    case Precision::day:
      return seconds_per_day;
    case Precision::hour:
      return seconds_per_hour;
    case Precision::minute:
      return 60;
    case Precision::second:
    case Precision::fraction:
      break;
  }
  return 0;
}

int order(std::int64_t left, std::int64_t right) noexcept {
  return left == right ? 0 : (left < right ? -1 : 1);
}

/// Part by part, as the specification says, where both have the same zone or none.
std::optional<int> compare_parts(const DateTime& left, const DateTime& right) noexcept {
  const std::array<std::array<std::int64_t, 2>, 6> parts = {{{left.year, right.year},
                                                             {left.month, right.month},
                                                             {left.day, right.day},
                                                             {left.hour, right.hour},
                                                             {left.minute, right.minute},
                                                             {left.second, right.second}}};
  const Precision left_precision = coarse(left.precision);
  const Precision right_precision = coarse(right.precision);
  const auto last = static_cast<std::size_t>(std::min(left_precision, right_precision));
  for (std::size_t i = left.kind == DateTime::Kind::time ? 3 : 0; i <= last; ++i) {
    if (parts[i][0] != parts[i][1]) {
      return parts[i][0] < parts[i][1] ? -1 : 1;
    }
  }
  if (left_precision != right_precision) {
    return std::nullopt;
  }
  return order(left.nanosecond, right.nanosecond);
}

/// The earliest and the latest instant a value may stand for, in seconds UTC.
struct Interval {
  std::int64_t first;
  std::int64_t last;
};

constexpr std::int64_t earliest_zone = 14 * seconds_per_hour;
constexpr std::int64_t latest_zone = -12 * seconds_per_hour;

Interval interval(const DateTime& value) noexcept {
  const std::int64_t start = local_seconds(value);
  const std::int64_t end = start + span_seconds(value);
  if (value.zoned) {
    return {start - value.offset_minutes * seconds_per_minute,
            end - value.offset_minutes * seconds_per_minute};
  }
  return {start - earliest_zone, end - latest_zone};
}

/// Whether the end of the interval is the first instant that the value does not stand for.
bool ends_open(const DateTime& value) noexcept {
  return value.zoned && span_seconds(value) > 0;
}

std::optional<int> compare_intervals(const DateTime& left, const DateTime& right) noexcept {
  const Interval a = interval(left);
  const Interval b = interval(right);
  const bool same_precision = coarse(left.precision) == coarse(right.precision);
  if (same_precision && left.zoned && right.zoned && a.first == b.first) {
    return order(left.nanosecond, right.nanosecond);
  }
  if (a.last < b.first || (a.last == b.first && ends_open(left))) {
    return -1;
  }
  if (b.last < a.first || (b.last == a.first && ends_open(right))) {
    return 1;
  }
  return std::nullopt;
}

constexpr std::int64_t ms_per_day = 86'400'000;

std::int64_t whole_days(std::int64_t amount, std::int64_t unit_ms) noexcept {
  return unit_ms >= ms_per_day ? amount * (unit_ms / ms_per_day) : amount / (ms_per_day / unit_ms);
}

/// `amount` units in whole years, months, days, ... of a precision coarser than they are.
std::int64_t to_precision(std::int64_t amount, CalendarUnit unit, Precision precision) noexcept {
  constexpr std::array<std::int64_t, 8> unit_ms = {0,         0,      7 * ms_per_day, ms_per_day,
                                                   3'600'000, 60'000, 1000,           1};
  if (unit == CalendarUnit::year) {
    return amount;
  }
  if (unit == CalendarUnit::month) {
    return precision == Precision::year ? amount / 12 : amount;
  }
  const std::int64_t ms = unit_ms[static_cast<std::size_t>(unit)];
  switch (precision) {
    case Precision::year:
      return whole_days(amount, ms) / 365;
    case Precision::month:
      return whole_days(amount, ms) / 30;
    case Precision::day:
      return whole_days(amount, ms);
    case Precision::hour:
      return amount / (3'600'000 / ms);
    case Precision::minute:
      return amount / (60'000 / ms);
    case Precision::second:
    case Precision::fraction:
      break;
  }
  return amount;
}

std::optional<DateTime> add_months(DateTime value, std::int64_t months) noexcept {
  const std::int64_t total = value.year * std::int64_t{12} + value.month - 1 + months;
  if (total < 12 || total >= std::int64_t{10000} * 12) {
    return std::nullopt;
  }
  value.year = static_cast<std::int16_t>(total / 12);
  value.month = static_cast<std::uint8_t>(total % 12 + 1);
  value.day =
      static_cast<std::uint8_t>(std::min<int>(value.day, days_in_month(value.year, value.month)));
  return value;
}

std::optional<DateTime> add_seconds(DateTime value, std::int64_t seconds,
                                    std::int64_t nanoseconds) noexcept {
  std::int64_t ns = value.nanosecond + nanoseconds;
  std::int64_t carry = ns / ns_per_second;
  ns %= ns_per_second;
  if (ns < 0) {
    ns += ns_per_second;
    --carry;
  }
  std::int64_t total = local_seconds(value) + seconds + carry;
  if (value.kind == DateTime::Kind::time) {
    total = ((total % seconds_per_day) + seconds_per_day) % seconds_per_day;
  }
  std::int64_t days = total / seconds_per_day;
  std::int64_t rest = total % seconds_per_day;
  if (rest < 0) {
    rest += seconds_per_day;
    --days;
  }
  if (value.kind != DateTime::Kind::time) {
    if (days < days_from_civil(1, 1, 1) || days > days_from_civil(9999, 12, 31)) {
      return std::nullopt;
    }
    set_civil(value, days);
  }
  value.hour = static_cast<std::uint8_t>(rest / seconds_per_hour);
  value.minute = static_cast<std::uint8_t>(rest / 60 % 60);
  value.second = static_cast<std::uint8_t>(rest % 60);
  value.nanosecond = static_cast<std::uint32_t>(ns);
  return value;
}

/// Adds whole parts of the value's own precision.
std::optional<DateTime> add_parts(const DateTime& value, std::int64_t parts,
                                  Precision precision) noexcept {
  switch (precision) {
    case Precision::year:
      return add_months(value, parts * 12);
    case Precision::month:
      return add_months(value, parts);
    case Precision::day:
      return add_seconds(value, parts * seconds_per_day, 0);
    case Precision::hour:
      return add_seconds(value, parts * seconds_per_hour, 0);
    case Precision::minute:
      return add_seconds(value, parts * seconds_per_minute, 0);
    case Precision::second:
    case Precision::fraction:
      break;
  }
  return add_seconds(value, parts, 0);
}

Precision precision_of(CalendarUnit unit) noexcept {
  switch (unit) {
    case CalendarUnit::year:
      return Precision::year;
    case CalendarUnit::month:
      return Precision::month;
    case CalendarUnit::week:
    case CalendarUnit::day:
      return Precision::day;
    case CalendarUnit::hour:
      return Precision::hour;
    case CalendarUnit::minute:
      return Precision::minute;
    case CalendarUnit::second:
      return Precision::second;
    case CalendarUnit::millisecond:
      break;
  }
  return Precision::fraction;
}

/// Digits per precision of a date or dateTime; a time has eight fewer.
constexpr std::array<int, 7> digit_table = {4, 6, 8, 10, 12, 14, 17};

std::optional<Precision> precision_with_digits(DateTime::Kind kind, int digits) noexcept {
  const int all = kind == DateTime::Kind::time ? digits + 8 : digits;
  for (std::size_t i = 0; i < digit_table.size(); ++i) {
    const bool allowed =
        kind == DateTime::Kind::date ? i <= 2 : kind != DateTime::Kind::time || i >= 3;
    if (digit_table[i] == all && allowed) {
      return static_cast<Precision>(i);
    }
  }
  return std::nullopt;
}

/// Fills the parts after the value's precision with their last values.
void fill_high(DateTime& value) noexcept {
  if (value.precision < Precision::month) {
    value.month = 12;
  }
  if (value.precision < Precision::day) {
    value.day = static_cast<std::uint8_t>(days_in_month(value.year, value.month));
  }
  value.hour = value.precision < Precision::hour ? 23 : value.hour;
  value.minute = value.precision < Precision::minute ? 59 : value.minute;
  value.second = value.precision < Precision::second ? 59 : value.second;
  value.nanosecond = value.precision < Precision::fraction ? 999'000'000 : value.nanosecond;
}

/// Cuts the parts after `precision` and writes the zone that a boundary needs.
DateTime cut(DateTime value, Precision precision, int offset_minutes) noexcept {
  const DateTime none;
  value.month = precision < Precision::month ? none.month : value.month;
  value.day = precision < Precision::day ? none.day : value.day;
  value.hour = precision < Precision::hour ? none.hour : value.hour;
  value.minute = precision < Precision::minute ? none.minute : value.minute;
  value.second = precision < Precision::second ? none.second : value.second;
  value.nanosecond = precision < Precision::fraction ? 0 : value.nanosecond;
  value.fraction_digits = precision < Precision::fraction ? 0 : 3;
  value.precision = precision;
  if (precision < Precision::hour || value.kind != DateTime::Kind::date_time) {
    value.zoned = false;
    value.offset_minutes = 0;
  } else if (!value.zoned) {
    value.zoned = true;
    value.offset_minutes = static_cast<std::int16_t>(offset_minutes);
  }
  return value;
}

}  // namespace

int days_in_month(int year, int month) noexcept {
  constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap(year) ? 1 : 0);
}

int DateTime::digits() const noexcept {
  const int all = precision == Precision::fraction
                      ? 14 + fraction_digits
                      : digit_table[static_cast<std::size_t>(precision)];
  return kind == Kind::time ? all - 8 : all;
}

std::optional<int> compare(const DateTime& left, const DateTime& right) noexcept {
  if ((left.kind == DateTime::Kind::time) != (right.kind == DateTime::Kind::time)) {
    return std::nullopt;
  }
  if (left.zoned == right.zoned && left.offset_minutes == right.offset_minutes) {
    return compare_parts(left, right);
  }
  return compare_intervals(left, right);
}

bool equivalent(const DateTime& left, const DateTime& right) noexcept {
  return coarse(left.precision) == coarse(right.precision) && compare(left, right) == 0;
}

std::uint64_t hash(const DateTime& value) noexcept {
  const std::int64_t offset = value.zoned ? value.offset_minutes * std::int64_t{60} : 0;
  const auto seconds = static_cast<std::uint64_t>(local_seconds(value) - offset);
  return (seconds * 0x9E3779B97F4A7C15ULL) ^ value.nanosecond;
}

std::optional<DateTime> add(const DateTime& value, std::int64_t amount, CalendarUnit unit,
                            std::int64_t fraction_ns) noexcept {
  constexpr std::int64_t amount_limit =
      400'000'000'000'000;  // milliseconds in the years 1..9999, and some
  constexpr std::int64_t coarse_limit = 4'000'000'000;
  const std::int64_t limit = unit >= CalendarUnit::second ? amount_limit : coarse_limit;
  if (amount > limit || amount < -limit) {
    return std::nullopt;
  }
  const Precision wanted = precision_of(unit);
  const Precision own = value.precision;
  if (wanted > own && own < Precision::second) {
    return add_parts(value, to_precision(amount, unit, own), own);
  }
  if (unit == CalendarUnit::week) {
    return add_parts(value, amount * 7, Precision::day);
  }
  if (unit != CalendarUnit::millisecond) {
    const auto moved = add_parts(value, amount, wanted);
    return moved && fraction_ns != 0 && own == Precision::fraction
               ? add_seconds(*moved, 0, fraction_ns)
               : moved;
  }
  const std::int64_t ns = own == Precision::fraction ? amount % 1000 * 1'000'000 + fraction_ns : 0;
  return add_seconds(value, amount / 1000, ns);
}

std::optional<DateTime> low_boundary(const DateTime& value, int digits) noexcept {
  const auto precision = precision_with_digits(value.kind, digits);
  return precision ? std::optional<DateTime>(cut(value, *precision, 14 * 60)) : std::nullopt;
}

std::optional<DateTime> high_boundary(const DateTime& value, int digits) noexcept {
  const auto precision = precision_with_digits(value.kind, digits);
  if (!precision) {
    return std::nullopt;
  }
  DateTime high = value;
  fill_high(high);
  return cut(high, *precision, -12 * 60);
}

DateTime from_unix(std::int64_t seconds, std::uint32_t nanosecond) noexcept {
  DateTime epoch;
  epoch.kind = DateTime::Kind::date_time;
  epoch.year = 1970;
  epoch.zoned = true;
  epoch.precision = Precision::fraction;
  epoch.fraction_digits = 3;
  constexpr std::int64_t last_second = 253'402'300'799;  // 9999-12-31T23:59:59Z
  seconds = std::clamp<std::int64_t>(seconds, 0, last_second);
  return add_seconds(epoch, seconds, nanosecond - nanosecond % 1'000'000).value_or(epoch);
}

std::int64_t local_microseconds(const DateTime& value) noexcept {
  constexpr std::int64_t per_second = 1'000'000;
  return local_seconds(value) * per_second + value.nanosecond / 1'000;
}

}  // namespace lhcr
