// SPDX-License-Identifier: Apache-2.0
/// What became of everything: counts it, writes it into the journal and reports it.
#pragma once

#include <functional>
#include <string>
#include <unordered_set>

#include "deliver/job/answer.hpp"
#include "deliver/job/job.hpp"

namespace lhcr::deliver {

/// How long the journal may keep what it has to write: what is written together costs one flush.
inline constexpr Millis commit_gap{20};

/// What the parts of a running job share.
struct JobParts {
  Source& source;
  const Region& region;
  const JobSettings& settings;
  const JobHooks& hooks;
  Style& style;
  Journal& journal;
  const TimeSource& time;
};

/// What the ledger tells the part that plans.
class Followers {
 public:
  Followers() = default;
  Followers(const Followers&) = delete;
  Followers& operator=(const Followers&) = delete;
  virtual ~Followers() = default;
  /// Nothing of the work is left to do.
  virtual void leave(const Work& work) = 0;
  /// What is only created where it is not is there now.
  virtual void is_there(const std::string& identity) = 0;
};

class Ledger {
 public:
  explicit Ledger(const JobParts& job) : job_(job) {}
  /// To be called before anything else.
  void tell(Followers& followers) noexcept { followers_ = &followers; }

  /// Lays a verdict over an entry. `kind`: of failure, 0 for none; equal ones in a row are counted.
  void apply(const Member& member, const Verdict& verdict, int kind);
  /// Counts an entry that is no longer fresh, and closes its work with the last one.
  void finish(Work& work, Entry& entry);
  /// Takes settled members out of a parcel, and says in the journal how far their records have got.
  void release(Parcel& parcel);
  /// Nothing can find out what became of an entry.
  void doubt(const Member& member, std::string_view why);
  /// Says in the journal that a parcel may have left.
  void write_sending(const Parcel& parcel);
  /// Makes the journal lasting, at once or when it has been a while.
  void commit_when_due(bool now);
  /// One issue for all entries of a record that share their fate.
  void report(const Work& work) const;
  /// Names what is not settled when the run ends early. The journal keeps it as it is, for the next
  /// run.
  void report_open(Work& work);

  /// Ends the run early.
  void stop(const std::string& why);
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }
  /// What must never be shown; asked for each text.
  void hide(std::function<std::string(std::string)> without_secrets) {
    without_secrets_ = std::move(without_secrets);
  }
  /// Whether this run has created what is at "Type/id".
  [[nodiscard]] bool has_created(const std::string& location) const {
    return created_.contains(location);
  }
  [[nodiscard]] Tally& tally() noexcept { return tally_; }

 private:
  [[nodiscard]] bool give_up(Entry& entry, const Verdict& verdict, int kind) const;
  void note_latest(const Work& work, const Entry& entry);
  void learn_name(const Member& member);
  void close(Work& work);
  void write_row(const Work& work, const Entry* entry, State state);

  const JobParts& job_;
  Followers* followers_ = nullptr;
  std::function<std::string(std::string)> without_secrets_ = [](std::string text) { return text; };
  Tally tally_;
  std::unordered_set<std::string> created_;  ///< "Type/id" of what this run has created
  bool stopping_ = false;
  bool commit_soon_ = false;  ///< the journal holds back something that must not be done twice
  Clock::time_point committed_{};
};

/// The journal's key of an entry that has a row of its own.
[[nodiscard]] Key entry_key(const Work& work, const Entry& entry);
/// What tells an entry from all others where no row is looked up by it: as good as entry_key(), and
/// made without a digest.
[[nodiscard]] Key place_key(const Work& work, const Entry& entry);
/// A server that says "later" is not failing.
[[nodiscard]] bool is_later(long status);

}  // namespace lhcr::deliver
