// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/planning.hpp"

#include <algorithm>
#include <utility>

#include "deliver/job/health.hpp"
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

void add_member(Parcel& parcel, const WorkPtr& work, std::uint32_t index) {
  work->entries[index].flying = true;
  ++work->flying;
  parcel.members.push_back({work, index});
}

}  // namespace

Planning::Planning(const JobParts& job, Ledger& ledger, std::function<void()> wake)
    : job_(job),
      ledger_(ledger),
      ahead_(
          job.source,
          [this](const std::shared_ptr<Record>& record, const std::string& problem) {
            return plan(record, problem);
          },
          std::move(wake)) {
  const std::size_t most = job.style.parcel_entries();
  if (job.journal.cut_short()) first_successor_ = job.time.now() + blind_patience;
  group_ = most == 0 ? job.style.group() : std::min(most, job.style.group());
  // A credential or a header is that of one record.
  if (job.source.record_paths() != nullptr) group_ = 1;
}

ParcelPtr Planning::next_parcel(Clock::time_point now) {
  ParcelPtr parcel = find_parcel(now);
  if (parcel != nullptr) ++out_;
  return parcel;
}

ParcelPtr Planning::find_parcel(Clock::time_point now) {
  begin_ready(now);
  if (ParcelPtr parcel = due_parcel(now)) return parcel;
  const std::size_t window = 64 + 8 * job_.settings.transport.connections;
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
bool Planning::may_wait_for_more(Clock::time_point now) {
  if (starved_ == Clock::time_point{}) starved_ = now;
  return now - starved_ < longest_patience;
}

ParcelPtr Planning::due_parcel(Clock::time_point now) {
  if (waiting_.empty() || waiting_.begin()->first > now) return nullptr;
  ParcelPtr parcel = std::move(waiting_.begin()->second);
  waiting_.erase(waiting_.begin());
  return parcel;
}

ParcelPtr Planning::cut_parcel() {
  // By place, since what is settled here lets others in at the end.
  for (std::size_t place = 0; place < open_.size();) {
    const WorkPtr work = open_[place];
    const bool all_left = work->final + work->flying == work->entries.size();
    if (ParcelPtr parcel = all_left ? nullptr : cut_bundle(work)) return parcel;
    // A work with entries on their way comes back by put_back(), or is closed when they have
    // settled.
    const bool waits = work->final + work->flying < work->entries.size();
    if (waits) {
      ++place;
    } else {
      open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(place));
    }
  }
  return loose_entries_ >= group_ ? cut_loose() : nullptr;
}

/// What of a Bundle may travel now.
std::vector<std::uint32_t> Planning::pick(Work& work) {
  CutOptions options{smaller_limit(job_.style.parcel_entries(), work.limit), job_.style.together(),
                     false, job_.style.needs_names()};
  std::vector<std::uint32_t> picked;
  const bool all = work.flying == 0 && work.final == 0 &&
                   (options.most == 0 || work.entries.size() <= options.most) && options.together;
  if (all) {
    for (std::uint32_t index = 0; index < work.entries.size(); ++index) picked.push_back(index);
  } else {
    complete(work, job_.style);
    picked = cut(work, options);
  }
  if (picked.empty() && work.flying == 0) {
    options.trust_own_ids = true;
    picked = cut(work, options);
  }
  if (!picked.empty() || refuse_blocked(work, options) == 0) return picked;
  for (Entry& entry : work.entries) {
    if (entry.state == State::refused && !entry.counted) ledger_.finish(work, entry);
  }
  return picked;
}

ParcelPtr Planning::cut_bundle(const WorkPtr& work) {
  const std::vector<std::uint32_t> picked = pick(*work);
  if (picked.empty()) return nullptr;
  auto parcel = std::make_unique<Parcel>();
  for (const std::uint32_t index : picked) add_member(*parcel, work, index);
  describe(*parcel);
  return parcel;
}

ParcelPtr Planning::cut_loose() {
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
  describe(*parcel);
  return parcel;
}

Planning::Got Planning::read_record() {
  if (held_ == nullptr) {
    if (source_ended_) return Got::nothing;
    ReadAhead::Item item = ahead_.next();
    if (item.position > 0) ledger_.tally().position = item.position;
    source_ended_ = item.ended;
    if (item.work == nullptr) return item.ended ? Got::nothing : Got::not_yet;
    held_ = std::move(item.work);
    ++ledger_.tally().records;
  }
  starved_ = {};
  const unsigned stage = held_->record->stage;
  const bool settled = empty() && out_ == 0;
  if (stage > stage_ && (!settled || release_absent())) return Got::later_stage;
  stage_ = stage;
  admit(std::exchange(held_, nullptr));
  return Got::record;
}

