// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"

#include <array>
#include <string>

#include <doctest/doctest.h>

using lhcr::closest;
using lhcr::edit_distance;

TEST_CASE("edit distance counts inserts, deletes, replacements and swaps") {
  CHECK(edit_distance("", "", 3) == 0);
  CHECK(edit_distance("gender", "gender", 3) == 0);
  CHECK(edit_distance("gendr", "gender", 3) == 1);
  CHECK(edit_distance("gneder", "gender", 3) == 1);
  CHECK(edit_distance("tender", "gender", 3) == 1);
  CHECK(edit_distance("birthdate", "deathdate", 9) == 3);
}

TEST_CASE("edit distance stops above its limit") {
  CHECK(edit_distance("a", "abcdef", 2) == 3);
  CHECK(edit_distance("abc", "xyz", 1) == 2);
  CHECK(edit_distance(std::string(1000, 'a'), std::string(1000, 'b'), 5) == 6);
}

TEST_CASE("the closest candidate is suggested, or none") {
  constexpr std::array<std::string_view, 3> commands{"validate", "convert", "query"};
  CHECK(closest("validte", commands) == "validate");
  CHECK(closest("Convert", commands) == "convert");
  CHECK(closest("qeury", commands) == "query");
  CHECK(closest("push", commands).empty());
  CHECK(closest("", commands).empty());
  CHECK(closest("anything", {}).empty());
}

TEST_CASE("what to write instead: the near one, and all of a few") {
  constexpr std::array<std::string_view, 2> few = {"female", "male"};
  CHECK(lhcr::instead_of("femal", few) == "Did you mean 'female'? Permitted: female, male");
  CHECK(lhcr::instead_of("xyz", few) == "Permitted: female, male");
  CHECK(lhcr::instead_of("male", few) == "Permitted: female, male");
  CHECK(lhcr::instead_of("", few) == "Permitted: female, male");
  CHECK(lhcr::instead_of("x", {}).empty());
  constexpr std::array<std::string_view, 2> letters = {"F", "M"};
  CHECK(lhcr::instead_of("X", letters) == "Permitted: F, M");
  CHECK(lhcr::instead_of("m", letters) == "Did you mean 'M'? Permitted: F, M");
  const std::array<std::string_view, 13> many = {"a1", "b2", "c3", "d4", "e5", "f6",        "g7",
                                                 "h8", "i9", "j0", "k1", "l2", "quite-long"};
  CHECK(lhcr::instead_of("quite-lonk", many) == "Did you mean 'quite-long'?");
  CHECK(lhcr::instead_of("zzzzzz", many).empty());
}
