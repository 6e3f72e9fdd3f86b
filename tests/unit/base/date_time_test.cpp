// SPDX-License-Identifier: Apache-2.0
#include "base/date_time.hpp"

#include <doctest/doctest.h>

using lhcr::CalendarUnit;
using lhcr::DateTime;

namespace {

DateTime moment(std::string_view text) {
  const auto value = DateTime::parse_date_time(text);
  REQUIRE_MESSAGE(value, text);
  return *value;
}

DateTime date(std::string_view text) {
  const auto value = DateTime::parse_date(text);
  REQUIRE_MESSAGE(value, text);
  return *value;
}

DateTime clock_time(std::string_view text) {
  const auto value = DateTime::parse_time(text);
  REQUIRE_MESSAGE(value, text);
  return *value;
}

std::string shown(const std::optional<DateTime>& value) {
  return value ? value->text() : "none";
}

}  // namespace

TEST_CASE("dates are written back as they came") {
  for (const char* text : {"2015", "2015-02", "2016-02-29"}) {
    CHECK(date(text).text() == text);
  }
  for (const char* text : {"2015-02-04T14", "2015-02-04T14:34", "2015-02-04T14:34:28",
                           "2015-02-04T14:34:28.123", "2015-02-04T14:34:28Z",
                           "2015-02-04T14:34:28+10:00", "2015-02-04T14:34:28.000000001-03:30"}) {
    CHECK(moment(text).text() == text);
  }
  CHECK(moment("2015T").text() == "2015");
  CHECK(clock_time("14:30:05.50").text() == "14:30:05.50");
}

TEST_CASE("dates that do not exist are refused") {
  for (const char* text : {"", "15", "0000", "2015-13", "2015-02-29", "1900-02-29", "2015-04-31",
                           "2015-2-1", "2015-02-04T"}) {
    CAPTURE(text);
    CHECK_FALSE(DateTime::parse_date(text));
  }
  for (const char* text :
       {"2015-02T10", "2015-02-04T24:00", "2015-02-04T10:60", "2015-02-04T10:00:00+15:00",
        "2015-02-04T10:00:00.", "2015-02-04T10:00:00z", "2015-02-04 10:00"}) {
    CAPTURE(text);
    CHECK_FALSE(DateTime::parse_date_time(text));
  }
  CHECK_FALSE(DateTime::parse_time("14:30Z"));
}

TEST_CASE("comparison has three answers") {
  CHECK(compare(date("2012-04-15"), date("2012-04-16")) == -1);
  CHECK(compare(date("2018-03"), date("2018-03-01")) == std::nullopt);
  CHECK(compare(date("2018-03"), date("2018-04-01")) == -1);
  CHECK(compare(moment("2012-04-15T15:30:31"), moment("2012-04-15T15:30:31.0")) == 0);
  CHECK(compare(moment("2012-04-15T15:30:31"), moment("2012-04-15T15:30:31.1")) == -1);
  CHECK(compare(date("2012-04-15"), moment("2012-04-15T10:00:00")) == std::nullopt);
  CHECK(compare(clock_time("10:30"), clock_time("10:30:00")) == std::nullopt);
  CHECK(compare(date("2012"), clock_time("10:30")) == std::nullopt);
}

TEST_CASE("zones are taken into account") {
  CHECK(compare(moment("2012-04-15T15:00:00+02:00"), moment("2012-04-15T16:00:00+03:00")) == 0);
  CHECK(compare(moment("2017-11-05T01:30:00.0-04:00"), moment("2017-11-05T01:15:00.0-05:00")) ==
        -1);
  CHECK(compare(moment("2012-04-15T15:00:00Z"), moment("2012-04-15T10:00:00")) == std::nullopt);
  CHECK(compare(moment("2012-04-15T15:00:00Z"), moment("2012-04-17T10:00:00")) == -1);
  CHECK(compare(date("1974-12-25"), moment("2020-01-01T00:00:00Z")) == -1);
  CHECK(compare(moment("2012-04-15T15:00+02:00"), moment("2012-04-15T13:00:00Z")) == std::nullopt);
  CHECK(equivalent(moment("2012-04-15T15:00:00+02:00"), moment("2012-04-15T13:00:00.000Z")));
  CHECK_FALSE(equivalent(moment("2012-04-15T15:00"), moment("2012-04-15T15:00:00")));
  CHECK(hash(moment("2012-04-15T15:00:00+02:00")) == hash(moment("2012-04-15T13:00:00.000Z")));
}

