// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/pacing.hpp"

#include <doctest/doctest.h>

using namespace lhcr::deliver;

TEST_CASE("Retry-After in seconds and as a date") {
  constexpr std::time_t now = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT
  CHECK(parse_retry_after("2", "", now) == Millis(2000));
  CHECK(parse_retry_after("0.5", "", now) == Millis(500));
  CHECK_FALSE(parse_retry_after("soon", "", now));
  CHECK_FALSE(parse_retry_after("", "", now));
  CHECK_FALSE(parse_retry_after("-1", "", now));
  // Seconds are cut off, so one is added.
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:47 GMT", "", now) == Millis(11000));
  // The server's own clock counts.
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:47 GMT", "Sun, 06 Nov 1994 08:49:45 GMT", now) ==
        Millis(3000));
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", "", now) == Millis(1000));
}

TEST_CASE("back-off doubles up to its cap") {
  Backoff backoff(Millis(100), Millis(1000), 1);
  for (int round = 0; round < 100; ++round) {
    const Millis first = backoff.delay(1);
    CHECK(first >= Millis(50));
    CHECK(first <= Millis(100));
    const Millis tenth = backoff.delay(10);
    CHECK(tenth >= Millis(500));
    CHECK(tenth <= Millis(1000));
  }
}

TEST_CASE("a rate spaces requests evenly") {
  const Clock::time_point start = Clock::now();
  RateLimit rate(10);
  CHECK(rate.next(start) == start);
  rate.sent(start);
  rate.sent(start);
  CHECK(rate.next(start) == start + Millis(200));
  RateLimit none(0);
  none.sent(start);
  CHECK(none.next(start) == start);
}

TEST_CASE("the breaker opens after failures in a row, probes, and closes") {
  const Clock::time_point start = Clock::now();
  BreakerSettings settings;
  settings.threshold = 3;
  settings.quiet = Millis(100);
  settings.first_pause = Millis(500);
  settings.give_up = Millis(5000);
  Breaker breaker(settings, start);
  for (int failure = 0; failure < 5; ++failure) breaker.bad(start, Millis(0));
  CHECK_FALSE(breaker.is_open());  // not quiet for long enough
  const Clock::time_point later = start + Millis(200);
  breaker.bad(later, Millis(0));
  CHECK(breaker.is_open());
  CHECK(breaker.next(later, 0) == later + Millis(500));
  CHECK(breaker.next(later, 1) == Clock::time_point::max());
  breaker.bad(later, Millis(2000));
  CHECK(breaker.next(later, 0) == later + Millis(2000));
  CHECK_FALSE(breaker.exhausted(later));
  CHECK(breaker.exhausted(start + Millis(5000)));
  breaker.good(later);
  CHECK_FALSE(breaker.is_open());
  CHECK(breaker.next(later, 5) == later);
  CHECK_FALSE(breaker.exhausted(start + Millis(60000)));
}

TEST_CASE("patience with failures is counted from the first of them, and as long as is asked for") {
  const Clock::time_point start = Clock::now();
  BreakerSettings settings;
  settings.give_up = Millis(1000);
  Breaker breaker(settings, start);
  const Clock::time_point later = start + Millis(9000);
  breaker.bad(later, Millis(60000));
  CHECK_FALSE(breaker.exhausted(later + Millis(999)));
  CHECK(breaker.exhausted(later + Millis(1000)));
  CHECK(breaker.failing_for(later + Millis(1000)) == Millis(1000));
  settings.most_asked = Millis(120000);
  Breaker patient(settings, start);
  patient.bad(start, Millis(60000));
  patient.bad(start + Millis(60100), Millis(60000));
  CHECK_FALSE(patient.exhausted(start + Millis(60100)));
  CHECK(patient.exhausted(start + Millis(66000)));
}