/// A CDA document for a style that takes FHIR only.
bool Planning::foreign(const Record& record) const {
  return record.cda && !find_style(job_.settings.style).takes_cda;
}

/// What the region asks of a record: of the resource of an entry that travels alone, else of all.
/// Runs in the reading thread.
void Planning::ask_record(Work& work) const {
  RecordPaths* paths = job_.source.record_paths();
  if (paths == nullptr || work.record->tree.empty()) return;
  const bool alone = job_.style.parcel_entries() == 1;
  for (Entry& entry : work.entries) {
    if (entry.state == State::refused) continue;
    auto texts = std::make_shared<RecordTexts>();
    const bool whole = !alone || entry.resource == tree::no_node;
    const std::string problem =
        paths->answer(work.record->tree, whole ? tree::root_node : entry.resource, *texts);
    if (!problem.empty()) refuse(entry, "not sent: " + problem);
    entry.texts = std::move(texts);
  }
}

/// Runs in the reading thread.
WorkPtr Planning::plan(const std::shared_ptr<Record>& record, const std::string& problem) const {
  if (problem.empty() && !foreign(*record)) {
    WorkPtr work = job_.style.plan(record);
    work->key = record->key;
    ask_record(*work);
    job_.style.asked(*work);
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

/// Whether nothing that has been read may leave, now or later.
bool Planning::empty() const {
  return open_.empty() && loose_.empty() && waiting_.empty() && ready_.empty() &&
         resting_.empty() && turns_.waiting() == 0;
}

bool Planning::nothing_left() const {
  return source_ended_ && held_ == nullptr && empty() && awaited_.empty();
}

std::optional<Clock::time_point> Planning::next_due() const {
  std::optional<Clock::time_point> due;
  if (!waiting_.empty()) due = waiting_.begin()->first;
  if (resting_.empty()) return due;
  return std::min(due.value_or(Clock::time_point::max()), resting_.begin()->first);
}

/// Whether anything may wait for what a work is called.
bool Planning::may_be_awaited(const Work& work) const {
  return work.loose || job_.style.renames();
}

void Planning::admit(const WorkPtr& work) {
  if (may_be_awaited(*work)) {
    for (std::string& name : names_of(*work)) ++unsettled_[std::move(name)];
  }
  if (turns_.enter(work, identities_of(*work))) begin(work);
}

void Planning::begin_ready(Clock::time_point now) {
  while (!resting_.empty() && resting_.begin()->first <= now) {
    const WorkPtr work = std::move(resting_.begin()->second);
    resting_.erase(resting_.begin());
    go_on(work);
  }
  while (!ready_.empty()) {
    const WorkPtr work = ready_.front();
    ready_.pop_front();
    begin(work);
  }
}

/// Its turn has come: what earlier runs have done is known for certain only now.
void Planning::begin(const WorkPtr& work) {
  if (!active_.insert(work->key).second) {
    ledger_.tally().already += work->entries.size();
    work->twin = true;
    return leave(*work);
  }
  recall(*work, job_);
  for (Entry& entry : work->entries) {
    if (entry.state != State::fresh && !entry.counted) ledger_.finish(*work, entry);
  }
  if (work->entries.empty()) leave(*work);
  if (work->final == work->entries.size()) return;
  const Clock::time_point echo = echo_for(*work);
  if (echo > job_.time.now()) {
    resting_.emplace(echo, work);
  } else {
    go_on(work);
  }
}

void Planning::go_on(const WorkPtr& work) {
  if (!await_targets(work)) enqueue(work);
}

/// Until when an earlier write of what this one writes may still come.
Clock::time_point Planning::echo_for(const Work& work) const {
  Clock::time_point latest{};
  if (echoes_.empty()) return latest;
  for (const std::string& identity : identities_of(work)) {
    const auto echo = echoes_.find(identity);
    if (echo != echoes_.end()) latest = std::max(latest, echo->second);
  }
  return latest;
}

void Planning::enqueue(const WorkPtr& work) {
  if (work->loose) {
    loose_.push_back(work);
    loose_entries_ += work->entries.size() - work->final;
  } else {
    open_.push_back(work);
  }
}

/// A server that gives new ids must know what a record refers to before the record comes: its own
/// "Patient/1" is another patient. True when the work waits.
bool Planning::await_targets(const WorkPtr& work) {
  if (!job_.style.renames()) return false;
  find_targets(*work);
  std::set<std::string> wanted;
  std::set<std::string> own;
  std::string missing;
  for (std::string& name : names_of(*work)) own.insert(std::move(name));
  for (const Entry& entry : work->entries) {
    if (entry.state != State::fresh) continue;
    each_reference(work->record->tree, entry.resource, [&](tree::NodeId node) {
      std::string name(reference_key(work->record->tree[node].text()));
      if (own.contains(name) || job_.journal.server_id(name)) return;
      if (missing_.contains(name) && !unsettled_.contains(name)) missing = name;
      if (may_come(name, *work)) wanted.insert(std::move(name));
    });
  }
  if (!missing.empty()) {
    refuse_for(work, missing);
    return true;
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
bool Planning::may_come(const std::string& name, const Work& work) const {
  if (unsettled_.contains(name)) return true;
  if (source_ended_ || job_.settings.whole_files) return false;
  const std::size_t slash = name.find('/');
  const bool relative = slash != std::string::npos && name.find(':') == std::string::npos;
  if (!relative && !name.starts_with("urn:")) return false;
  if (!job_.source.sorted()) return true;
  return relative && rank_of_type(std::string_view(name).substr(0, slash)) >= work.record->stage;
}

void Planning::release(const std::vector<WorkPtr>& works) {
  for (const WorkPtr& work : works) enqueue(work);
}

/// What is waited for and has not come by now is the server's own. True when something goes on.
bool Planning::release_absent() {
  const bool ended = source_ended_ && held_ == nullptr;
  const std::vector<WorkPtr> works = awaited_.settle_if([&](const std::string& name) {
    if (unsettled_.contains(name)) return false;
    return ended || (job_.source.sorted() &&
                     rank_of_type(std::string_view(name).substr(0, name.find('/'))) <= stage_);
  });
  release(works);
  return !works.empty();
}

/// When nothing else is left, what still waits waits for itself.
bool Planning::break_circles() {
  const bool stuck = held_ == nullptr && open_.empty() && loose_.empty() && waiting_.empty() &&
                     ready_.empty() && resting_.empty() && out_ == 0 && !awaited_.empty();
  if (!stuck) return false;
  const std::vector<WorkPtr> works = awaited_.take_all();
  if (job_.style.renames()) {
    refuse_waiting(works, "not sent: its references go round in a circle");
  } else {
    release(works);
  }
  return true;
}

void Planning::refuse_for(const WorkPtr& work, const std::string& name) {
  refuse_waiting({work}, why_not_sent(name, missing_.at(name)));
}

void Planning::refuse_waiting(const std::vector<WorkPtr>& works, const std::string& words) {
  for (const WorkPtr& work : works) {
    for (Entry& entry : work->entries) {
      if (entry.state != State::fresh) continue;
      refuse(entry, words);
      ledger_.finish(*work, entry);
    }
  }
}

/// Lets others go on that waited for this work.
void Planning::leave(const Work& work) {
  if (!work.twin) active_.erase(work.key);
  if (may_be_awaited(work)) settle_names(work);
  const Clock::time_point now = job_.time.now();
  for (const Entry& entry : work.entries) {
    const Clock::time_point end = std::max(entry.echo, first_successor_);
    if (end <= now) continue;
    Clock::time_point& echo = echoes_[identity_of(entry)];
    echo = std::max(echo, end);
  }
  for (const WorkPtr& next : turns_.leave(work)) ready_.push_back(next);
}

void Planning::settle_names(const Work& work) {
  const bool applied =
      std::all_of(work.entries.begin(), work.entries.end(),
                  [](const Entry& entry) { return entry.state == State::applied; });
  for (const std::string& name : names_of(work)) {
    if (applied && !job_.style.renames()) lately_.push_back(name);
    if (lately_.size() > most_waiting) lately_.pop_front();
    const auto place = unsettled_.find(name);
    if (place != unsettled_.end() && --place->second > 0) continue;
    if (place != unsettled_.end()) unsettled_.erase(place);
    if (work.twin || !job_.style.renames() || job_.journal.server_id(name)) {
      release(awaited_.settle(name));
    } else {
      missing_.emplace(name, applied);
      for (const WorkPtr& waiting : awaited_.take(name)) refuse_for(waiting, name);
    }
  }
}

bool Planning::hold_back(const Member& member) {
  Work& work = *member.work;
  const bool may = work.loose && !work.apart && work.entries.size() == 1 && !job_.style.renames() &&
                   awaited_.bytes() <= most_awaited_bytes;
  if (!may) return false;
  const std::vector<std::string> own = names_of(work);
  std::set<std::string> wanted;
  bool came = false;
  each_reference(work.record->tree, member.entry().resource, [&](tree::NodeId node) {
    std::string name(reference_key(work.record->tree[node].text()));
    if (std::find(own.begin(), own.end(), name) != own.end()) return;
    came = came || std::find(lately_.begin(), lately_.end(), name) != lately_.end();
    if (may_come(name, work)) wanted.insert(std::move(name));
  });
  if (wanted.empty() && !came) return false;
  work.apart = true;
  member.entry().flying = false;
  --work.flying;
  if (wanted.empty()) {
    enqueue(member.work);
  } else {
    awaited_.add(member.work, {wanted.begin(), wanted.end()});
  }
  return true;
}

void Planning::put_apart(const Parcel& parcel) {
  std::unordered_map<std::string, const Work*> names;
  for (const Member& member : parcel.members) {
    for (std::string& name : names_of(*member.work))
      names.emplace(std::move(name), member.work.get());
  }
  for (const Member& member : parcel.members) {
    Work& work = *member.work;
    if (work.apart) continue;
    work.apart = true;
    std::set<std::string> wanted;
    for (const Entry& entry : work.entries) {
      each_reference(work.record->tree, entry.resource, [&](tree::NodeId node) {
        const std::string name(reference_key(work.record->tree[node].text()));
        const auto found = names.find(name);
        if (found != names.end() && found->second != &work) wanted.insert(name);
      });
    }
    const auto place = std::find(loose_.begin(), loose_.end(), member.work);
    if (wanted.empty() || place == loose_.end()) continue;
    loose_.erase(place);
    loose_entries_ -= work.entries.size() - work.final;
    awaited_.add(member.work, {wanted.begin(), wanted.end()});
  }
}

void Planning::put_back(const Parcel& parcel, std::size_t limit) {
  --out_;
  std::set<Work*> seen;
  // Backwards, so that they come out in the order in which they went in.
  for (auto member = parcel.members.rbegin(); member != parcel.members.rend(); ++member) {
    Work& work = *member->work;
    Entry& entry = member->entry();
    entry.flying = false;
    --work.flying;
    work.limit = limit;
    work.first_open = std::min(work.first_open, member->index);
    if (!seen.insert(&work).second) continue;
    std::deque<WorkPtr>& queue = work.loose ? loose_ : open_;
    if (std::find(queue.begin(), queue.end(), member->work) == queue.end()) {
      queue.push_front(member->work);
      if (work.loose) loose_entries_ += work.entries.size() - work.final;
    }
  }
}

void Planning::later(ParcelPtr parcel, Millis wait) {
  --out_;
  waiting_.emplace(job_.time.now() + wait, std::move(parcel));
}

void Planning::forget_all(const std::function<void(Work&)>& call) {
  std::set<Work*> seen;
  const auto call_once = [&](const WorkPtr& work) {
    if (seen.insert(work.get()).second) call(*work);
  };
  for (const auto& [due, parcel] : waiting_) {
    for (const Member& member : parcel->members) call_once(member.work);
  }
  for (const auto* works : {&open_, &loose_, &ready_}) {
    for (const WorkPtr& work : *works) call_once(work);
  }
  for (const auto& [due, work] : resting_) call_once(work);
  for (const WorkPtr& work : awaited_.take_all()) call_once(work);
  for (const WorkPtr& work : turns_.take_waiting()) call_once(work);
  ready_.clear();
  resting_.clear();
  open_.clear();
  loose_.clear();
  loose_entries_ = 0;
  waiting_.clear();
}

void Planning::read_rest(const std::function<void(Work&)>& call,
                         const std::function<bool()>& pause) {
  while (held_ != nullptr || !source_ended_) {
    if (held_ != nullptr) stage_ = held_->record->stage;
    if (read_record() == Got::record) {
      forget_all(call);
    } else if (!pause()) {
      return;
    }
  }
}

}  // namespace lhcr::deliver
