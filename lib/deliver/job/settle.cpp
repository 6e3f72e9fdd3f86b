// SPDX-License-Identifier: Apache-2.0
// What an answer means for the entries of its parcel, and what happens to them next.
#include <algorithm>

#include "base/error.hpp"
#include "deliver/job/courier.hpp"
#include "deliver/style/references.hpp"

namespace lhcr::deliver {
namespace {

constexpr unsigned most_redirects = 5;
constexpr unsigned most_unauthorised = 6;  // in a row, over all connections
constexpr unsigned most_seek_failures = 12;
constexpr Millis retry_after_spread{250};
constexpr Millis first_search{200};
constexpr Millis second_search{1500};
constexpr Millis longest_patience{30000};  // with a request that may still be at work
constexpr Millis blind_patience{10000};    // when no answer says how fast the endpoint is
constexpr int paces = 4;                   // of the slowest answer so far

/// Failures of one kind in a row count; a server that says "later" is not failing.
int kind_of(const Verdict& verdict, const Answer& answer) {
  if (answer.failure != Failure::none) return -static_cast<int>(answer.failure);
  return static_cast<int>(verdict.status);
}

bool is_later(long status) {
  return status == 429 || status == 503;
}

State worst_state(const Work& work) {
  State worst = State::applied;
  for (const Entry& entry : work.entries) worst = std::max(worst, entry.state);
  return worst;
}

}  // namespace

void Courier::settle(ParcelPtr parcel, const Answer& answer) {
  if (answer.failure == Failure::trust) {
    stop("no trusted connection to " + settings_.base_url + ": " + answer.problem);
  }
  if (parcel->seeking) return settle_search(std::move(parcel), answer);
  Reading reading = reader_.read(answer, style_->answer_entries(*parcel), settings_.base_url);
  if (!reading.redirect.empty() && follow(parcel, reading, answer)) return;
  if (!reading.redirect.empty()) {
    reading.whole.words = "redirected to " + reading.redirect + ", not followed";
  }
  if (reading.unauthorised && renew(parcel, reading)) return;
  note_health(*parcel, reading, answer);
  if (divide(*parcel, reading)) return;
  const Style::Judgement judgement = style_->judge(*parcel, answer, reading);
  for (std::size_t at = 0; at < parcel->members.size(); ++at) {
    const Verdict& verdict = judgement.verdicts.at(at);
    const bool done = verdict.result == Result::applied && !judgement.more;
    if (done || verdict.result != Result::applied) {
      apply_verdict(parcel->members[at], verdict, kind_of(verdict, answer));
    }
  }
  parcel->step = judgement.more ? parcel->step + 1 : 0;
  if (judgement.more && reading.whole.result == Result::applied) {
    return later(std::move(parcel), Millis(0));
  }
  carry_on(std::move(parcel), answer, reading);
}

/// A redirect on the same origin is followed; on another one it is not, so that no credential
/// leaves.
bool Courier::follow(ParcelPtr& parcel, const Reading& reading, const Answer& answer) {
  const std::string from = parcel->url.empty() ? settings_.base_url : parcel->url;
  const std::string to = resolve_url(from, reading.redirect);
  const bool same_origin = !to.empty() && origin_of(to) == origin_of(from);
  const bool keeps_method = answer.status == 301 || answer.status == 307 || answer.status == 308;
  const bool allowed = settings_.follow_redirects && same_origin &&
                       parcel->redirects < most_redirects && (keeps_method || parcel->repeatable);
  if (!allowed) {
    parcel->url.clear();
    parcel->redirects = 0;
    return false;
  }
  ++parcel->redirects;
  parcel->url = to;
  later(std::move(parcel), Millis(0));
  return true;
}

bool Courier::renew(ParcelPtr& parcel, const Reading& reading) {
  const bool renewable = parcel->renewals == 0 && authenticator_->renew(parcel->credential);
  if (renewable) {
    parcel->renewals = 1;
    later(std::move(parcel), Millis(0));
    return true;
  }
  parcel->renewals = 0;
  if (++unauthorised_ >= most_unauthorised) {
    stop("the endpoint does not accept the credential: 401 " + reading.whole.words);
  }
  return false;
}

void Courier::note_health(const Parcel& parcel, const Reading& reading, const Answer& answer) {
  const Clock::time_point now = Clock::now();
  if (answer.failure == Failure::none) slowest_ = std::max(slowest_, now - parcel.sent);
  if (reading.transient) {
    breaker_.bad(now, reading.retry_after.value_or(Millis(0)));
    latest_problem_ = reading.whole.words;
  } else {
    breaker_.good(now);
    unauthorised_ = 0;
  }
  if (settings_.gzip != "auto" || parcel.bytes == 0) return;
  if (answer.header("accept-encoding").find("gzip") != std::string_view::npos) compress_ = true;
  if (answer.status == 415) compress_ = false;
}

/// Less at a time: when the server says that it is too much, or refuses as a whole what was put
/// together here.
bool Courier::divide(const Parcel& parcel, const Reading& reading) {
  const std::size_t count = parcel.members.size();
  if (count < 2 || reading.whole.result != Result::refused) return false;
  const bool put_together = std::all_of(parcel.members.begin(), parcel.members.end(),
                                        [](const Member& member) { return member.work->loose; });
  if (!reading.too_large && !put_together) return false;
  put_back(parcel, count / 2);
  if (put_together) put_apart(parcel);
  return true;
}

/// What was refused together and refers to each other: the halves do not race each other, a record
/// waits until what it refers to is settled.
void Courier::put_apart(const Parcel& parcel) {
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

void Courier::put_back(const Parcel& parcel, std::size_t limit) {
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

bool Courier::give_up(Entry& entry, const Verdict& verdict, int kind) const {
  if (kind == -static_cast<int>(Failure::not_sent)) return false;  // the breaker sees to it
  if (is_later(verdict.status)) return entry.attempts >= settings_.attempts;
  entry.same = kind == entry.latest ? entry.same + 1 : 1;
  entry.latest = kind;
  return entry.same >= settings_.same_failures || entry.attempts >= settings_.attempts;
}

void Courier::apply_verdict(const Member& member, const Verdict& verdict, int kind) {
  Entry& entry = member.entry();
  entry.status = verdict.status;
  entry.words.clear();
  if (!verdict.words.empty()) entry.words = without_secrets(verdict.words);
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
    case Result::unknown:
      entry.doubtful = true;
      if (entry.repeatable && give_up(entry, verdict, kind)) entry.state = State::unknown;
      break;
  }
  if (entry.state != State::fresh) finish_entry(*member.work, entry);
}

void Courier::note_latest(const Work& work, const Entry& entry) {
  const std::string identity = identity_of(entry);
  if (identity.empty()) return;
  if (entry.method == "POST") return turns_.open_for_all(identity);
  journal_.put_latest(identity, {entry_key(work, entry), work.record->source, work.record->index});
}

void Courier::learn_name(const Member& member) {
  const Entry& entry = member.entry();
  if (!style_->renames() || entry.location.empty()) return;
  const tree::Tree& tree = member.work->record->tree;
  const std::string_view id = child_text(tree, entry.resource, "id");
  if (!entry.full_url.empty()) journal_.remember(std::string(entry.full_url), entry.location);
  if (id.empty()) return;
  const std::string type(tree.resource_type(entry.resource));
  journal_.remember(type + "/" + std::string(id), entry.location);
}

void Courier::begin_search(Parcel& parcel, Millis patience) const {
  parcel.seeking = true;
  parcel.sought = 0;
  parcel.rounds = 0;
  parcel.doubtful = Clock::now();
  parcel.patience = patience;
}

/// How long a request may still be at work at the server after its client has lost sight of it.
Millis Courier::patience_after(const Answer& answer) const {
  constexpr long bad_gateway = 502;
  constexpr long gateway_timeout = 504;
  if (answer.failure == Failure::timed_out || answer.status == gateway_timeout) {
    return std::min(settings_.transport.timeout, longest_patience);
  }
  const bool its_own_words = answer.failure == Failure::none && answer.status != bad_gateway;
  return Millis(its_own_words ? 0 : -1);
}

Millis Courier::usual_patience() const {
  if (slowest_ == Clock::duration{}) return blind_patience;
  return std::min(longest_patience, std::chrono::ceil<Millis>(paces * slowest_));
}

/// Entries that are settled leave the parcel; the others are tried again, or looked for first.
void Courier::carry_on(ParcelPtr parcel, const Answer& answer, const Reading& reading) {
  Parcel& p = *parcel;
  release(p);
  if (p.members.empty()) return;
  const bool sought = std::any_of(p.members.begin(), p.members.end(), [](const Member& member) {
    return must_be_sought(member.entry());
  });
  if (sought) {
    begin_search(p, patience_after(answer));
    return later(std::move(parcel), first_search);
  }
  unsigned attempts = 1;
  for (const Member& member : p.members) attempts = std::max(attempts, member.entry().attempts);
  if (reading.retry_after && *reading.retry_after > most_wait()) {
    return give_back(std::move(parcel), *reading.retry_after);
  }
  const Millis wait = reading.retry_after
                          ? *reading.retry_after + backoff_.jitter(retry_after_spread)
                          : backoff_.delay(attempts);
  later(std::move(parcel), wait);
}

/// How long a request may be made to wait.
Millis Courier::most_wait() const {
  return std::max(settings_.give_up, settings_.most_asked);
}

Millis Courier::bounded(std::optional<Millis> asked, Millis otherwise) const {
  return std::min(asked.value_or(otherwise), most_wait());
}

/// What the endpoint puts off for longer than the run waits is not sent again in it.
void Courier::give_back(ParcelPtr parcel, Millis asked) {
  for (const Member& member : parcel->members) {
    Entry& entry = member.entry();
    entry.state = entry.doubtful ? State::unknown : State::failed;
    entry.words += (entry.words.empty() ? "" : "; ") +
                   std::string("the endpoint asks to wait for ") +
                   std::to_string(asked.count() / 1000) + " s";
    finish_entry(*member.work, entry);
  }
  release(*parcel);
}

/// Takes settled members out of a parcel, and says in the journal how far their records have got.
void Courier::release(Parcel& parcel) {
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
  if (!members.empty()) describe_parcel(parcel);
}

void Courier::settle_unsearchable(Parcel& parcel) {
  const bool any_found =
      parcel.whole && style_->together() &&
      std::any_of(parcel.members.begin(), parcel.members.end(),
                  [](const Member& m) { return m.entry().state == State::applied; });
  for (const Member& member : parcel.members) {
    Entry& entry = member.entry();
    if (!must_be_sought(entry)) continue;
    if (!style_->search_of(member).empty()) continue;
    const bool others =
        std::any_of(parcel.members.begin(), parcel.members.end(), [&](const Member& other) {
          return !style_->search_of(other).empty() && !other.entry().repeatable;
        });
    if (parcel.whole && style_->together() && (others || any_found)) continue;
    entry.state = State::unknown;
    entry.words += std::string(entry.words.empty() ? "" : "; ") +
                   "it was sent, and there is nothing to look it up by";
    finish_entry(*member.work, entry);
  }
}

void Courier::settle_search(ParcelPtr parcel, const Answer& answer) {
  Parcel& p = *parcel;
  const Member& member = p.members[p.sought];
  const bool is_read = style_->search_of(member).find('?') == std::string::npos;
  const tree::Tree& tree = member.work->record->tree;
  const std::optional<AnswerReader::Matches> found = reader_.matches(
      answer,
      {tree, member.entry().resource, is_read ? "" : identifier_of(tree, member.entry().resource)});
  if (answer.status == 401) authenticator_->renew(p.credential);
  if (!found) {
    Reading reading = reader_.read(answer, 0, settings_.base_url);
    reading.transient = true;
    if (reading.whole.words.empty()) reading.whole.words = "the answer to a search is no FHIR";
    note_health(p, reading, answer);
    if (++p.seek_failures < most_seek_failures) {
      return later(std::move(parcel),
                   bounded(reading.retry_after, backoff_.delay(p.seek_failures)));
    }
    doubt(member, "it was sent, and the search for it fails");
  } else {
    judge_search(member, *found);
  }
  ++p.sought;
  later(std::move(parcel), Millis(0));
}

/// What has its identity and its content is it, unless it is known to be another one of this run.
void Courier::judge_search(const Member& member, const AnswerReader::Matches& found) {
  const auto is_new = [this](const std::string& location) { return !created_.contains(location); };
  const auto own = std::find_if(found.locations.begin(), found.locations.end(), is_new);
  if (own != found.locations.end()) {
    member.entry().doubtful = false;
    return apply_verdict(member, {Result::applied, 200, *own, ""}, 0);
  }
  if (std::any_of(found.others.begin(), found.others.end(), is_new)) {
    return doubt(member,
                 "it was sent, and what the endpoint has of its identity says something "
                 "else");
  }
  const bool nothing = found.locations.empty() && found.others.empty();
  if (nothing && found.strangers > 0) {
    doubt(member, "it was sent, and the endpoint's search finds what was not asked for");
  }
}

/// Nothing can find out what became of it.
void Courier::doubt(const Member& member, std::string_view why) {
  Entry& entry = member.entry();
  entry.state = State::unknown;
  entry.words += (entry.words.empty() ? "" : "; ") + std::string(why);
  finish_entry(*member.work, entry);
}

/// All members have been looked for once. What is not there may still be on its way, so it is
/// looked for again before it is believed to be lost.
void Courier::end_round(ParcelPtr parcel) {
  Parcel& p = *parcel;
  const bool found_any = std::any_of(p.members.begin(), p.members.end(), [](const Member& member) {
    return member.entry().state == State::applied;
  });
  const bool atomic = p.whole && style_->together() && found_any;
  bool missing = false;
  for (const Member& member : p.members) {
    Entry& entry = member.entry();
    if (entry.state != State::fresh) continue;
    if (atomic && must_be_sought(entry) && style_->search_of(member).empty()) {
      apply_verdict(member, {Result::applied, 200, "", ""}, 0);
    }
    missing = missing || must_be_sought(entry);
  }
  ++p.rounds;
  p.sought = 0;
  const Millis patience = p.patience < Millis(0) ? usual_patience() : p.patience;
  const Millis left = std::chrono::ceil<Millis>(p.doubtful + patience - Clock::now());
  if (missing && (p.rounds == 1 || left > Millis(0))) {
    return later(std::move(parcel), p.rounds == 1 ? second_search : left);
  }
  for (const Member& member : p.members) {
    Entry& entry = member.entry();
    if (entry.state != State::fresh) continue;
    entry.doubtful = false;
    if (entry.attempts >= settings_.attempts) {
      entry.state = State::failed;
      finish_entry(*member.work, entry);
    }
  }
  p.seeking = false;
  release(p);
  if (p.members.empty()) return;
  later(std::move(parcel), backoff_.delay(1));
}

void Courier::later(ParcelPtr parcel, Millis wait) {
  waiting_.emplace(Clock::now() + wait, std::move(parcel));
}

void Courier::finish_entry(Work& work, Entry& entry) {
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
  if (work.per_entry && !entry.earlier && !settings_.dry_run) write_row(work, &entry, entry.state);
  if (++work.final == work.entries.size()) close_work(work);
}

void Courier::close_work(Work& work) {
  const bool all_earlier = std::all_of(work.entries.begin(), work.entries.end(),
                                       [](const Entry& entry) { return entry.earlier; });
  if (!work.per_entry && !all_earlier && !settings_.dry_run) {
    write_row(work, nullptr, worst_state(work));
  }
  report(work);
  leave(work);
}

void Courier::write_sending(const Parcel& parcel) {
  for (const Member& member : parcel.members) {
    Work& work = *member.work;
    Entry& entry = member.entry();
    bool& written = work.per_entry ? entry.journalled : work.journalled;
    if (written) continue;
    written = true;
    write_row(work, &entry, State::sent);
  }
}

void Courier::write_row(const Work& work, const Entry* entry, State state) {
  if (!journal_.durable()) return;
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
  journal_.put(row);
}

/// One issue for all entries of a record that share their fate.
void Courier::report(const Work& work) {
  if (!hooks_.issue) return;
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
  for (const Issue& issue : issues) hooks_.issue(issue);
}

}  // namespace lhcr::deliver
