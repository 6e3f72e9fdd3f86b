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
