// SPDX-License-Identifier: Apache-2.0
/// How the endpoint has fared so far: when to try again, and when to stop trying.
#pragma once

#include <algorithm>
#include <string>

#include "deliver/job/answer.hpp"
#include "deliver/job/job.hpp"
#include "deliver/job/pacing.hpp"

namespace lhcr::deliver {

/// The patience with a request of which nothing is known.
constexpr Millis blind_patience{10000};

class Health {
 public:
  Health(const JobSettings& settings, Clock::time_point now, std::uint64_t seed);

  /// Notes an answer to a request that left at `sent`.
  void note(const Reading& reading, const Answer& answer, Clock::time_point sent,
            Clock::time_point now);
  /// How long a request may still be at work at the server after its client has lost sight of it;
  /// < 0: as usual_patience() says when it is asked.
  [[nodiscard]] Millis patience_after(const Answer& answer) const;
  /// The same, by how fast the endpoint has answered so far.
  [[nodiscard]] Millis usual_patience() const;
  /// The same for a request of a run that was ended.
  [[nodiscard]] Millis patience_with_earlier_run() const {
    return std::max(blind_patience, usual_patience());
  }
  /// The longest that a request may be made to wait.
  [[nodiscard]] Millis most_wait() const;
  /// What was asked for, or otherwise, up to most_wait().
  [[nodiscard]] Millis bounded(std::optional<Millis> asked, Millis otherwise) const;
  /// Counts a refused credential; true when it is one too many.
  bool too_often_unauthorised();

  [[nodiscard]] Backoff& backoff() noexcept { return backoff_; }
  [[nodiscard]] const Breaker& breaker() const noexcept { return breaker_; }
  [[nodiscard]] const std::string& latest_problem() const noexcept { return latest_problem_; }

 private:
  const JobSettings& settings_;
  Backoff backoff_;
  Breaker breaker_;
  unsigned unauthorised_ = 0;  ///< in a row, over all connections
  Clock::duration slowest_{};  ///< of the answers so far; 0: none yet
  std::string latest_problem_;
};

}  // namespace lhcr::deliver
