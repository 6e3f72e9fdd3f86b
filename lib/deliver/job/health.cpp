// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/health.hpp"

#include <algorithm>

namespace lhcr::deliver {
namespace {

constexpr unsigned most_unauthorised = 6;
constexpr Millis longest_backoff{30000};  // with a request that may still be at work
constexpr int paces = 4;                  // of the slowest answer so far
constexpr Millis first_delay{100};
constexpr Millis longest_delay{2000};

BreakerSettings breaker_settings(const JobSettings& settings) {
  BreakerSettings out;
  out.threshold =
      static_cast<unsigned>(std::max<std::size_t>(16, 2 * settings.transport.connections));
  out.give_up = settings.give_up;
  out.most_asked = settings.most_asked;
  return out;
}

}  // namespace

Health::Health(const JobSettings& settings, Clock::time_point now, std::uint64_t seed)
    : settings_(settings),
      backoff_(first_delay, longest_delay, seed),
      breaker_(breaker_settings(settings), now) {}

void Health::note(const Reading& reading, const Answer& answer, Clock::time_point sent,
                  Clock::time_point now) {
  if (answer.failure == Failure::none) slowest_ = std::max(slowest_, now - sent);
  if (reading.transient) {
    breaker_.bad(now, reading.retry_after.value_or(Millis(0)));
    latest_problem_ = reading.whole.words;
  } else {
    breaker_.good(now);
    unauthorised_ = 0;
  }
}

Millis Health::patience_after(const Answer& answer) const {
  constexpr long bad_gateway = 502;
  constexpr long gateway_timeout = 504;
  if (answer.failure == Failure::timed_out || answer.status == gateway_timeout) {
    return std::min(settings_.transport.timeout, longest_backoff);
  }
  const bool its_own_words = answer.failure == Failure::none && answer.status != bad_gateway;
  return Millis(its_own_words ? 0 : -1);
}

Millis Health::usual_patience() const {
  if (slowest_ == Clock::duration{}) return blind_patience;
  return std::min(longest_backoff, std::chrono::ceil<Millis>(paces * slowest_));
}

Millis Health::most_wait() const {
  return std::max(settings_.give_up, settings_.most_asked);
}

Millis Health::bounded(std::optional<Millis> asked, Millis otherwise) const {
  return std::min(asked.value_or(otherwise), most_wait());
}

bool Health::too_often_unauthorised() {
  return ++unauthorised_ >= most_unauthorised;
}

}  // namespace lhcr::deliver
