// SPDX-License-Identifier: Apache-2.0
/// When to send: rate limit, back-off, Retry-After, circuit breaker. Time is always handed in.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <optional>
#include <random>
#include <string_view>

namespace lhcr::deliver {

using Clock = std::chrono::steady_clock;
using Millis = std::chrono::milliseconds;

/// Tells the time.
class TimeSource {
 public:
  TimeSource() = default;
  TimeSource(const TimeSource&) = delete;
  TimeSource& operator=(const TimeSource&) = delete;
  virtual ~TimeSource() = default;
  [[nodiscard]] virtual Clock::time_point now() const = 0;
};

/// The time of this machine's steady clock.
class SteadyTime : public TimeSource {
 public:
  [[nodiscard]] Clock::time_point now() const override { return Clock::now(); }
};

/// How long a Retry-After header asks to wait (RFC 9110 section 10.2.3): seconds, or a date. A date
/// is counted from the answer's own Date header when it has one, because the two clocks may differ.
/// Empty when it is neither.
[[nodiscard]] std::optional<Millis> parse_retry_after(std::string_view value, std::string_view date,
                                                      std::time_t now);

/// Exponential back-off with full jitter.
class Backoff {
 public:
  Backoff(Millis base, Millis cap, std::uint64_t seed) : base_(base), cap_(cap), random_(seed) {}
  /// The wait before attempt `attempt` + 1 (attempts count from 1): between half and the whole of
  /// the doubled base.
  [[nodiscard]] Millis delay(unsigned attempt);
  /// Up to `limit` on top of a wait that the server asked for, so that clients do not come back
  /// together.
  [[nodiscard]] Millis jitter(Millis limit);

 private:
  Millis base_;
  Millis cap_;
  std::mt19937_64 random_;
};

/// At most `per_second` requests a second (0: no limit), evenly spaced.
class RateLimit {
 public:
  explicit RateLimit(double per_second) : per_second_(per_second) {}
  /// The earliest moment at which the next request may leave.
  [[nodiscard]] Clock::time_point next(Clock::time_point now) const;
  void sent(Clock::time_point now);

 private:
  double per_second_;
  Clock::time_point next_{};
};

struct BreakerSettings {
  unsigned threshold = 16;  ///< transient failures in a row before it may open
  Millis quiet{500};        ///< and nothing good for this long
  Millis first_pause{500};  ///< doubled with every probe that fails
  Millis longest_pause{30000};
  Millis give_up{120000};  ///< only failures for this long: the run ends
  Millis most_asked{0};    ///< a Retry-After up to this is waited for before that
};

/// Stops sending to an endpoint that only fails, and lets one probe through from time to time.
class Breaker {
 public:
  Breaker(const BreakerSettings& settings, Clock::time_point now)
      : settings_(settings), last_good_(now) {}

  void good(Clock::time_point now);
  /// `wait` is the Retry-After of the answer, or 0.
  void bad(Clock::time_point now, Millis wait);
  /// The earliest moment for another request; `in_flight` requests are on the way.
  [[nodiscard]] Clock::time_point next(Clock::time_point now, std::size_t in_flight) const;
  [[nodiscard]] bool is_open() const noexcept { return open_; }
  /// Only failures for longer than the settings allow, counted from the first of them.
  [[nodiscard]] bool exhausted(Clock::time_point now) const;
  /// How long there have been only failures.
  [[nodiscard]] Millis failing_for(Clock::time_point now) const;
  [[nodiscard]] bool ever_good() const noexcept { return ever_good_; }

 private:
  BreakerSettings settings_;
  unsigned failures_ = 0;
  unsigned probes_ = 0;
  bool open_ = false;
  bool ever_good_ = false;
  Clock::time_point last_good_;
  Clock::time_point first_bad_{};  ///< of `failures_`
  Clock::time_point limit_{};      ///< of patience with them
  Clock::time_point until_{};
};

}  // namespace lhcr::deliver
