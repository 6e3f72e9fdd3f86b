// SPDX-License-Identifier: Apache-2.0
#include "base/words.hpp"

#include <doctest/doctest.h>

using namespace lhcr;

namespace {

using Parts = std::vector<std::string_view>;

}  // namespace

TEST_CASE("a text is split at each separator") {
  CHECK(split("a.b", '.') == Parts{"a", "b"});
  CHECK(split(".a..b.", '.') == Parts{"", "a", "", "b", ""});
  CHECK(split("", '.') == Parts{""});
}

TEST_CASE("words are what stands between separators") {
  CHECK(split_words("  one two  ") == Parts{"one", "two"});
  CHECK(split_words("f(a, b)", "(), ") == Parts{"f", "a", "b"});
  CHECK(split_words("").empty());
  CHECK(split_words("   ").empty());
}

TEST_CASE("a text is in a list only as a whole") {
  constexpr std::string_view all[] = {"warning", "information"};
  CHECK(is_one_of("warning", all));
  CHECK_FALSE(is_one_of("warn", all));
  CHECK_FALSE(is_one_of("", Parts{}));
}

TEST_CASE("parts are joined, empty ones too") {
  CHECK(joined(Parts{"a", "b"}) == "a, b");
  CHECK(joined(Parts{"", "a", ""}, "|") == "|a|");
  CHECK(joined(Parts{}) == "");
}