TEST_CASE("calendar arithmetic") {
  CHECK(shown(add(date("1973-12-25"), 7, CalendarUnit::day)) == "1974-01-01");
  CHECK(shown(add(date("1973-12-25"), 1, CalendarUnit::week)) == "1974-01-01");
  CHECK(shown(add(date("2020-02-29"), 1, CalendarUnit::year)) == "2021-02-28");
  CHECK(shown(add(date("2020-01-31"), 1, CalendarUnit::month)) == "2020-02-29");
  CHECK(shown(add(date("1974-12-25"), -1, CalendarUnit::month)) == "1974-11-25");
  CHECK(shown(add(moment("1973-12-25T00:00:00.000+10:00"), 10, CalendarUnit::millisecond)) ==
        "1973-12-25T00:00:00.010+10:00");
  CHECK(shown(add(moment("1973-12-25T00:00:00.000+10:00"), 0, CalendarUnit::second, 100'000'000)) ==
        "1973-12-25T00:00:00.100+10:00");
  CHECK(shown(add(moment("1973-12-25T00:00:00"), -1, CalendarUnit::second)) ==
        "1973-12-24T23:59:59");
  CHECK(shown(add(clock_time("23:30"), 45, CalendarUnit::minute)) == "00:15");
}

TEST_CASE("partial values move by whole parts of their own") {
  CHECK(shown(add(date("2014"), 24, CalendarUnit::month)) == "2016");
  CHECK(shown(add(date("2014"), 23, CalendarUnit::month)) == "2015");
  CHECK(shown(add(date("2016"), 365, CalendarUnit::day)) == "2017");
  CHECK(shown(add(date("2014-01"), 59, CalendarUnit::day)) == "2014-02");
  CHECK(shown(add(date("2014-01-01"), 49, CalendarUnit::hour)) == "2014-01-03");
  CHECK(shown(add(date("2014-01-01"), -3'600'000 * std::int64_t{24}, CalendarUnit::millisecond)) ==
        "2013-12-31");
}

TEST_CASE("arithmetic stays within the years 1 to 9999") {
  CHECK(shown(add(date("9999-12-31"), 1, CalendarUnit::day)) == "none");
  CHECK(shown(add(date("0001"), -1, CalendarUnit::year)) == "none");
  CHECK(shown(add(date("2014"), INT64_MAX, CalendarUnit::year)) == "none");
  CHECK(shown(add(moment("2014-01-01T00:00:00"), INT64_MIN, CalendarUnit::millisecond)) == "none");
}

TEST_CASE("boundaries") {
  CHECK(shown(low_boundary(date("2014"), 6)) == "2014-01");
  CHECK(shown(high_boundary(date("2014"), 6)) == "2014-12");
  CHECK(shown(high_boundary(date("2016-02"), 8)) == "2016-02-29");
  CHECK(shown(low_boundary(date("2014"), 17)) == "none");
  CHECK(shown(low_boundary(moment("2014-01-01T08"), 17)) == "2014-01-01T08:00:00.000+14:00");
  CHECK(shown(high_boundary(moment("2014-01-01T08"), 17)) == "2014-01-01T08:59:59.999-12:00");
  CHECK(shown(low_boundary(moment("2014-01-01T08:05+08:00"), 17)) ==
        "2014-01-01T08:05:00.000+08:00");
  CHECK(shown(low_boundary(moment("2014-01-01T08"), 8)) == "2014-01-01");
  CHECK(shown(high_boundary(clock_time("10:30"), 9)) == "10:30:59.999");
  CHECK(moment("2014-01-05T10:30:00.000").digits() == 17);
  CHECK(clock_time("10:30").digits() == 4);
}

TEST_CASE("the clock") {
  CHECK(lhcr::from_unix(951'826'654, 123'456'789).text() == "2000-02-29T12:17:34.123Z");
}

TEST_CASE("points in time of HL7 V3") {
  const auto text = [](std::string_view written) {
    const auto value = DateTime::parse_timestamp(written);
    return value ? value->text() : std::string("none");
  };
  CHECK(text("2012") == "2012");
  CHECK(text("201208") == "2012-08");
  CHECK(text("20120806") == "2012-08-06");
  CHECK(text("201208061430") == "2012-08-06T14:30");
  CHECK(text("20120806143005.12+0100") == "2012-08-06T14:30:05.12+01:00");
  CHECK(text("201208061430-05") == "2012-08-06T14:30-05:00");
  for (const std::string_view wrong :
       {"", "201", "20121", "20121399", "20120230", "2012-08-06", "2012080625", "20120806143",
        "20120806143005.", "20120806+0100", "20120806143005+1", "20120806143005Z", "soon"}) {
    CHECK_MESSAGE(text(wrong) == "none", wrong);
  }
}
