// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/progress.hpp"

#include <doctest/doctest.h>

namespace lhcr::cmd {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("sizes and durations are written for people") {
  CHECK(size_text(0) == "0.0 MB");
  CHECK(size_text(218'340'000) == "218.3 MB");
  CHECK(duration_text(seconds(7)) == "0:07");
  CHECK(duration_text(seconds(61)) == "1:01");
  CHECK(duration_text(seconds(3727)) == "1:02:07");
}

TEST_CASE("the status line has rate and time left when the whole is known") {
  CHECK(progress_text(50'000'000, 200'000'000, milliseconds(2000)) ==
        "lhcr: 50.0 MB of 200.0 MB, 25 %, 25.0 MB/s, 0:07 left");
  CHECK(progress_text(50'000'000, 0, milliseconds(2000)) == "lhcr: 50.0 MB, 25.0 MB/s");
  CHECK(progress_text(200'000'000, 200'000'000, milliseconds(2000)) ==
        "lhcr: 200.0 MB of 200.0 MB, 100 %, 100.0 MB/s");
  CHECK(progress_text(0, 10, milliseconds(0)) == "lhcr: 0.0 MB of 0.0 MB, 0 %, 0.0 MB/s");
}

TEST_CASE("more than was expected is not told in per cent") {
  CHECK(progress_text(30'000'000, 20'000'000, milliseconds(1000)) == "lhcr: 30.0 MB, 30.0 MB/s");
}

}  // namespace
}  // namespace lhcr::cmd
