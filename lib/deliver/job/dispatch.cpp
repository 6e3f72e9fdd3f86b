// SPDX-License-Identifier: Apache-2.0
// What a delivery sends next: reading ahead, remembering what earlier runs did, cutting parcels.
#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "deliver/job/courier.hpp"
#include "deliver/job/survey.hpp"
#include "deliver/style/outline.hpp"
#include "deliver/style/references.hpp"
#include "deliver/style/safe.hpp"

namespace lhcr::deliver {
namespace {

constexpr Millis longest_patience{100};
constexpr std::size_t most_waiting = 10'000;                        // works for their turn
constexpr std::size_t most_awaited_bytes = std::size_t{64} << 20U;  // of records for others

std::size_t smaller_limit(std::size_t a, std::size_t b) {
  if (a == 0 || b == 0) return std::max(a, b);
  return std::min(a, b);
}

}  // namespace

ParcelPtr Courier::next_parcel(Clock::time_point now) {
  begin_ready();
  if (ParcelPtr parcel = due_parcel(now)) return parcel;
  const std::size_t window = 64 + 8 * settings_.transport.connections;
  if (waiting_.size() >= window) return nullptr;
  for (;;) {
    if (ParcelPtr parcel = cut_parcel()) return parcel;
    if (open_.size() >= window || turns_.waiting() >= most_waiting) {
      return loose_.empty() ? nullptr : cut_loose();
    }
    const Got got = read_record();
    if (got == Got::record) continue;
    if (got == Got::nothing && (release_absent() || break_circles())) continue;
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
  const auto settled = [this] {
    return open_.empty() && loose_.empty() && waiting_.empty() && flying_.empty() &&
           in_hand_ == 0 && ready_.empty() && turns_.waiting() == 0;
  };
  if (stage > stage_ && (!settled() || release_absent())) return Got::later_stage;
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

/// Whether nothing that has been read is left to do.
bool Courier::idle() const {
  return open_.empty() && loose_.empty() && waiting_.empty() && ready_.empty() &&
         awaited_.empty() && turns_.waiting() == 0;
}

void Courier::admit(const WorkPtr& work) {
  for (std::string& name : names_of(*work)) ++unsettled_[std::move(name)];
  if (turns_.enter(work, identities_of(*work))) begin(work);
}

void Courier::begin_ready() {
  while (!ready_.empty()) {
    const WorkPtr work = ready_.front();
    ready_.pop_front();
    begin(work);
  }
}

/// Its turn has come: what earlier runs have done is known for certain only now.
void Courier::begin(const WorkPtr& work) {
  if (!active_.insert(work->key).second) {
    tally_.already += work->entries.size();
    work->twin = true;
    return leave(*work);
  }
  recall(*work);
  for (Entry& entry : work->entries) {
    if (entry.state != State::fresh && !entry.counted) finish_entry(*work, entry);
  }
  if (work->entries.empty()) leave(*work);
  if (work->final == work->entries.size() || await_targets(work)) return;
  enqueue(work);
}

void Courier::enqueue(const WorkPtr& work) {
  if (work->loose) {
    loose_.push_back(work);
    loose_entries_ += work->entries.size() - work->final;
  } else {
    open_.push_back(work);
  }
}

/// A server that gives new ids must know what a record refers to before the record comes: its own
/// "Patient/1" is another patient. True when the work waits.
bool Courier::await_targets(const WorkPtr& work) {
  if (!style_->renames()) return false;
  find_targets(*work);
  std::set<std::string> wanted;
  std::set<std::string> own;
  for (std::string& name : names_of(*work)) own.insert(std::move(name));
  for (const Entry& entry : work->entries) {
    if (entry.state != State::fresh) continue;
    each_reference(work->record->tree, entry.resource, [&](tree::NodeId node) {
      std::string name(reference_key(work->record->tree[node].text()));
      const bool open = !own.contains(name) && !journal_.server_id(name) && may_come(name, *work);
      if (open) wanted.insert(std::move(name));
    });
  }
  if (wanted.empty()) return false;
  if (awaited_.bytes() > most_awaited_bytes) {
    refuse_waiting({work}, "not sent: it refers to " + *wanted.begin() +
                               ", which may come later, and too much waits like it; give files, "
                               "not a pipe");
    return true;
  }
  awaited_.add(work, {wanted.begin(), wanted.end()});
  return true;
}

/// Whether something of this name has been read and is not settled, or may still be read.
bool Courier::may_come(const std::string& name, const Work& work) const {
  if (unsettled_.contains(name)) return true;
  if (source_ended_ || settings_.whole_files) return false;
  const std::size_t slash = name.find('/');
  const bool relative = slash != std::string::npos && name.find(':') == std::string::npos;
  if (!relative && !name.starts_with("urn:")) return false;
  if (!source_.sorted()) return true;
  return relative && rank_of_type(std::string_view(name).substr(0, slash)) >= work.record->stage;
}

void Courier::release(const std::vector<WorkPtr>& works) {
  for (const WorkPtr& work : works) enqueue(work);
}

/// What is waited for and has not come by now is the server's own. True when something goes on.
bool Courier::release_absent() {
  const bool ended = source_ended_ && held_ == nullptr;
  const std::vector<WorkPtr> works = awaited_.settle_if([&](const std::string& name) {
    if (unsettled_.contains(name)) return false;
    return ended || (source_.sorted() &&
                     rank_of_type(std::string_view(name).substr(0, name.find('/'))) <= stage_);
  });
  release(works);
  return !works.empty();
}

/// When nothing else is left, what still waits waits for itself.
bool Courier::break_circles() {
  const bool stuck = held_ == nullptr && open_.empty() && loose_.empty() && waiting_.empty() &&
                     flying_.empty() && ready_.empty() && in_hand_ == 0 && !awaited_.empty();
  if (!stuck) return false;
  const std::vector<WorkPtr> works = awaited_.take_all();
  if (style_->renames()) {
    refuse_waiting(works, "not sent: its references go round in a circle");
  } else {
    release(works);
  }
  return true;
}

void Courier::refuse_waiting(const std::vector<WorkPtr>& works, const std::string& words) {
  for (const WorkPtr& work : works) {
    for (Entry& entry : work->entries) {
      if (entry.state != State::fresh) continue;
      refuse(entry, words);
      finish_entry(*work, entry);
    }
  }
}

/// Lets others go on that waited for this work.
void Courier::leave(const Work& work) {
  if (!work.twin) active_.erase(work.key);
  const bool applied =
      std::all_of(work.entries.begin(), work.entries.end(),
                  [](const Entry& entry) { return entry.state == State::applied; });
  for (const std::string& name : names_of(work)) {
    const auto place = unsettled_.find(name);
    if (place != unsettled_.end() && --place->second > 0) continue;
    if (place != unsettled_.end()) unsettled_.erase(place);
    if (applied || work.twin || !style_->renames() || journal_.server_id(name)) {
      release(awaited_.settle(name));
    } else {
      refuse_waiting(awaited_.take(name),
                     "not sent: it refers to " + name + ", which was not applied");
    }
  }
  for (const WorkPtr& next : turns_.leave(work)) ready_.push_back(next);
}

/// Whether the server has this content by what the journal says: nothing has been applied under its
/// identity since, but for what comes later in this input.
bool Courier::is_current(const Work& work, const Entry& entry) {
  if (entry.method == "POST") return true;
  const std::string identity = identity_of(entry);
  const auto latest = identity.empty() ? std::nullopt : journal_.latest(identity);
  return !latest || latest->key == entry_key(work, entry) ||
         source_.comes_later(latest->source, latest->record, *work.record);
}

/// Lays what the journal says over a work that has just been planned.
void Courier::recall(Work& work) {
  if (!journal_.durable()) return;
  if (work.per_entry) {
    for (Entry& entry : work.entries) {
      const auto row =
          entry.state == State::fresh ? journal_.find(entry_key(work, entry)) : std::nullopt;
      if (!row || (row->state == State::applied && !is_current(work, entry))) continue;
      entry.location = row->entries;
      entry.journalled = row->state == State::sent;
      recall_entry(entry, *row);
    }
    return;
  }
  const std::optional<JournalRow> row = journal_.find(work.key);
  if (!row) return;
  std::set<const Entry*> stale;  // applied once, and something else since
  const std::size_t refused_by_plan = work.final;
  if (row->state == State::applied) {
    for (Entry& entry : work.entries) entry.state = State::applied;
  }
  unpack_entries(row->entries, work);
  for (Entry& entry : work.entries) {
    if (entry.state != State::applied || is_current(work, entry)) continue;
    entry.state = State::fresh;
    stale.insert(&entry);
  }
  work.journalled = row->state == State::sent && refused_by_plan == 0;
  for (Entry& entry : work.entries) {
    if (!stale.contains(&entry)) recall_entry(entry, *row);
  }
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
