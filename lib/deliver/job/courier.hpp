// SPDX-License-Identifier: Apache-2.0
/// The loop of a delivery over its parts: planning says what is next, flight what is on its way,
/// settlement what an answer means.
#pragma once

#include <memory>

#include "deliver/job/settlement.hpp"

namespace lhcr::deliver {

class Courier {
 public:
  Courier(Source& source, const Region& region, const JobSettings& settings, const JobHooks& hooks,
          const Surroundings& around);
  Tally run();

 private:
  void loop();
  void loop_dry();
  void check_end();
  [[nodiscard]] bool send_some();
  void wait_for_answers();
  void report_rest();
  void show_progress(bool always);
  [[nodiscard]] bool interrupted() const;

  Transport& transport_;
  std::unique_ptr<Style> style_;
  JobParts job_;
  Ledger ledger_;
  Health health_;
  AnswerReader reader_;
  RateLimit rate_;
  Clock::time_point shown_{};
  Planning planning_;  ///< its thread uses what is above
  Seeker seeker_;
  Flight flight_;
  Settlement settlement_;
};

}  // namespace lhcr::deliver
