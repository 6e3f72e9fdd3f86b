// SPDX-License-Identifier: Apache-2.0
#include "base/check_digit.hpp"

#include <string>

#include <doctest/doctest.h>

#include "base/nhs_number.hpp"

using lhcr::has_modulus11_check_digit;
using lhcr::has_verhoeff_check_digit;
using lhcr::nhs_number_form;
using lhcr::nhs_number_range;
using lhcr::NhsNumberForm;
using lhcr::NhsNumberRange;

TEST_CASE("Modulus 11") {
  CHECK(has_modulus11_check_digit("9999999999"));
  CHECK(has_modulus11_check_digit("9000000009"));
  CHECK(has_modulus11_check_digit("9990000018"));
  CHECK(has_modulus11_check_digit("9912003888"));
  CHECK_FALSE(has_modulus11_check_digit("9912003890"));
  CHECK_FALSE(has_modulus11_check_digit("9000000015"));
  CHECK_FALSE(has_modulus11_check_digit("999999999"));
  CHECK_FALSE(has_modulus11_check_digit("999999999x"));
  CHECK_FALSE(has_modulus11_check_digit(""));
}

TEST_CASE("no number has the check digit ten") {
  // 999 000 001?: the sum leaves 1, so that no digit completes it.
  int completed = 0;
  for (char last = '0'; last <= '9'; ++last) {
    completed += has_modulus11_check_digit(std::string("999000008") + last) ? 1 : 0;
  }
  CHECK(completed <= 1);
  int without = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string nine = "9990000" + std::to_string(10 + i % 90);
    int digits = 0;
    for (char last = '0'; last <= '9'; ++last) {
      digits += has_modulus11_check_digit(nine + last) ? 1 : 0;
    }
    CHECK(digits <= 1);
    without += digits == 0 ? 1 : 0;
  }
  CHECK(without > 0);
}

TEST_CASE("Modulus 11 finds every wrong digit and every swap of neighbours") {
  const std::string good = "9990000018";
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (char other = '0'; other <= '9'; ++other) {
      std::string wrong = good;
      wrong[i] = other;
      CHECK(has_modulus11_check_digit(wrong) == (other == good[i]));
    }
  }
}

TEST_CASE("Verhoeff") {
  CHECK(has_verhoeff_check_digit("2363"));
  CHECK(has_verhoeff_check_digit("73211009"));
  CHECK(has_verhoeff_check_digit("24700007"));
  CHECK(has_verhoeff_check_digit("999000011000001104"));
  CHECK_FALSE(has_verhoeff_check_digit("73211008"));
  CHECK_FALSE(has_verhoeff_check_digit("37211009"));
  CHECK_FALSE(has_verhoeff_check_digit("7321100x"));
  CHECK_FALSE(has_verhoeff_check_digit(""));
}

TEST_CASE("forms of NHS numbers") {
  CHECK(nhs_number_form("9990000018") == NhsNumberForm::valid);
  CHECK(nhs_number_form("999 000 0018") == NhsNumberForm::spaced);
  CHECK(nhs_number_form("999-000-0018") == NhsNumberForm::spaced);
  CHECK(nhs_number_form("999000001") == NhsNumberForm::malformed);
  CHECK(nhs_number_form("99900000189") == NhsNumberForm::malformed);
  CHECK(nhs_number_form("999000001X") == NhsNumberForm::malformed);
  CHECK(nhs_number_form("") == NhsNumberForm::malformed);
}

TEST_CASE("ranges of NHS numbers") {
  CHECK(nhs_number_range("9990000018") == NhsNumberRange::test);
  CHECK(nhs_number_range("4000000000") == NhsNumberRange::england_wales);
  CHECK(nhs_number_range("7999999999") == NhsNumberRange::england_wales);
  CHECK(nhs_number_range("3200000000") == NhsNumberRange::northern_ireland);
  CHECK(nhs_number_range("8000000000") == NhsNumberRange::ireland);
  CHECK(nhs_number_range("3112990000") == NhsNumberRange::scotland);
  CHECK(nhs_number_range("2902000000") == NhsNumberRange::scotland);
  CHECK(nhs_number_range("3113990000") == NhsNumberRange::unissued);
  CHECK(nhs_number_range("5000000000") == NhsNumberRange::unissued);
  CHECK(nhs_number_range("0000000000") == NhsNumberRange::unissued);
  CHECK(nhs_number_range("8600000000") == NhsNumberRange::unissued);
}
