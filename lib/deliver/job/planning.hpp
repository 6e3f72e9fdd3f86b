// SPDX-License-Identifier: Apache-2.0
/// What a delivery sends next: reads ahead, remembers what earlier runs did, keeps the order, and
/// cuts parcels.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "deliver/job/ledger.hpp"
#include "deliver/job/order.hpp"
#include "deliver/job/read_ahead.hpp"
#include "deliver/job/recall.hpp"

namespace lhcr::deliver {

using ParcelPtr = std::unique_ptr<Parcel>;

class Planning : public Followers {
 public:
  /// `wake` ends the wait for answers when there is more to read, see ReadAhead.
  Planning(const JobParts& job, Ledger& ledger, std::function<void()> wake);

  /// A parcel that may leave now, or nothing. Who has it gives it back by later() or put_back(), or
  /// says that it is gone().
  [[nodiscard]] ParcelPtr next_parcel(Clock::time_point now);
  void later(ParcelPtr parcel, Millis wait);
  /// Its members go back to where they came from, to leave at most `limit` at a time.
  void put_back(const Parcel& parcel, std::size_t limit);
  /// What was refused together and refers to each other: the halves do not race each other, a
  /// record waits until what it refers to is settled.
  void put_apart(const Parcel& parcel);
  /// What was refused and refers to something that came meanwhile, or may come, goes once more when
  /// that is settled. True when it is Planning's again; its parcel has to forget it.
  [[nodiscard]] bool hold_back(const Member& member);
  void gone() noexcept { --out_; }
  /// When the first of the waiting parcels is due.
  [[nodiscard]] std::optional<Clock::time_point> next_due() const;
  /// Whether everything has been read and nothing of it is left to send.
  [[nodiscard]] bool nothing_left() const;
  /// Calls back once for every work that has not been settled, and forgets them all.
  void forget_all(const std::function<void(Work&)>& call);
  /// The same for the rest of the input. `pause` waits for input; false: it is to be left unread.
  void read_rest(const std::function<void(Work&)>& call, const std::function<bool()>& pause);

  void leave(const Work& work) override;
  void is_there(const std::string& identity) override { turns_.open_for_all(identity); }

 private:
  void ask_record(Work& work) const;
  [[nodiscard]] ParcelPtr find_parcel(Clock::time_point now);
  [[nodiscard]] ParcelPtr due_parcel(Clock::time_point now);
  [[nodiscard]] ParcelPtr cut_parcel();
  [[nodiscard]] ParcelPtr cut_bundle(const WorkPtr& work);
  [[nodiscard]] std::vector<std::uint32_t> pick(Work& work);
  [[nodiscard]] ParcelPtr cut_loose();
  [[nodiscard]] bool foreign(const Record& record) const;
  enum class Got : std::uint8_t { record, not_yet, later_stage, nothing };
  [[nodiscard]] Got read_record();
  [[nodiscard]] bool may_wait_for_more(Clock::time_point now);
  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record,
                             const std::string& problem) const;
  void admit(const WorkPtr& work);
  void begin(const WorkPtr& work);
  void enqueue(const WorkPtr& work);
  void begin_ready(Clock::time_point now);
  void go_on(const WorkPtr& work);
  [[nodiscard]] Clock::time_point echo_for(const Work& work) const;
  void refuse_for(const WorkPtr& work, const std::string& name);
  [[nodiscard]] bool may_be_awaited(const Work& work) const;
  void settle_names(const Work& work);
  [[nodiscard]] bool empty() const;
  [[nodiscard]] bool await_targets(const WorkPtr& work);
  [[nodiscard]] bool may_come(const std::string& name, const Work& work) const;
  void release(const std::vector<WorkPtr>& works);
  bool release_absent();
  bool break_circles();
  void refuse_waiting(const std::vector<WorkPtr>& works, const std::string& words);

  const JobParts& job_;
  Ledger& ledger_;
  std::deque<WorkPtr> open_;   ///< Bundles with entries that have not left
  std::deque<WorkPtr> loose_;  ///< loose resources that have not left
  std::size_t loose_entries_ = 0;
  std::multimap<Clock::time_point, ParcelPtr> waiting_;
  std::size_t out_ = 0;        ///< parcels that somebody has
  Turns turns_;                ///< works that write what others write before them
  std::deque<WorkPtr> ready_;  ///< whose turn has come
  std::multimap<Clock::time_point, WorkPtr> resting_;  ///< until an echo has died away
  Clock::time_point first_successor_{};  ///< no later version leaves before, see Journal::cut_short
  std::unordered_map<std::string, Clock::time_point> echoes_;  ///< by identity, see Entry::echo
  Awaited awaited_;  ///< works that refer to what is not settled yet
  std::unordered_map<std::string, unsigned>
      unsettled_;  ///< names of what has been read, not settled
  /// Names of what has been read and cannot be referred to at the endpoint: whether that is
  /// applied.
  std::unordered_map<std::string, bool> missing_;
  std::deque<std::string> lately_;  ///< names of what has been applied, the last ones
  std::set<Key>
      active_;    ///< content that is on its way, so that the same content is not sent beside it
  WorkPtr held_;  ///< read, of a stage that has not come yet
  unsigned stage_ = 0;
  std::size_t group_ = 1;  ///< loose resources in one parcel
  bool source_ended_ = false;
  Clock::time_point starved_{};  ///< since when loose resources wait for more of them
  ReadAhead ahead_;              ///< last: its thread uses what is above
};

}  // namespace lhcr::deliver
