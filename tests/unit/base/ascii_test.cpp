// SPDX-License-Identifier: Apache-2.0
#include "base/ascii.hpp"

#include <doctest/doctest.h>

#include "base/hex.hpp"

using namespace lhcr;

TEST_CASE("letters and digits are those of ASCII") {
  CHECK(is_digit('0'));
  CHECK(is_digit('9'));
  CHECK_FALSE(is_digit('/'));
  CHECK_FALSE(is_digit(':'));
  CHECK(is_letter('a'));
  CHECK(is_letter('Z'));
  for (const char byte : {'@', '[', '`', '{', '\xC4', '\xE4', '_'}) {
    CHECK_FALSE(is_letter(byte));
    CHECK_FALSE(is_alphanumeric(byte));
  }
  CHECK(is_capital('A'));
  CHECK_FALSE(is_capital('a'));
}

TEST_CASE("hexadecimal digits") {
  CHECK(hex_value('7') == 7);
  CHECK(hex_value('a') == 10);
  CHECK(hex_value('F') == 15);
  CHECK(hex_value('g') == -1);
  CHECK(hex_value('\x10') == -1);
  CHECK(hex(std::string_view("\x01\xAF", 2)) == "01af");
  CHECK(hex(std::uint64_t{0x1C}) == "000000000000001c");
  CHECK(hex_digit(0xFE) == 'e');
  CHECK(capital_hex_digit(11) == 'B');
}

TEST_CASE("case counts for letters of ASCII alone") {
  CHECK(in_small_letters("Ab-\xC3\x84Z") == "ab-\xC3\x84z");
  CHECK(same_letters("WWW.nhs.UK", "www.NHS.uk"));
  CHECK_FALSE(same_letters("abc", "abcd"));
  CHECK_FALSE(same_letters("[", "{"));
}
