// SPDX-License-Identifier: Apache-2.0
#include "base/measure.hpp"

#include <doctest/doctest.h>

using namespace lhcr;

TEST_CASE("quantities are compared by what they measure") {
  CHECK(compare_measures({"1", "g", ""}, {"1000", "mg", ""}) == 0);
  CHECK(*compare_measures({"999.9", "mg", ""}, {"1", "g", ""}) < 0);
  CHECK_FALSE(compare_measures({"1", "g", ""}, {"1", "mL", ""}).has_value());
  CHECK_FALSE(compare_measures({"one", "g", ""}, {"1", "g", ""}).has_value());
}

TEST_CASE("a unit without a code is a word") {
  CHECK_FALSE(compare_measures({"2", "", "tablet"}, {"1", "", "tablet"}).has_value());
  CHECK(*compare_measures({"2", "", ""}, {"1", "", ""}) > 0);
  CHECK_FALSE(compare_measures({"2", "", "mg"}, {"1", "", "g"}).has_value());
  CHECK_FALSE(compare_measures({"2", "mg", "mg"}, {"1", "", "mg"}).has_value());
}

TEST_CASE("numbers are exact, dates know their precision") {
  CHECK(*compare_primitives("9007199254740993", "9007199254740992") > 0);
  CHECK(*compare_primitives("0.1", "0.10000000000000000001") < 0);
  CHECK(compare_primitives("1.50", "1.5") == 0);
  CHECK(*compare_primitives("2024-01-01", "2024-01-02") < 0);
  CHECK_FALSE(compare_primitives("2024", "2024-01-02").has_value());
  CHECK(*compare_primitives("08:00:00", "09:00:00") < 0);
  CHECK_FALSE(compare_primitives("x", "1").has_value());
}

TEST_CASE("points in time of HL7 V3 are compared like dates") {
  CHECK(*compare_primitives("20240101", "20240102", "TS") < 0);
  CHECK(compare_primitives("20240101101500+0100", "20240101091500+0000", "TS") == 0);
  CHECK_FALSE(compare_primitives("2024", "20240102", "TS").has_value());
  CHECK_FALSE(compare_primitives("2024-01-01", "20240102", "TS").has_value());
}

TEST_CASE("the same value may be said in other ways") {
  CHECK(sameness("1.5", "1.50", "decimal") == Sameness::precision);
  CHECK(sameness("15", "1.5e1", "decimal") != Sameness::different);
  CHECK(sameness("1.5", "1.51", "decimal") == Sameness::different);
  CHECK(sameness("x", "x", "decimal") == Sameness::same);
  CHECK(sameness("x", "1", "decimal") == Sameness::different);
  CHECK(sameness("2024-01-01T10:00:00Z", "2024-01-01T11:00:00+01:00", "dateTime") ==
        Sameness::zone);
  CHECK(sameness("2024-01-01T10:00:00Z", "2024-01-01T10:00:00.0Z", "dateTime") ==
        Sameness::precision);
  CHECK(sameness("2024", "2024-01", "dateTime") == Sameness::different);
}

TEST_CASE("units are looked up by whoever knows them") {
  const auto unit = [](std::string_view code) { return ucum::parse(code); };
  const Decimal one(1);
  const Decimal thousand(1000);
  CHECK(compare_in_units(one, "g", thousand, "mg", unit) == 0);
  CHECK(compare_in_units(one, "no unit", one, "no unit", unit) == 0);
  CHECK_FALSE(compare_in_units(one, "no unit", one, "mg", unit).has_value());
}
