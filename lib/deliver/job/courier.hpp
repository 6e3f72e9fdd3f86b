// SPDX-License-Identifier: Apache-2.0
/// The state of a running job; used by job.cpp (the loop), dispatch.cpp (what to send next) and
/// settle.cpp (answers).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "deliver/job/answer.hpp"
#include "deliver/job/job.hpp"
#include "deliver/job/order.hpp"
#include "deliver/job/read_ahead.hpp"

namespace lhcr::deliver {

using ParcelPtr = std::unique_ptr<Parcel>;

/// Whether doing it again might double it, so that it has to be found out first what became of it.
[[nodiscard]] inline bool must_be_sought(const Entry& entry) {
  return entry.doubtful && !entry.repeatable && entry.state == State::fresh;
}

class Courier {
 public:
  Courier(Source& source, const Region& region, const JobSettings& settings, const JobHooks& hooks);
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;
  ~Courier();
  Tally run();

 private:
  // job.cpp
  void loop();
  void loop_dry();
  bool send_some();
  void send(std::vector<ParcelPtr> parcels);
  void launch(ParcelPtr& parcel);
  void launch_search(ParcelPtr& parcel);
  [[nodiscard]] std::vector<std::string> request_headers(Parcel& parcel);
  void wait_for_answers();
  void stop(std::string why);
  [[nodiscard]] std::string without_secrets(std::string text) const;
  void report_rest();
  void commit_when_due(bool now);
  void show_progress(bool always);

  // dispatch.cpp
  [[nodiscard]] ParcelPtr next_parcel(Clock::time_point now);
  [[nodiscard]] ParcelPtr due_parcel(Clock::time_point now);
  [[nodiscard]] ParcelPtr cut_parcel();
  [[nodiscard]] ParcelPtr cut_bundle(const WorkPtr& work);
  [[nodiscard]] ParcelPtr cut_loose();
  void add_member(Parcel& parcel, const WorkPtr& work, std::uint32_t index);
  void describe_parcel(Parcel& parcel) const;
  [[nodiscard]] bool foreign(const Record& record) const;
  enum class Got : std::uint8_t { record, not_yet, later_stage, nothing };
  [[nodiscard]] Got read_record();
  [[nodiscard]] bool may_wait_for_more(Clock::time_point now);
  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record,
                             const std::string& problem) const;
  void admit(const WorkPtr& work);
  void begin(const WorkPtr& work);
  void enqueue(const WorkPtr& work);
  void begin_ready();
  [[nodiscard]] bool idle() const;
  [[nodiscard]] bool await_targets(const WorkPtr& work);
  [[nodiscard]] bool may_come(const std::string& name, const Work& work) const;
  void release(const std::vector<WorkPtr>& works);
  bool release_absent();
  bool break_circles();
  void refuse_waiting(const std::vector<WorkPtr>& works, const std::string& words);
  [[nodiscard]] bool is_current(const Work& work, const Entry& entry);
  void leave(const Work& work);
  void recall(Work& work);
  void recall_entry(Entry& entry, const JournalRow& row) const;
  void prepare_references(const Parcel& parcel);
  [[nodiscard]] Key entry_key(const Work& work, const Entry& entry) const;
  [[nodiscard]] Request build(Parcel& parcel);
  [[nodiscard]] bool too_big(const Request& request) const;

  // settle.cpp
  void settle(ParcelPtr parcel, const Answer& answer);
  void settle_search(ParcelPtr parcel, const Answer& answer);
  void judge_search(const Member& member, const AnswerReader::Matches& found);
  void doubt(const Member& member, std::string_view why);
  void give_back(ParcelPtr parcel, Millis asked);
  [[nodiscard]] Millis most_wait() const;
  [[nodiscard]] Millis bounded(std::optional<Millis> asked, Millis otherwise) const;
  void end_round(ParcelPtr parcel);
  bool follow(ParcelPtr& parcel, const Reading& reading, const Answer& answer);
  bool renew(ParcelPtr& parcel, const Reading& reading);
  bool divide(const Parcel& parcel, const Reading& reading);
  void note_health(const Parcel& parcel, const Reading& reading, const Answer& answer);
  void apply_verdict(const Member& member, const Verdict& verdict, int kind);
  void begin_search(Parcel& parcel, Millis patience) const;
  [[nodiscard]] Millis patience_after(const Answer& answer) const;
  [[nodiscard]] Millis usual_patience() const;
  void carry_on(ParcelPtr parcel, const Answer& answer, const Reading& reading);
  void learn_name(const Member& member);
  void note_latest(const Work& work, const Entry& entry);
  void settle_unsearchable(Parcel& parcel);
  void put_back(const Parcel& parcel, std::size_t limit);
  void put_apart(const Parcel& parcel);
  [[nodiscard]] bool give_up(Entry& entry, const Verdict& verdict, int kind) const;
  void release(Parcel& parcel);
  void finish_entry(Work& work, Entry& entry);
  void close_work(Work& work);
  void write_sending(const Parcel& parcel);
  void write_row(const Work& work, const Entry* entry, State state);
  void later(ParcelPtr parcel, Millis wait);
  void report(const Work& work);

  Source& source_;
  const Region& region_;
  const JobSettings& settings_;
  const JobHooks& hooks_;
  std::unique_ptr<Style> style_;
  std::unique_ptr<Authenticator> authenticator_;
  Journal journal_;
  Transport transport_;
  AnswerReader reader_;
  Backoff backoff_;
  RateLimit rate_;
  Breaker breaker_;
  Tally tally_;

  std::deque<WorkPtr> open_;   ///< Bundles with entries that have not left
  std::deque<WorkPtr> loose_;  ///< loose resources that have not left
  std::size_t loose_entries_ = 0;
  std::multimap<Clock::time_point, ParcelPtr> waiting_;
  std::unordered_map<std::uint64_t, ParcelPtr> flying_;
  Turns turns_;                ///< works that write what others write before them
  std::deque<WorkPtr> ready_;  ///< whose turn has come
  Awaited awaited_;            ///< works that refer to what is not settled yet
  std::unordered_map<std::string, unsigned>
      unsettled_;                            ///< names of what has been read, not settled
  std::unordered_set<std::string> created_;  ///< "Type/id" of what this run has created
  std::set<Key>
      active_;    ///< content that is on its way, so that the same content is not sent beside it
  WorkPtr held_;  ///< read, of a stage that has not come yet
  unsigned stage_ = 0;
  std::uint64_t next_id_ = 0;
  std::size_t group_ = 1;       ///< loose resources in one parcel
  std::size_t in_hand_ = 0;     ///< parcels that are about to leave
  std::size_t lanes_ = 1;       ///< parcels on their way at the same time
  std::size_t most_bytes_ = 0;  ///< of a body; 0: no limit
  unsigned unauthorised_ = 0;
  Clock::duration slowest_{};   ///< of the answers so far; 0: none yet
  std::string latest_problem_;  ///< of the endpoint
  bool source_ended_ = false;
  bool compress_ = false;
  bool stopping_ = false;
  bool commit_soon_ = false;  ///< the journal holds back something that must not be done twice
  Clock::time_point committed_{};
  Clock::time_point shown_{};
  Clock::time_point starved_{};  ///< since when loose resources wait for more of them
  ReadAhead ahead_;              ///< last: its thread uses what is above
};

}  // namespace lhcr::deliver
