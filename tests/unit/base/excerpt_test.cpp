// SPDX-License-Identifier: Apache-2.0
#include "base/excerpt.hpp"

#include <doctest/doctest.h>

using lhcr::excerpt;

TEST_CASE("the beginning of a text is cut between characters") {
  CHECK(excerpt("", 4).empty());
  CHECK(excerpt("abcd", 4) == "abcd");
  CHECK(excerpt("abcde", 4) == "abcd...");
  CHECK(excerpt("abc\xC3\xA9", 4) == "abc...");
  CHECK(excerpt("\xF0\x9F\x98\x80x", 3) == "...");
}
