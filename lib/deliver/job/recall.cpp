// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/recall.hpp"

#include <set>

#include "deliver/job/health.hpp"
#include "deliver/job/order.hpp"

namespace lhcr::deliver {
namespace {

/// Whether the server has this content by what the journal says: nothing has been applied under its
/// identity since, but for what comes later in this input.
bool is_current(const Work& work, const Entry& entry, const JobParts& job) {
  if (entry.method == "POST") return true;
  const std::string identity = identity_of(entry);
  const auto latest = identity.empty() ? std::nullopt : job.journal.latest(identity);
  // Earlier releases kept the other key.
  return !latest || latest->key == place_key(work, entry) ||
         latest->key == entry_key(work, entry) ||
         job.source.comes_later(latest->source, latest->record, *work.record);
}

void recall_entry(Entry& entry, const JournalRow& row, bool retry_failed) {
  const bool own_state = entry.state != State::fresh;
  const State state = own_state ? entry.state : row.state;
  entry.earlier = true;
  const bool again = state == State::sent || (state != State::applied && retry_failed);
  if (again) entry.earlier = false;
  if (state == State::applied) {
    entry.state = State::applied;
  } else if (state == State::sent) {
    entry.state = State::fresh;
    entry.doubtful = true;
  } else if (retry_failed) {
    entry.state = State::fresh;
    entry.doubtful = state == State::unknown;
  } else {
    entry.state = state;
    entry.status = row.status;
    entry.attempts = row.attempts;
    entry.words = row.words;
  }
}

/// What an earlier run sent more than once may still come: the run may have ended just now.
void note_echo(Entry& entry, unsigned attempts, const JobParts& job) {
  if (attempts > 1 || entry.doubtful) entry.echo = job.time.now() + blind_patience;
}

void recall_entries(Work& work, const JobParts& job) {
  for (Entry& entry : work.entries) {
    const auto row =
        entry.state == State::fresh ? job.journal.find(entry_key(work, entry)) : std::nullopt;
    if (!row || (row->state == State::applied && !is_current(work, entry, job))) continue;
    entry.location = row->entries;
    entry.journalled = row->state == State::sent;
    recall_entry(entry, *row, job.settings.retry_failed);
    note_echo(entry, row->attempts, job);
  }
}

void recall_whole(Work& work, const JobParts& job) {
  const std::optional<JournalRow> row = job.journal.find(work.key);
  if (!row) return;
  std::set<const Entry*> stale;  // applied once, and something else since
  const std::size_t refused_by_plan = work.final;
  if (row->state == State::applied) {
    for (Entry& entry : work.entries) entry.state = State::applied;
  }
  unpack_entries(row->entries, work);
  for (Entry& entry : work.entries) {
    if (entry.state != State::applied || is_current(work, entry, job)) continue;
    entry.state = State::fresh;
    stale.insert(&entry);
  }
  work.journalled = row->state == State::sent && refused_by_plan == 0;
  for (Entry& entry : work.entries) {
    if (!stale.contains(&entry)) recall_entry(entry, *row, job.settings.retry_failed);
    note_echo(entry, row->attempts, job);
  }
}

}  // namespace

void recall(Work& work, const JobParts& job) {
  if (!job.journal.durable()) return;
  if (work.per_entry) {
    recall_entries(work, job);
  } else {
    recall_whole(work, job);
  }
}

}  // namespace lhcr::deliver
