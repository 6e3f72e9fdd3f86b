// SPDX-License-Identifier: Apache-2.0
/// Finds out what became of requests whose answer was lost, by searches.
#pragma once

#include <string>

#include "deliver/job/health.hpp"
#include "deliver/job/planning.hpp"

namespace lhcr::deliver {

class Seeker {
 public:
  Seeker(const JobParts& job, Ledger& ledger, Planning& planning, Health& health,
         AnswerReader& reader)
      : job_(job), ledger_(ledger), planning_(planning), health_(health), reader_(reader) {}

  /// From now on its members are looked for. `patience`: how long at least before one that is not
  /// there is believed to be lost; < 0: as the endpoint's pace says.
  void begin(Parcel& parcel, Millis patience) const;
  /// The same for what an earlier run may have sent.
  void begin_recalled(Parcel& parcel) const { begin(parcel, health_.patience_with_earlier_run()); }
  /// The query for the next member. Empty when all have been looked for: the parcel is taken then.
  [[nodiscard]] std::string next_query(ParcelPtr& parcel);
  /// What the answer to such a query says.
  void settle(ParcelPtr parcel, const Answer& answer);

 private:
  void settle_unsearchable(Parcel& parcel);
  void judge(const Member& member, const AnswerReader::Matches& found);
  [[nodiscard]] bool any_missing(const Parcel& parcel);
  void end_round(ParcelPtr parcel);
  void believe_lost(const Parcel& parcel);

  const JobParts& job_;
  Ledger& ledger_;
  Planning& planning_;
  Health& health_;
  AnswerReader& reader_;
};

}  // namespace lhcr::deliver
