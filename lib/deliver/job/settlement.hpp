// SPDX-License-Identifier: Apache-2.0
/// What an answer means for the entries of its parcel, and what happens to them next.
#pragma once

#include "deliver/job/flight.hpp"

namespace lhcr::deliver {

class Settlement {
 public:
  Settlement(const JobParts& job, Ledger& ledger, Planning& planning, Health& health,
             Seeker& seeker, Flight& flight, AnswerReader& reader)
      : job_(job),
        ledger_(ledger),
        planning_(planning),
        health_(health),
        seeker_(seeker),
        flight_(flight),
        reader_(reader) {}

  void settle(ParcelPtr parcel, const Answer& answer);

 private:
  void settle_record(ParcelPtr parcel, const Answer& answer);
  void settle_poll(ParcelPtr parcel, const Answer& answer);
  void note_echo(Entry& entry, const Answer& answer) const;
  void apply(ParcelPtr parcel, const Answer& answer, const Reading& reading,
             const Style::Judgement& judgement);
  [[nodiscard]] bool follow(ParcelPtr& parcel, const Reading& reading, const Answer& answer);
  [[nodiscard]] bool renew(ParcelPtr& parcel, const Reading& reading);
  [[nodiscard]] bool divide(const Parcel& parcel, const Reading& reading);
  [[nodiscard]] std::string poll_address(const Parcel& parcel, const Answer& answer) const;
  [[nodiscard]] bool begin_poll(ParcelPtr& parcel, const Reading& reading, const Answer& answer);
  void poll_again(ParcelPtr parcel, const Reading& reading);
  void give_back(ParcelPtr parcel, const std::string& words);
  void carry_on(ParcelPtr parcel, const Answer& answer, const Reading& reading);

  const JobParts& job_;
  Ledger& ledger_;
  Planning& planning_;
  Health& health_;
  Seeker& seeker_;
  Flight& flight_;
  AnswerReader& reader_;
};

}  // namespace lhcr::deliver
