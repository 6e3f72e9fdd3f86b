// SPDX-License-Identifier: Apache-2.0
#include "terminology/store/concept_set.hpp"

#include <set>

#include <doctest/doctest.h>

using lhcr::terminology::ConceptSet;
using lhcr::terminology::Interval;
using lhcr::terminology::Ordinal;

namespace {

std::set<Ordinal> members(const ConceptSet& set) {
  std::set<Ordinal> made;
  set.each([&](Ordinal at) { made.insert(at); });
  return made;
}

/// Numbers below 200 by a simple generator.
ConceptSet some(unsigned seed, unsigned density) {
  std::vector<Ordinal> made;
  for (Ordinal at = 0; at < 200; ++at) {
    seed = seed * 1103515245U + 12345U;
    if ((seed >> 16U) % 100 < density) made.push_back(at);
  }
  return ConceptSet::of(std::move(made));
}

}  // namespace

TEST_CASE("stretches that touch or overlap are joined") {
  const ConceptSet set = ConceptSet::of(std::vector<Interval>{{7, 9}, {1, 3}, {3, 4}, {8, 12}});
  REQUIRE(set.parts().size() == 2);
  CHECK(set.parts()[0] == Interval{1, 4});
  CHECK(set.parts()[1] == Interval{7, 12});
  CHECK(set.size() == 8);
  CHECK(set.contains(1));
  CHECK_FALSE(set.contains(4));
  CHECK(set.contains(11));
  CHECK_FALSE(set.contains(12));
}

TEST_CASE("the operations are those of sets") {
  for (unsigned seed = 1; seed < 40; ++seed) {
    const ConceptSet left = some(seed, seed * 7 % 100);
    const ConceptSet right = some(seed + 100, seed * 13 % 100);
    const auto a = members(left);
    const auto b = members(right);
    std::set<Ordinal> both, either = a, only;
    for (const Ordinal at : a) (b.count(at) > 0 ? both : only).insert(at);
    either.insert(b.begin(), b.end());
    CHECK(members(left.intersected(right)) == both);
    CHECK(members(left.united(right)) == either);
    CHECK(members(left.without(right)) == only);
    for (Ordinal at = 0; at < 200; ++at) CHECK(left.contains(at) == (a.count(at) > 0));
  }
}
