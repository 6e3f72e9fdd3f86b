// SPDX-License-Identifier: Apache-2.0
#include "base/ucum.hpp"

#include <string>

#include <doctest/doctest.h>

using lhcr::Decimal;

namespace ucum = lhcr::ucum;

namespace {

ucum::Unit unit(std::string_view text) {
  const auto found = ucum::parse(text);
  REQUIRE_MESSAGE(found, text);
  return *found;
}

std::string converted(std::string_view value, std::string_view from, std::string_view to) {
  const auto result = ucum::convert(*Decimal::parse(value), unit(from), unit(to));
  return result ? result->text() : "none";
}

std::optional<int> compared(const char* left, const char* left_unit, const char* right,
                            const char* right_unit) {
  return ucum::compare(*Decimal::parse(left), unit(left_unit), *Decimal::parse(right),
                       unit(right_unit));
}

}  // namespace

TEST_CASE("every atom of the table can be read, with and without a prefix") {
  struct Atom {
    std::string_view code;
    bool metric;
  };
  constexpr Atom atoms[] = {
#define LHCR_UCUM_PREFIX(code, power)
#define LHCR_UCUM_BASE(code) {code, false},
#define LHCR_UCUM_UNIT(code, metric, factor, text) {code, metric},
#define LHCR_UCUM_OFFSET(code, metric, offset, factor, text) {code, false},
#define LHCR_UCUM_ARBITRARY(code, metric) {code, false},
#include "base/ucum_units.def"
#undef LHCR_UCUM_PREFIX
#undef LHCR_UCUM_BASE
#undef LHCR_UCUM_UNIT
#undef LHCR_UCUM_OFFSET
#undef LHCR_UCUM_ARBITRARY
  };
  for (const Atom& atom : atoms) {
    CAPTURE(atom.code);
    CHECK(ucum::parse(atom.code));
    if (atom.metric) CHECK(ucum::parse("k" + std::string(atom.code)));
  }
}

TEST_CASE("units that cannot be computed with are units all the same") {
  for (const char* text : {"[iU]/[arb'U]", "[CFU]/[iU]", "m99", "{a}/{b}", "{two words}"}) {
    CHECK_MESSAGE(ucum::is_valid(text), text);
  }
  for (const char* text : {"", "mg/dl/", "10^3 / uL", "Mmol/l x", "{t\xC3\xA4glich}"}) {
    CHECK_MESSAGE(!ucum::is_valid(text), text);
  }
}

TEST_CASE("unit expressions") {
  for (const char* text : {"mg/dL", "10*3/uL", "10*-6", "/min", "m/s2", "kg.m-2", "{score}",
                           "mg{creat}/d", "mm[Hg]", "[iU]/L", "ng/(24.h)", "mL/min/{1.73_m2}", "1",
                           "%", "umol/L", "cm[H2O]", "[in_i'H2O]", "g/24.h"}) {
    CAPTURE(text);
    CHECK(ucum::parse(text));
  }
  for (const char* text : {"wk'", "lbs", "[s]", "foo", "m//s", "m.", "(m", "m)", "m-", "{x", "kft",
                           "k[in_i]", "0", " ", "m s"}) {
    CAPTURE(text);
    CHECK_FALSE(ucum::parse(text));
  }
  CHECK_FALSE(ucum::parse(std::string(1000, '(')));
}

TEST_CASE("comparison across units is exact") {
  CHECK(compared("4.0000", "g", "4000.0", "mg") == 0);
  CHECK(compared("1", "[in_i]", "2.54", "cm") == 0);
  CHECK(compared("1", "[lb_av]", "453.59237", "g") == 0);
  CHECK(compared("60", "/h", "1", "/min") == 0);
  CHECK(compared("1", "km/h", "1", "m/s") == -1);
  CHECK(compared("3.6", "km/h", "1", "m/s") == 0);
  CHECK(compared("7", "d", "1", "wk") == 0);
  CHECK(compared("1", "cm", "1", "s") == std::nullopt);
  CHECK(compared("1", "[iU]", "1", "mg") == std::nullopt);
  CHECK(compared("1000", "[iU]", "1", "k[iU]") == 0);
  CHECK(compared("1", "[iU]/L", "1", "[arb'U]/L") == std::nullopt);
  CHECK(compared("1", "mmol/L", "1", "umol/mL") == 0);
}

TEST_CASE("temperatures have their own zero") {
  CHECK(compared("37", "Cel", "98.6", "[degF]") == 0);
  CHECK(compared("0", "Cel", "273.15", "K") == 0);
  CHECK(converted("98.6", "[degF]", "Cel") == "37.00");
}

TEST_CASE("conversion") {
  CHECK(converted("4040", "mg", "g") == "4.040");
  CHECK(converted("1", "wk", "d") == "7");
  CHECK(converted("1", "m", "s") == "none");
  CHECK(converted("2", "[ft_i]", "[in_i]") == "24");
}

TEST_CASE("products and quotients") {
  const auto area = ucum::multiply(unit("cm"), unit("m"));
  REQUIRE(area);
  CHECK(ucum::compare(*Decimal::parse("4.00"), *area, *Decimal::parse("0.040"), unit("m2")) == 0);
  const auto ratio = ucum::multiply(unit("m"), unit("m"), true);
  REQUIRE(ratio);
  CHECK(ratio->dimensionless());
}
