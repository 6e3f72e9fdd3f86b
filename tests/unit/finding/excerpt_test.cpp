// SPDX-License-Identifier: Apache-2.0
#include "finding/excerpt.hpp"

#include <doctest/doctest.h>

using namespace lhcr::finding;

namespace {

std::optional<Excerpt> excerpt(std::string_view record, std::uint64_t at,
                               const ExcerptSize& size = {}) {
  Finding made;
  made.position = {100 + at, 1, 1};
  return excerpt_of(made, {"a.json", 0, record, 100}, size);
}

}  // namespace

TEST_CASE("an excerpt is a piece of the finding's line") {
  const auto whole = excerpt("one\r\n two three\nfour", 10);
  REQUIRE(whole);
  CHECK(whole->before == " two ");
  CHECK(whole->behind == "three");
  CHECK_FALSE(whole->cut_before);
  CHECK_FALSE(whole->cut_behind);
  const auto cut = excerpt("0123456789", 5, {2, 3});
  REQUIRE(cut);
  CHECK(cut->before == "34");
  CHECK(cut->behind == "567");
  CHECK(cut->cut_before);
  CHECK(cut->cut_behind);
  // Never within a character.
  const auto character = excerpt(
      "\xC3\xA4"
      "b\xC3\xA4",
      2, {1, 2});
  REQUIRE(character);
  CHECK(character->before == "\xC3\xA4");
  CHECK(character->behind == "b");
}

TEST_CASE("what has no place in the record has no excerpt") {
  CHECK_FALSE(excerpt("ab", 2));
  CHECK_FALSE(excerpt("", 0));
  CHECK_FALSE(excerpt_of({}, {"a.json", 0, "ab", 0}, {}));
  CHECK(excerpt("ab", 0)->before.empty());
}

TEST_CASE("the word at a place") {
  CHECK(word_length("\"a\\\"b\" c") == 6);
  CHECK(word_length("\"open") == 5);
  CHECK(word_length("\"open\\") == 6);
  CHECK(word_length("<birthDate value=\"1\"/>") == 10);
  CHECK(word_length("value=\"1 2\"/>") == 11);
  CHECK(word_length("12.5,") == 4);
  CHECK(word_length("{\"a\":1}") == 1);
  CHECK(word_length("\xC3\xA4") == 2);
  CHECK(word_length("") == 0);
}

TEST_CASE("columns of a terminal") {
  CHECK(terminal_columns("abc") == 3);
  CHECK(terminal_columns("\xC3\xA4") == 1);
  CHECK(terminal_columns("\xE7\x8E\x8B") == 2);      // a CJK character
  CHECK(terminal_columns("e\xCC\x81") == 1);         // a combining accent
  CHECK(terminal_columns("\xF0\x9F\x98\x80") == 2);  // an emoji
  CHECK(terminal_columns("\xE2\x80\x8B") == 0);      // a zero width space
}
