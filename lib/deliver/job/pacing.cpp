// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/pacing.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/number_in.hpp"
#include "deliver/transport/curl.hpp"

namespace lhcr::deliver {
namespace {

constexpr double longest_wait_seconds = 24.0 * 3600;

/// What an endpoint that asks to come back later is owed: the wait, and the time for an answer.
Millis asked_patience(Millis wait, Millis most) {
  constexpr Millis for_an_answer{5000};
  return wait > Millis(0) && most > Millis(0) ? std::min(wait, most) + for_an_answer : Millis(0);
}

std::optional<Millis> from_seconds(double seconds) {
  if (!(seconds >= 0)) return std::nullopt;
  return Millis(
      static_cast<std::int64_t>(std::ceil(std::min(seconds, longest_wait_seconds) * 1000)));
}

}  // namespace

std::optional<Millis> parse_retry_after(std::string_view value, std::string_view date,
                                        std::time_t now) {
  if (value.empty()) return std::nullopt;
  const auto seconds = number_in<double>(value);
  if (seconds) return from_seconds(*seconds);
  const std::time_t until = curl().getdate(std::string(value).c_str(), nullptr);
  if (until == -1) return std::nullopt;
  std::time_t from = date.empty() ? -1 : curl().getdate(std::string(date).c_str(), nullptr);
  if (from == -1) from = now;
  // Both dates are cut to whole seconds, so the moment meant may be up to one second later.
  return from_seconds(std::max(0.0, static_cast<double>(until - from)) + 1.0);
}

Millis Backoff::delay(unsigned attempt) {
  const unsigned doublings = std::min(attempt == 0 ? 0U : attempt - 1, 20U);
  const Millis whole = std::min(cap_, Millis(base_.count() << doublings));
  return whole / 2 + jitter(whole / 2);
}

Millis Backoff::jitter(Millis limit) {
  std::uniform_int_distribution<std::int64_t> spread(0, limit.count());
  return Millis(spread(random_));
}

Clock::time_point RateLimit::next(Clock::time_point now) const {
  return per_second_ > 0 ? std::max(now, next_) : now;
}

void RateLimit::sent(Clock::time_point now) {
  if (per_second_ <= 0) return;
  const auto gap =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1.0 / per_second_));
  next_ = std::max(now, next_) + gap;
}

void Breaker::good(Clock::time_point now) {
  failures_ = 0;
  probes_ = 0;
  open_ = false;
  ever_good_ = true;
  last_good_ = now;
}

void Breaker::bad(Clock::time_point now, Millis wait) {
  if (failures_++ == 0) {
    first_bad_ = now;
    limit_ = now + std::max(settings_.give_up, asked_patience(wait, settings_.most_asked));
  }
  const bool enough = failures_ >= settings_.threshold && now - last_good_ >= settings_.quiet;
  if (!open_ && !enough) return;
  open_ = true;
  const unsigned doublings = std::min(probes_++, 16U);
  const Millis pause =
      std::min(settings_.longest_pause, Millis(settings_.first_pause.count() << doublings));
  until_ = now + std::max(pause, wait);
}

Clock::time_point Breaker::next(Clock::time_point now, std::size_t in_flight) const {
  if (!open_) return now;
  if (in_flight > 0) return Clock::time_point::max();
  return std::max(now, until_);
}

bool Breaker::exhausted(Clock::time_point now) const {
  return failures_ > 0 && now >= limit_;
}

Millis Breaker::failing_for(Clock::time_point now) const {
  return failures_ > 0 ? std::chrono::duration_cast<Millis>(now - first_bad_) : Millis(0);
}

}  // namespace lhcr::deliver
