// SPDX-License-Identifier: Apache-2.0
#include "base/arena.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace lhcr;

TEST_CASE("copies stay where they are while the arena grows") {
  Arena arena;
  std::vector<std::string_view> copies;
  for (int at = 0; at < 50'000; ++at) {
    copies.push_back(arena.copy(std::to_string(at)));
  }
  for (int at = 0; at < 50'000; ++at) {
    REQUIRE(copies[static_cast<std::size_t>(at)] == std::to_string(at));
  }
}

TEST_CASE("an allocation larger than a chunk gets one of its own") {
  Arena arena;
  const std::string large(1'000'000, 'x');
  const std::string_view small = arena.copy("small");
  CHECK(arena.copy(large) == large);
  CHECK(small == "small");
  CHECK(arena.copy("").empty());
}

TEST_CASE("the unused tail of the latest allocation is used again") {
  Arena arena;
  char* first = arena.allocate(100);
  arena.shrink_last(first, 100, 10);
  CHECK(arena.allocate(1) == first + 10);
  arena.shrink_last(first, 100, 0);  // no longer the latest: no effect
  CHECK(arena.allocate(1) == first + 11);
}

TEST_CASE("clearing keeps the first chunk's memory") {
  Arena arena;
  arena.copy(std::string(10'000, 'a'));
  const std::size_t capacity = arena.capacity();
  for (int at = 0; at < 100; ++at) {
    arena.clear();
    arena.copy(std::string(10'000, 'b'));
  }
  CHECK(arena.capacity() == capacity);
}
