// SPDX-License-Identifier: Apache-2.0
#include "base/text_pool.hpp"

#include <string>

#include <doctest/doctest.h>

namespace {

using lhcr::Arena;
using lhcr::TextPool;

TEST_CASE("the same text is copied once") {
  Arena arena;
  TextPool pool(arena);
  for (const std::string text : {"a", "EVN", "completed", "2.16.840.1.113883.6.1"}) {
    const std::string_view kept = pool.keep(text);
    CHECK(kept == text);
    CHECK(kept.data() != text.data());
    CHECK(pool.keep(std::string(text)).data() == kept.data());
  }
  CHECK(pool.keep("").empty());
}

TEST_CASE("what was kept stays when other texts take its place, and long texts are copied") {
  Arena arena;
  TextPool pool(arena);
  std::vector<std::string_view> kept;
  for (int number = 0; number < 20000; ++number) {
    kept.push_back(pool.keep("2.16.840.1.113883.19." + std::to_string(number)));
  }
  for (int number = 0; number < 20000; ++number) {
    CHECK(kept[static_cast<std::size_t>(number)] ==
          "2.16.840.1.113883.19." + std::to_string(number));
  }
  const std::string narrative(1000, 'x');
  CHECK(pool.keep(narrative) == narrative);
}

}  // namespace
