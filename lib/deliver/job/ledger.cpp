// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/ledger.hpp"

#include <algorithm>
#include <set>

#include "deliver/job/order.hpp"
#include "deliver/style/references.hpp"

namespace lhcr::deliver {
namespace {

State worst_state(const Work& work) {
  State worst = State::applied;
  for (const Entry& entry : work.entries) worst = std::max(worst, entry.state);
  return worst;
}

}  // namespace

bool is_later(long status) {
  return status == 429 || status == 503;
}

Key entry_key(const Work& work, const Entry& entry) {
  if (work.entries.size() == 1) return work.key;
  const std::uint64_t index = static_cast<std::uint64_t>(&entry - work.entries.data());
  return hash_of({{reinterpret_cast<const char*>(work.key.data()), work.key.size()},
                  {reinterpret_cast<const char*>(&index), sizeof index}});
}

Key place_key(const Work& work, const Entry& entry) {
  Key key = work.key;
  if (work.entries.size() == 1) return key;
  auto index = static_cast<std::uint64_t>(&entry - work.entries.data()) + 1;
  for (auto byte = key.rbegin(); index > 0; ++byte, index >>= 8U) {
    *byte ^= static_cast<std::uint8_t>(index);
  }
  return key;
}

bool Ledger::give_up(Entry& entry, const Verdict& verdict, int kind) const {
  if (kind == -static_cast<int>(Failure::not_sent)) return false;  // the breaker sees to it
  if (is_later(verdict.status)) return entry.attempts >= job_.settings.attempts;
  entry.same = kind == entry.latest ? entry.same + 1 : 1;
  entry.latest = kind;
  return entry.same >= job_.settings.same_failures || entry.attempts >= job_.settings.attempts;
}

void Ledger::apply(const Member& member, const Verdict& verdict, int kind) {
  Entry& entry = member.entry();
  entry.status = verdict.status;
  entry.words.clear();
  if (!verdict.words.empty()) entry.words = without_secrets_(verdict.words);
  switch (verdict.result) {
    case Result::applied:
      entry.location = verdict.location;
      entry.state = State::applied;
      if (!entry.location.empty() && !entry.repeatable) created_.insert(entry.location);
      note_latest(*member.work, entry);
      learn_name(member);
      break;
    case Result::refused:
      entry.state = State::refused;
      break;
    case Result::accepted:
      entry.location = verdict.location;
      entry.state = State::unknown;
      break;
    case Result::again:
      if (give_up(entry, verdict, kind)) entry.state = State::failed;
      break;
    case Result::untold:
      entry.doubtful = true;
      if (entry.repeatable || give_up(entry, verdict, kind)) entry.state = State::unknown;
      break;
    case Result::unknown:
      entry.doubtful = true;
      if (entry.repeatable && give_up(entry, verdict, kind)) entry.state = State::unknown;
      break;
  }
  if (entry.state != State::fresh) finish(*member.work, entry);
}

void Ledger::note_latest(const Work& work, const Entry& entry) {
  const std::string identity = identity_of(entry);
  if (identity.empty()) return;
  if (entry.method == "POST") return followers_->is_there(identity);
  if (!job_.journal.durable()) return;
  job_.journal.put_latest(identity,
                          {place_key(work, entry), work.record->source, work.record->index});
}

void Ledger::learn_name(const Member& member) {
  const Entry& entry = member.entry();
  if (!job_.style.renames() || entry.location.empty()) return;
  const tree::Tree& tree = member.work->record->tree;
  const std::string_view id = child_text(tree, entry.resource, "id");
  if (!entry.full_url.empty()) job_.journal.remember(std::string(entry.full_url), entry.location);
  if (id.empty()) return;
  const std::string type(tree.resource_type(entry.resource));
  job_.journal.remember(type + "/" + std::string(id), entry.location);
}

void Ledger::release(Parcel& parcel) {
  std::set<Work*> partial;
  auto& members = parcel.members;
  const auto settled = [&](const Member& member) {
    Entry& entry = member.entry();
    if (entry.state == State::fresh) return false;
    entry.flying = false;
    --member.work->flying;
    Work& work = *member.work;
    if (!work.per_entry && work.final < work.entries.size()) partial.insert(&work);
    return true;
  };
  members.erase(std::remove_if(members.begin(), members.end(), settled), members.end());
  for (const Work* work : partial) write_row(*work, nullptr, State::sent);
  if (!members.empty()) describe(parcel);
}

void Ledger::doubt(const Member& member, std::string_view why) {
  Entry& entry = member.entry();
  entry.state = State::unknown;
  entry.words += (entry.words.empty() ? "" : "; ") + std::string(why);
  finish(*member.work, entry);
}

void Ledger::finish(Work& work, Entry& entry) {
  entry.counted = true;
  commit_soon_ = commit_soon_ || !entry.repeatable;
  switch (entry.state) {
    case State::applied:
      ++(entry.earlier ? tally_.already : tally_.applied);
      break;
    case State::refused:
      ++tally_.refused;
      break;
    case State::failed:
      ++tally_.failed;
      break;
    case State::unknown:
      ++tally_.unknown;
      break;
    default:
      break;
  }
  if (work.per_entry && !entry.earlier && !job_.settings.dry_run)
    write_row(work, &entry, entry.state);
  if (++work.final == work.entries.size()) close(work);
}

void Ledger::close(Work& work) {
  const bool all_earlier = std::all_of(work.entries.begin(), work.entries.end(),
                                       [](const Entry& entry) { return entry.earlier; });
  if (!work.per_entry && !all_earlier && !job_.settings.dry_run) {
    write_row(work, nullptr, worst_state(work));
  }
  report(work);
  followers_->leave(work);
}

void Ledger::write_sending(const Parcel& parcel) {
  for (const Member& member : parcel.members) {
    Work& work = *member.work;
    Entry& entry = member.entry();
    bool& written = work.per_entry ? entry.journalled : work.journalled;
    if (written) continue;
    written = true;
    write_row(work, &entry, State::sent);
  }
}

void Ledger::write_row(const Work& work, const Entry* entry, State state) {
  if (!job_.journal.durable()) return;
  JournalRow row;
  row.state = state;
  row.source = work.record->source;
  row.record = work.record->index;
  row.key = work.per_entry && entry != nullptr ? entry_key(work, *entry) : work.key;
  if (work.per_entry && entry != nullptr) {
    row.entries = entry->location;
  } else if (work.final > 0) {
    const bool plain = state == State::applied &&
                       std::all_of(work.entries.begin(), work.entries.end(),
                                   [](const Entry& each) { return each.method == "PUT"; });
    if (!plain) row.entries = pack_entries(work);
  }
  const Entry* told = entry;
  for (const Entry& each : work.entries) {
    if (told == nullptr && each.state != State::applied) told = &each;
  }
  if (told != nullptr && state != State::sent) {
    row.attempts = told->attempts;
    row.status = told->status;
    row.words = told->words;
    row.label = label_of(work, *told);
  } else if (!work.entries.empty()) {
    row.attempts = work.entries.front().attempts;
    row.status = work.entries.front().status;
  }
  job_.journal.put(row);
}

void Ledger::report(const Work& work) const {
  if (!job_.hooks.issue) return;
  std::vector<Issue> issues;
  for (const Entry& entry : work.entries) {
    if (entry.state == State::applied) continue;
    const auto same = std::find_if(issues.begin(), issues.end(), [&](const Issue& issue) {
      return issue.state == entry.state && issue.status == entry.status &&
             issue.words == entry.words;
    });
    const auto place = same != issues.end() ? same : issues.insert(issues.end(), Issue{});
    place->state = entry.state;
    place->source = work.record->source;
    place->record = work.record->index;
    place->status = entry.status;
    place->attempts = std::max(place->attempts, entry.attempts);
    place->words = entry.words;
    // What is no resource is known by its place.
    const bool is_resource =
        entry.resource != tree::no_node && !work.record->tree.resource_type(entry.resource).empty();
    if (is_resource || !entry.url.empty()) {
      place->labels.push_back(label_of(work, entry));
    }
  }
  for (const Issue& issue : issues) job_.hooks.issue(issue);
}

void Ledger::commit_when_due(bool now) {
  const Clock::time_point moment = job_.time.now();
  if (!now && !commit_soon_ && moment - committed_ < commit_gap) return;
  // What became of something is looked for when it is not known, so it need not be waited for.
  now ? job_.journal.commit() : job_.journal.commit_soon();
  commit_soon_ = false;
  committed_ = moment;
}

void Ledger::stop(const std::string& why) {
  stopping_ = true;
  tally_.stopped = without_secrets_(why);
}

void Ledger::report_open(Work& work) {
  for (Entry& entry : work.entries) {
    if (entry.state != State::fresh) continue;
    if (entry.doubtful) {
      entry.state = State::unknown;
      ++tally_.unknown;
    } else {
      ++tally_.not_sent;
    }
    if (entry.words.empty()) entry.words = "not sent: " + tally_.stopped;
  }
  report(work);
}

}  // namespace lhcr::deliver
