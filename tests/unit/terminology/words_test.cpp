// SPDX-License-Identifier: Apache-2.0
#include "terminology/store/words.hpp"

#include <doctest/doctest.h>

using namespace lhcr::terminology;

TEST_CASE("case and accents are folded away") {
  CHECK(folded("Ménière's DISEASE") == "meniere's disease");
  CHECK(folded("Sjögren Łódź ß Ø") == "sjogren lodz ß o");
  CHECK(folded("ΑΩ Я") == "αω я");
  CHECK(folded("a\xC3") == "a\xC3");
}

TEST_CASE("words are runs of letters and digits") {
  const auto words = words_of("beta-2 (x) café");
  REQUIRE(words.size() == 4);
  CHECK(words[1] == "2");
  CHECK(words[3] == "café");
  CHECK(words_of(" -").empty());
}

TEST_CASE("beginnings of words match in any order") {
  const auto words = words_of("heart attack acute");
  CHECK(match_words(words, words_of("att heart")));
  CHECK_FALSE(match_words(words, words_of("art")));
  CHECK(match_words(words, {}));
}

TEST_CASE("stars stand for any characters") {
  CHECK(match_wild("cardiomyopathy", "cardi*opathy"));
  CHECK(match_wild("cardiopathy", "cardi*opathy"));
  CHECK_FALSE(match_wild("atrial cardiopathy", "cardi*opathy"));
  CHECK(match_wild("abc", "*"));
  CHECK(match_wild("abc", "**c"));
  CHECK_FALSE(match_wild("abc", "ab"));
  CHECK(match_wild("", "*"));
  CHECK_FALSE(match_wild("a", ""));
}
