// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.hpp"

#include <string>

#include <doctest/doctest.h>

using lhcr::Decimal;

namespace {

Decimal dec(std::string_view text) {
  const auto value = Decimal::parse(text);
  REQUIRE(value);
  return *value;
}

std::string shown(const std::optional<Decimal>& value) {
  return value ? value->text() : "none";
}

}  // namespace

TEST_CASE("decimals keep their written precision") {
  CHECK(dec("1.50").text() == "1.50");
  CHECK(dec("-0.0034").text() == "-0.0034");
  CHECK(dec("0").text() == "0");
  CHECK(dec("100").text() == "100");
  CHECK(dec("1e2").text() == "100");
  CHECK(dec("1.2E-3").text() == "0.0012");
  CHECK(dec("1234567890987654321.0").text() == "1234567890987654321.0");
  CHECK(dec("0.00000001").scale() == 8);
  CHECK(dec("99999999999999999999999999999999999999").text() ==
        "99999999999999999999999999999999999999");
}

TEST_CASE("what is no number is refused") {
  for (const char* text :
       {"", "-", ".5", "5.", "1e", "1e+-2", "1.2.3", "a", "1 ", "1e9999999", "0x1"}) {
    CAPTURE(text);
    CHECK_FALSE(Decimal::parse(text));
  }
}

TEST_CASE("digits beyond 38 are rounded") {
  CHECK(dec("0.123456789012345678901234567890123456789").text() ==
        "0.12345678901234567890123456789012345679");
  CHECK(compare(dec("999999999999999999999999999999999999995"), dec("1e39")) == 0);
}

TEST_CASE("comparison is exact across scales") {
  CHECK(dec("1.10") == dec("1.1"));
  CHECK(compare(dec("1e500"), dec("1e-500")) > 0);
  CHECK(compare(dec("-2"), dec("1")) < 0);
  CHECK(compare(dec("0.0"), dec("0")) == 0);
  CHECK(compare(dec("-1.5"), dec("-1.4999999999999999999999999999")) < 0);
  CHECK(compare(dec("99999999999999999999999999999999999999"), dec("1e38")) < 0);
  CHECK(compare(dec("1e-40"), dec("0")) > 0);
}

TEST_CASE("addition and subtraction") {
  CHECK(shown(add(dec("1.2"), dec("1.80"))) == "3.00");
  CHECK(shown(subtract(dec("1.8"), dec("1.2"))) == "0.6");
  CHECK(shown(subtract(dec("1"), dec("1.000"))) == "0.000");
  CHECK(compare(*add(dec("1e30"), dec("1e-30")), dec("1e30")) == 0);
  CHECK(compare(*add(dec("1e90"), dec("1")), dec("1e90")) == 0);
  CHECK(shown(add(dec("0"), dec("1e60"))) == dec("1e60").text());
}

TEST_CASE("multiplication and division") {
  CHECK(shown(multiply(dec("1.2"), dec("1.8"))) == "2.16");
  CHECK(shown(divide(dec("1"), dec("2"))) == "0.5");
  CHECK(shown(divide(dec("4.0"), dec("2.0"))) == "2");
  CHECK(shown(divide(dec("100"), dec("1"))) == "100");
  CHECK(divide(dec("1.2"), dec("1.8"))->rounded(2).text() == "0.67");
  CHECK(divide(dec("1"), dec("3"))->text().size() >= 30);
  CHECK(shown(divide(dec("1"), dec("0"))) == "none");
  CHECK(shown(divide_whole(dec("2.2"), dec("1.8"))) == "1");
  CHECK(shown(remainder(dec("2.2"), dec("1.8"))) == "0.4");
  CHECK(shown(remainder(dec("-5"), dec("2"))) == "-1");
  CHECK(divide(dec("1"), dec("70000000000000000000000000000000000000"))->exponent() < -60);
  CHECK(multiply(dec("99999999999999999999999999999999999999"),
                 dec("99999999999999999999999999999999999999"))
            ->exponent() == 38);
}

TEST_CASE("rounding") {
  CHECK(dec("3.14159").rounded(3).text() == "3.142");
  CHECK(dec("-2.5").rounded(0).text() == "-3");
  CHECK(dec("1250").rounded(-2).text() == "1300");
  CHECK(dec("-1.56").truncated().text() == "-1");
  CHECK(dec("-1.1").floor().text() == "-2");
  CHECK(dec("1.1").ceiling().text() == "2");
  CHECK(dec("-1.1").ceiling().text() == "-1");
  CHECK(dec("5").with_scale(2).text() == "5.00");
  CHECK(dec("2.50").normalized().text() == "2.5");
}

TEST_CASE("integers and doubles") {
  CHECK(dec("5.00").integer() == 5);
  CHECK_FALSE(dec("5.01").integer());
  CHECK_FALSE(dec("9223372036854775808").integer());
  CHECK(dec("-1e3").integer() == -1000);
  CHECK(Decimal::from_double(0.1)->text() == "0.1");
  CHECK(dec("-2.5e-3").to_double() == doctest::Approx(-0.0025));
  CHECK(shown(power(dec("2.5"), dec("2"))) == "6.25");
  CHECK(shown(power(dec("2"), dec("-1"))) == "0.5");
  CHECK(shown(power(dec("-1"), dec("0.5"))) == "none");
}
