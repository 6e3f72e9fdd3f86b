// SPDX-License-Identifier: Apache-2.0
/// Dates, dateTimes and times of partial precision, with or without a zone (FHIRPath N1
/// sections 3.2 and 6).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lhcr {

/// How much of a date or time was given. Seconds and their fraction are one precision when values
/// are compared.
enum class Precision : std::uint8_t { year, month, day, hour, minute, second, fraction };

/// The unit of a calendar duration.
enum class CalendarUnit : std::uint8_t {
  year,
  month,
  week,
  day,
  hour,
  minute,
  second,
  millisecond
};

/// A date, a date with time, or a time of day. Fields beyond the precision are zero (month and day:
/// one).
struct DateTime {
  enum class Kind : std::uint8_t { date, date_time, time };

  std::int16_t year = 1;
  std::int16_t offset_minutes = 0;  ///< of the zone, when `zoned`
  std::uint32_t nanosecond = 0;
  std::uint8_t month = 1;
  std::uint8_t day = 1;
  std::uint8_t hour = 0;
  std::uint8_t minute = 0;
  std::uint8_t second = 0;  ///< 0..60
  std::uint8_t fraction_digits = 0;
  Precision precision = Precision::year;
  Kind kind : 4 = Kind::date;
  bool zoned : 4 = false;

  /// "2015", "2015-02", "2015-02-04". Days that do not exist are refused, as everywhere here.
  [[nodiscard]] static std::optional<DateTime> parse_date(std::string_view text) noexcept;
  /// A date, or a date followed by T and nothing ("2015T"), or by a time down to any part with an
  /// optional zone.
  [[nodiscard]] static std::optional<DateTime> parse_date_time(std::string_view text) noexcept;
  /// The form of HL7 V3: "2015", "201502", "20150204", "2015020414", ... "20150204143005.123", from
  /// the hour on with an optional zone ("+0100", "-05"); without a time of day it is a date.
  [[nodiscard]] static std::optional<DateTime> parse_timestamp(std::string_view text) noexcept;
  /// "14", "14:30", "14:30:05", "14:30:05.123"
  [[nodiscard]] static std::optional<DateTime> parse_time(std::string_view text) noexcept;

  /// As parsed: no '@', no 'T' before a time or after a bare date.
  [[nodiscard]] std::string text() const;
  void append_text(std::string& out) const;
  /// Digits written, as precision() counts them: 4, 6, 8, 10, 12, 14, 17 (a time: 2, 4, 6, 9).
  [[nodiscard]] int digits() const noexcept;
};

/// Negative, zero, positive, or nullopt when the precision or a missing zone leaves the order open.
/// A time never compares with a date (nullopt).
[[nodiscard]] std::optional<int> compare(const DateTime& left, const DateTime& right) noexcept;
/// Whether both name the same point in time with the same precision; open questions are `no`
/// (operator ~).
[[nodiscard]] bool equivalent(const DateTime& left, const DateTime& right) noexcept;
/// A number equal for values that compare as equal.
[[nodiscard]] std::uint64_t hash(const DateTime& value) noexcept;

/// `value` moved by `amount` units. Partial values are moved by whole parts of their own precision;
/// the last day of a month stays within its month. `fraction_ns` belongs to units of a second.
/// nullopt: outside the years 1..9999.
[[nodiscard]] std::optional<DateTime> add(const DateTime& value, std::int64_t amount,
                                          CalendarUnit unit, std::int64_t fraction_ns = 0) noexcept;

/// The earliest and latest value that `value` may stand for, written with `digits` digits (see
/// DateTime::digits()); nullopt when no value of the kind has that many. A missing zone is taken as
/// +14:00 and -12:00.
[[nodiscard]] std::optional<DateTime> low_boundary(const DateTime& value, int digits) noexcept;
[[nodiscard]] std::optional<DateTime> high_boundary(const DateTime& value, int digits) noexcept;

/// Seconds since 1970-01-01T00:00:00Z as a dateTime with milliseconds in UTC.
[[nodiscard]] DateTime from_unix(std::int64_t seconds, std::uint32_t nanosecond) noexcept;

/// Microseconds since 1970-01-01T00:00:00 of the clock that `value` is written by, zone or none;
/// what was not given is its first, finer parts are cut off. Not of a time of day.
[[nodiscard]] std::int64_t local_microseconds(const DateTime& value) noexcept;

/// Days in a month of the Gregorian calendar.
[[nodiscard]] int days_in_month(int year, int month) noexcept;

}  // namespace lhcr
