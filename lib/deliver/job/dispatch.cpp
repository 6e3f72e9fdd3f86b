// SPDX-License-Identifier: Apache-2.0
// What a delivery sends next: reading ahead, remembering what earlier runs did, cutting parcels.
#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "deliver/job/courier.hpp"
#include "deliver/style/outline.hpp"
#include "deliver/style/references.hpp"
#include "deliver/style/safe.hpp"

namespace lhcr::deliver {
namespace {

constexpr Millis longest_patience{100};

std::size_t smaller_limit(std::size_t a, std::size_t b) {
  if (a == 0 || b == 0) return std::max(a, b);
  return std::min(a, b);
}

}  // namespace

ParcelPtr Courier::next_parcel(Clock::time_point now) {
  if (ParcelPtr parcel = due_parcel(now)) return parcel;
  const std::size_t window = 64 + 8 * settings_.transport.connections;
  if (waiting_.size() >= window) return nullptr;
  for (;;) {
    if (ParcelPtr parcel = cut_parcel()) return parcel;
    if (open_.size() >= window) return nullptr;
    const Got got = read_record();
    if (got == Got::record) continue;
    if (loose_.empty() || (got == Got::not_yet && may_wait_for_more(now))) return nullptr;
    return cut_loose();
  }
}

/// Loose resources that do not fill a request wait a moment for others from a slow input.
bool Courier::may_wait_for_more(Clock::time_point now) {
  if (starved_ == Clock::time_point{}) starved_ = now;
  return now - starved_ < longest_patience;
}

ParcelPtr Courier::due_parcel(Clock::time_point now) {
  if (waiting_.empty() || waiting_.begin()->first > now) return nullptr;
  ParcelPtr parcel = std::move(waiting_.begin()->second);
  waiting_.erase(waiting_.begin());
  return parcel;
}

ParcelPtr Courier::cut_parcel() {
  for (auto place = open_.begin(); place != open_.end();) {
    const WorkPtr work = *place;
    const bool all_left = work->final + work->flying == work->entries.size();
    if (ParcelPtr parcel = all_left ? nullptr : cut_bundle(work)) return parcel;
    // A work with entries on their way comes back by put_back(), or is closed when they have
    // settled.
    const bool waits = work->final + work->flying < work->entries.size();
    place = waits ? std::next(place) : open_.erase(place);
  }
  return loose_entries_ >= group_ ? cut_loose() : nullptr;
}

ParcelPtr Courier::cut_bundle(const WorkPtr& work) {
  CutOptions options{smaller_limit(style_->parcel_entries(), work->limit), style_->together(),
                     false};
  std::vector<std::uint32_t> picked;
  const bool all = work->flying == 0 && work->final == 0 &&
                   (options.most == 0 || work->entries.size() <= options.most) &&
                   style_->together();
  if (all) {
    for (std::uint32_t index = 0; index < work->entries.size(); ++index) picked.push_back(index);
  } else {
    complete(*work, *style_);
    picked = cut(*work, options);
  }
  if (picked.empty() && work->flying == 0) {
    options.trust_own_ids = true;
    picked = cut(*work, options);
  }
  if (picked.empty()) {
    if (refuse_blocked(*work, options) > 0) {
      for (Entry& entry : work->entries) {
        if (entry.state == State::refused && !entry.counted) finish_entry(*work, entry);
      }
    }
    return nullptr;
  }
  auto parcel = std::make_unique<Parcel>();
  for (const std::uint32_t index : picked) add_member(*parcel, work, index);
  describe_parcel(*parcel);
  return parcel;
}

ParcelPtr Courier::cut_loose() {
  auto parcel = std::make_unique<Parcel>();
  std::size_t most = group_;
  while (!loose_.empty() && parcel->members.size() < most) {
    const WorkPtr work = loose_.front();
    const bool alone = must_be_sought(work->entries.front());
    most = smaller_limit(most, work->limit);
    const std::size_t next = work->entries.size() - work->final;
    if (!parcel->members.empty() && (alone || parcel->members.size() + next > most)) break;
    loose_.pop_front();
    loose_entries_ -= next;
    for (std::uint32_t index = 0; index < work->entries.size(); ++index) {
      if (work->entries[index].state == State::fresh) add_member(*parcel, work, index);
    }
    if (alone) break;
  }
  if (parcel->members.empty()) return nullptr;
  describe_parcel(*parcel);
  return parcel;
}

void Courier::add_member(Parcel& parcel, const WorkPtr& work, std::uint32_t index) {
  work->entries[index].flying = true;
  ++work->flying;
  parcel.members.push_back({work, index});
}

void Courier::describe_parcel(Parcel& parcel) const {
  const Work& first = *parcel.members.front().work;
  parcel.whole = first.user_bundle && parcel.members.size() == first.entries.size();
  parcel.repeatable = std::all_of(parcel.members.begin(), parcel.members.end(),
                                  [](const Member& member) { return member.entry().repeatable; });
}

Courier::Got Courier::read_record() {
  if (held_ == nullptr) {
    if (source_ended_) return Got::nothing;
    ReadAhead::Item item = ahead_.next();
    if (item.position > 0) tally_.position = item.position;
    source_ended_ = item.ended;
    if (item.work == nullptr) return item.ended ? Got::nothing : Got::not_yet;
    held_ = std::move(item.work);
    ++tally_.records;
  }
  starved_ = {};
  const unsigned stage = held_->record->stage;
  const bool settled =
      open_.empty() && loose_.empty() && waiting_.empty() && flying_.empty() && in_hand_ == 0;
  if (stage > stage_ && !settled) return Got::later_stage;
  stage_ = stage;
  admit(std::exchange(held_, nullptr));
  return Got::record;
}

/// A CDA document for a style that takes FHIR only.
bool Courier::foreign(const Record& record) const {
  return record.cda && !find_style(settings_.style).takes_cda;
}

/// Runs in the reading thread.
WorkPtr Courier::plan(const std::shared_ptr<Record>& record, const std::string& problem) const {
  if (problem.empty() && !foreign(*record)) {
    WorkPtr work = style_->plan(record);
    work->key = record->key;
    for (Entry& entry : work->entries) {
      if (entry.state == State::refused) continue;
      const std::string unsafe = unsafe_part(*work, entry);
      if (!unsafe.empty()) refuse(entry, "not sent: " + unsafe);
    }
    return work;
  }
  const bool readable = !record->cda && !record->tree.empty();
  WorkPtr work = readable ? open_record(record) : std::make_shared<Work>();
  work->record = record;
  work->key = record->key;
  work->loose = true;
  if (work->entries.empty()) work->entries.emplace_back();
  const std::string words =
      problem.empty() ? "not sent: it is a CDA document (--convert makes FHIR of it)" : problem;
  for (Entry& entry : work->entries) refuse(entry, words);
  return work;
}

void Courier::admit(const WorkPtr& work) {
  if (!active_.insert(work->key).second) {
    tally_.already += work->entries.size();
    return;
  }
  recall(*work);
  for (Entry& entry : work->entries) {
    if (entry.state != State::fresh && !entry.counted) finish_entry(*work, entry);
  }
  if (work->entries.empty()) active_.erase(work->key);
  if (work->final == work->entries.size()) return;
  if (work->loose) {
    loose_.push_back(work);
    loose_entries_ += work->entries.size() - work->final;
  } else {
    open_.push_back(work);
  }
}

/// Lays what the journal says over a work that has just been planned.
void Courier::recall(Work& work) {
  if (!journal_.durable()) return;
  if (work.per_entry) {
    for (Entry& entry : work.entries) {
      const auto row =
          entry.state == State::fresh ? journal_.find(entry_key(work, entry)) : std::nullopt;
      if (!row) continue;
      entry.location = row->entries;
      entry.journalled = row->state == State::sent;
      recall_entry(entry, *row);
    }
    return;
  }
  const std::optional<JournalRow> row = journal_.find(work.key);
  if (!row) return;
  const std::size_t refused_by_plan = work.final;
  if (row->state == State::applied) {
    for (Entry& entry : work.entries) entry.state = State::applied;
  }
  unpack_entries(row->entries, work);
  work.journalled = row->state == State::sent && refused_by_plan == 0;
  for (Entry& entry : work.entries) recall_entry(entry, *row);
}

void Courier::recall_entry(Entry& entry, const JournalRow& row) const {
  const bool own_state = entry.state != State::fresh;
  const State state = own_state ? entry.state : row.state;
  entry.earlier = true;
  const bool again = state == State::sent || (state != State::applied && settings_.retry_failed);
  if (again) entry.earlier = false;
  if (state == State::applied) {
    entry.state = State::applied;
  } else if (state == State::sent) {
    entry.state = State::fresh;
    entry.doubtful = true;
  } else if (settings_.retry_failed) {
    entry.state = State::fresh;
    entry.doubtful = state == State::unknown;
  } else {
    entry.state = state;
    entry.status = row.status;
    entry.attempts = row.attempts;
    entry.words = row.words;
  }
}

Key Courier::entry_key(const Work& work, const Entry& entry) const {
  if (work.entries.size() == 1) return work.key;
  const std::uint64_t index = static_cast<std::uint64_t>(&entry - work.entries.data());
  return hash_of({{reinterpret_cast<const char*>(work.key.data()), work.key.size()},
                  {reinterpret_cast<const char*>(&index), sizeof index}});
}

/// References to what the server keeps under another id, now that it is known.
void Courier::prepare_references(const Parcel& parcel) {
  if (parcel.whole && !style_->renames()) return;
  for (const Member& member : parcel.members) {
    Work& work = *member.work;
    complete(work, *style_);
    if (work.user_bundle) find_targets(work);
    if (!work.user_bundle && !style_->renames()) continue;
    rewrite_references(work.record->tree, member.entry().resource,
                       [&](tree::NodeId node, std::string_view reference) {
                         const auto place = target_of(work, node);
                         if (!place) {
                           return style_->renames() ? journal_.server_id(std::string(reference))
                                                    : std::nullopt;
                         }
                         const Entry& target = work.entries[*place];
                         if (target.state != State::applied) return std::optional<std::string>();
                         return std::optional(server_name(target));
                       });
  }
}

Request Courier::build(Parcel& parcel) {
  prepare_references(parcel);
  return style_->request(parcel);
}

bool Courier::too_big(const Request& request) const {
  return most_bytes_ > 0 && request.content().size() > most_bytes_;
}

}  // namespace lhcr::deliver
