// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/seeker.hpp"

#include <algorithm>

namespace lhcr::deliver {
namespace {

constexpr unsigned most_seek_failures = 12;
constexpr Millis second_search{1500};

}  // namespace

void Seeker::begin(Parcel& parcel, Millis patience) const {
  parcel.seeking = true;
  parcel.sought = 0;
  parcel.rounds = 0;
  parcel.round_began = {};
  parcel.doubtful = job_.time.now();
  parcel.patience = patience;
}

void Seeker::settle_unsearchable(Parcel& parcel) {
  const bool any_found =
      parcel.whole && job_.style.together() &&
      std::any_of(parcel.members.begin(), parcel.members.end(),
                  [](const Member& m) { return m.entry().state == State::applied; });
  for (const Member& member : parcel.members) {
    Entry& entry = member.entry();
    if (!must_be_sought(entry)) continue;
    if (!job_.style.search_of(member).empty()) continue;
    const bool others =
        std::any_of(parcel.members.begin(), parcel.members.end(), [&](const Member& other) {
          return !job_.style.search_of(other).empty() && !other.entry().repeatable;
        });
    if (parcel.whole && job_.style.together() && (others || any_found)) continue;
    entry.state = State::unknown;
    entry.words += std::string(entry.words.empty() ? "" : "; ") +
                   "it was sent, and there is nothing to look it up by";
    ledger_.finish(*member.work, entry);
  }
}

void Seeker::settle(ParcelPtr parcel, const Answer& answer) {
  Parcel& p = *parcel;
  const Member& member = p.members[p.sought];
  const bool is_read = job_.style.search_of(member).find('?') == std::string::npos;
  const tree::Tree& tree = member.work->record->tree;
  const std::optional<AnswerReader::Matches> found = reader_.matches(
      answer,
      {tree, member.entry().resource, is_read ? "" : identifier_of(tree, member.entry().resource)});
  if (!found) {
    Reading reading = reader_.read(answer, 0, job_.settings.base_url);
    reading.transient = true;
    if (reading.whole.words.empty()) reading.whole.words = "the response to a search is not FHIR";
    health_.note(reading, answer, p.sent, job_.time.now());
    if (++p.seek_failures < most_seek_failures) {
      return planning_.later(
          std::move(parcel),
          health_.bounded(reading.retry_after, health_.backoff().delay(p.seek_failures)));
    }
    ledger_.doubt(member, "it was sent, and the search for it fails");
  } else {
    judge(member, *found);
  }
  ++p.sought;
  planning_.later(std::move(parcel), Millis(0));
}

/// What has its identity and its content is it, unless it is known to be another one of this run.
void Seeker::judge(const Member& member, const AnswerReader::Matches& found) {
  const auto is_new = [this](const std::string& location) {
    return !ledger_.has_created(location);
  };
  const auto own = std::find_if(found.locations.begin(), found.locations.end(), is_new);
  if (own != found.locations.end()) {
    member.entry().doubtful = false;
    return ledger_.apply(member, {Result::applied, 200, *own, ""}, 0);
  }
  // What a PUT would have changed is there before it, and says something else.
  const bool changes = member.entry().method == "PUT";
  if (!changes && std::any_of(found.others.begin(), found.others.end(), is_new)) {
    return ledger_.doubt(member,
                         "it was sent, and what the endpoint has of its identity says something "
                         "else");
  }
  const bool nothing = found.locations.empty() && found.others.empty();
  if (nothing && found.strangers > 0) {
    ledger_.doubt(member, "it was sent, and the endpoint's search finds what was not asked for");
  }
}

/// Whether something is still looked for. What cannot be looked for, beside what was found in one
/// transaction, has been applied with it.
bool Seeker::any_missing(const Parcel& parcel) {
  const auto& members = parcel.members;
  const bool found_any = std::any_of(members.begin(), members.end(), [](const Member& member) {
    return member.entry().state == State::applied;
  });
  const bool atomic = parcel.whole && job_.style.together() && found_any;
  bool missing = false;
  for (const Member& member : members) {
    Entry& entry = member.entry();
    if (entry.state != State::fresh) continue;
    if (atomic && must_be_sought(entry) && job_.style.search_of(member).empty()) {
      ledger_.apply(member, {Result::applied, 200, "", ""}, 0);
    }
    missing = missing || must_be_sought(entry);
  }
  return missing;
}

void Seeker::believe_lost(const Parcel& parcel) {
  for (const Member& member : parcel.members) {
    Entry& entry = member.entry();
    if (entry.state != State::fresh) continue;
    entry.doubtful = false;
    if (entry.attempts < job_.settings.attempts) continue;
    entry.state = State::failed;
    ledger_.finish(*member.work, entry);
  }
}

/// All members have been looked for once. What is not there may still be on its way, so it is
/// looked for again before it is believed to be lost.
void Seeker::end_round(ParcelPtr parcel) {
  Parcel& p = *parcel;
  const bool missing = any_missing(p);
  ++p.rounds;
  p.sought = 0;
  const Millis patience = p.patience < Millis(0) ? health_.usual_patience() : p.patience;
  // What was looked for before the patience was over may have come since.
  const Clock::time_point end = p.doubtful + patience;
  const bool too_early = p.rounds == 1 || p.round_began < end;
  p.round_began = {};
  if (missing && too_early) {
    const Millis left = std::chrono::ceil<Millis>(std::max(end - job_.time.now(), {}));
    return planning_.later(std::move(parcel), p.rounds == 1 ? second_search : left);
  }
  believe_lost(p);
  p.seeking = false;
  ledger_.release(p);
  if (p.members.empty()) return planning_.gone();
  planning_.later(std::move(parcel), health_.backoff().delay(1));
}

std::string Seeker::next_query(ParcelPtr& parcel) {
  settle_unsearchable(*parcel);
  if (parcel->round_began == Clock::time_point{}) parcel->round_began = job_.time.now();
  auto& members = parcel->members;
  for (; parcel->sought < members.size(); ++parcel->sought) {
    const Member& member = members[parcel->sought];
    if (!must_be_sought(member.entry())) continue;
    std::string query = job_.style.search_of(member);
    if (!query.empty()) return query;
  }
  end_round(std::move(parcel));
  return {};
}

}  // namespace lhcr::deliver
