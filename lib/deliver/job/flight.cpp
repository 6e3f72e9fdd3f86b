// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/flight.hpp"

#include <algorithm>
#include <functional>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "deliver/style/outline.hpp"
#include "deliver/style/references.hpp"

namespace lhcr::deliver {
namespace {

bool any_sought(const Parcel& parcel) {
  return std::any_of(parcel.members.begin(), parcel.members.end(),
                     [](const Member& member) { return must_be_sought(member.entry()); });
}

void replace_all(std::string& line, std::string_view mark, const std::function<std::string()>& by) {
  for (std::size_t at = line.find(mark); at != std::string::npos; at = line.find(mark, at)) {
    line.replace(at, mark.size(), by());
  }
}

/// Made of the keys of what travels together, and of what a later request of it says; a request
/// that only reads is always another one.
std::string item_id(const Request& request, const Parcel& parcel) {
  if (request.method == "GET") return {};
  Key key = parcel.memo.empty() ? Key{} : hash_of({parcel.memo});
  for (const Member& member : parcel.members) {
    const Key next = entry_key(*member.work, member.entry());
    key = hash_of({text_of(key), text_of(next)});
  }
  return uuid_of(key);
}

/// The claims among what a record gives, by their paths.
Claims claims_of(const RecordTexts& texts) {
  constexpr std::string_view table = "auth.claims.";
  Claims claims;
  for (const auto& [key, text] : texts) {
    if (key.starts_with(table)) claims[key.substr(table.size())] = text;
  }
  return claims;
}

/// A digest of each entry takes its time: none is made where no header has it.
bool names_items(const std::vector<std::string>& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const std::string& line) {
    return line.find("${item}") != std::string::npos;
  });
}

bool same_header(std::string_view one, std::string_view other) {
  return in_small_letters(one.substr(0, one.find(':'))) ==
         in_small_letters(other.substr(0, other.find(':')));
}

}  // namespace

Flight::Flight(const JobParts& job, Ledger& ledger, Planning& planning, Seeker& seeker,
               Transport& transport)
    : job_(job),
      ledger_(ledger),
      planning_(planning),
      seeker_(seeker),
      transport_(transport),
      authenticator_(make_authenticator(job.settings.auth, job.settings.base_url,
                                        job.settings.transport,
                                        [&transport] { transport.wake(); })),
      most_bytes_(static_cast<std::size_t>(job.region.number("limits.bytes"))),
      compress_(job.settings.gzip == "on"),
      names_items_(names_items(job.settings.headers)) {
  // What is not sent over connections is delivered one after the other.
  if (find_style(job.settings.style).uses_http) lanes_ = job.settings.transport.connections;
}

std::string fill_ids(std::string line, const std::string& item) {
  replace_all(line, "${uuid}", random_uuid);
  replace_all(line, "${item}", [&] { return item.empty() ? random_uuid() : item; });
  return line;
}

std::optional<std::string> own_header(const std::string& line, const std::string& item,
                                      const RecordTexts& texts) {
  const std::size_t colon = line.find(": ");
  if (!record_path(std::string_view(line).substr(colon + 2))) return fill_ids(line, item);
  const auto text = texts.find("headers." + line.substr(0, colon));
  return text == texts.end() ? std::nullopt
                             : std::optional(line.substr(0, colon + 2) + text->second);
}

void Flight::announce(Parcel& parcel) {
  if (!parcel.poll.empty()) return;
  if (any_sought(parcel) && !parcel.seeking) seeker_.begin_recalled(parcel);
  if (parcel.seeking) return;
  job_.style.announce(parcel);
  ledger_.write_sending(parcel);
}

/// Those whose credential is there.
std::vector<ParcelPtr> Flight::equip(std::vector<ParcelPtr> parcels) {
  std::vector<ParcelPtr> equipped;
  for (auto parcel = parcels.begin(); parcel != parcels.end(); ++parcel) {
    try {
      auto lines = authenticator_->headers_now(claims_of(texts_of(**parcel)));
      if (lines) (*parcel)->credential = std::move(*lines);
      (lines ? equipped : unequipped_).push_back(std::move(*parcel));
    } catch (const Error&) {
      for (; parcel != parcels.end(); ++parcel) unequipped_.push_back(std::move(*parcel));
      for (ParcelPtr& each : equipped) unequipped_.push_back(std::move(each));
      put_back_unequipped();
      throw;
    }
  }
  return equipped;
}

void Flight::send_equipped() {
  if (!unequipped_.empty()) send(std::exchange(unequipped_, {}));
}

void Flight::put_back_unequipped() {
  for (ParcelPtr& parcel : std::exchange(unequipped_, {})) {
    planning_.later(std::move(parcel), Millis(0));
  }
}

void Flight::send(std::vector<ParcelPtr> parcels) {
  parcels = equip(std::move(parcels));
  const bool uses_http = find_style(job_.settings.style).uses_http;
  bool must_last = false;
  for (const ParcelPtr& parcel : parcels) {
    announce(*parcel);
    const bool leaves = !parcel->seeking && parcel->poll.empty();
    must_last = must_last || (leaves && (!parcel->repeatable || !uses_http));
  }
  // What must not be done twice does not leave before the journal is on the disk. Anything else may
  // be sent again by a run that finds nothing about it, so it shares a commit with what comes soon.
  if (must_last) ledger_.commit_when_due(true);
  for (auto parcel = parcels.begin(); parcel != parcels.end(); ++parcel) {
    try {
      launch(*parcel);
    } catch (const Error&) {
      for (; parcel != parcels.end(); ++parcel) planning_.later(std::move(*parcel), Millis(0));
      throw;
    }
  }
}

void Flight::launch(ParcelPtr& parcel) {
  if (!parcel->poll.empty()) return launch_poll(parcel);
  if (parcel->seeking) return launch_search(parcel);
  launch_record(parcel);
}

bool Flight::deliver_here(Parcel& parcel) {
  std::vector<Verdict> verdicts;
  if (!job_.style.deliver_here(parcel, verdicts)) return false;
  ++ledger_.tally().requests;
  for (std::size_t at = 0; at < parcel.members.size(); ++at) {
    ledger_.apply(parcel.members[at], verdicts.at(at), 0);
  }
  ledger_.release(parcel);
  return true;
}

void Flight::launch_record(ParcelPtr& parcel) {
  if (deliver_here(*parcel)) return planning_.gone();
  Request request = build(*parcel);
  if (too_big(request) && parcel->members.size() > 1) {
    return planning_.put_back(*parcel, parcel->members.size() / 2);
  }
  if (!parcel->url.empty()) request.url = parcel->url;
  add_headers(request, *parcel, names_items_ ? item_id(request, *parcel) : std::string());
  parcel->bytes = request.content().size();
  request.compress = compress_ && !request.content().empty();
  Tally& tally = ledger_.tally();
  tally.bytes += parcel->bytes;
  // A later request of the same delivery is no other attempt.
  const bool begins = parcel->step == 0;
  if (begins && parcel->members.front().entry().attempts > 0) ++tally.retries;
  for (const Member& member : parcel->members) member.entry().attempts += begins ? 1U : 0U;
  parcel->sent = job_.time.now();
  start(parcel, std::move(request));
}

void Flight::start(ParcelPtr& parcel, Request request) {
  ++ledger_.tally().requests;
  parcel->address = request.url;
  const std::uint64_t id = ++next_id_;
  flying_.emplace(id, std::move(parcel));
  transport_.start(id, std::move(request));
}

Request Flight::reading_request(const Parcel& parcel, std::string url) const {
  Request request;
  request.method = "GET";
  request.url = std::move(url);
  request.headers.push_back("Accept: " + job_.settings.media_type);
  // Servers keep the results of searches for a minute, and what was not there may be by now.
  request.headers.emplace_back("Cache-Control: no-cache");
  request.repeatable = true;
  add_headers(request, parcel, {});
  return request;
}

void Flight::launch_search(ParcelPtr& parcel) {
  const std::string query = seeker_.next_query(parcel);
  if (query.empty()) return;
  start(parcel, reading_request(*parcel, job_.style.url_of(query)));
}

void Flight::launch_poll(ParcelPtr& parcel) {
  start(parcel, reading_request(*parcel, parcel->poll));
}

void Flight::add_headers(Request& request, const Parcel& parcel, const std::string& item) const {
  add_own_headers(request, item, texts_of(parcel));
  request.headers.insert(request.headers.end(), parcel.credential.begin(), parcel.credential.end());
}

/// Those of the region stand in place of the style's.
void Flight::add_own_headers(Request& request, const std::string& item,
                             const RecordTexts& texts) const {
  for (const std::string& line : job_.settings.headers) {
    std::erase_if(request.headers,
                  [&](const std::string& each) { return same_header(each, line); });
  }
  for (const std::string& line : job_.settings.headers) {
    std::optional<std::string> filled = own_header(line, item, texts);
    if (filled) request.headers.push_back(std::move(*filled));
  }
}

PlannedRequest Flight::planned(const Request& request, const Parcel& parcel) const {
  Request whole;
  whole.headers = request.headers;
  add_own_headers(whole, item_id(request, parcel), texts_of(parcel));
  PlannedRequest out{request.method, request.url, {}, request.content()};
  for (std::string& line : whole.headers) {
    out.headers.push_back(redacted(std::move(line), job_.settings.secrets));
  }
  if (job_.settings.auth.method != "none") {
    out.headers.push_back("Authorization: (" + job_.settings.auth.method +
                          ", made when it is sent)");
  }
  return out;
}

std::vector<Flight::Landed> Flight::wait(Millis limit) {
  std::vector<Landed> landed;
  for (Transport::Done& done : transport_.wait(limit)) {
    const auto place = flying_.find(done.id);
    ParcelPtr parcel = std::move(place->second);
    flying_.erase(place);
    note_encoding(*parcel, done.answer);
    landed.push_back({std::move(parcel), std::move(done.answer)});
  }
  return landed;
}

void Flight::note_encoding(const Parcel& parcel, const Answer& answer) {
  if (job_.settings.gzip != "auto" || parcel.bytes == 0 || parcel.seeking) return;
  if (answer.header("accept-encoding").find("gzip") != std::string_view::npos) compress_ = true;
  if (answer.status == 415) compress_ = false;
}

bool Flight::renew(const Parcel& parcel) {
  return authenticator_->renew(parcel.credential);
}

std::string Flight::without_secrets(std::string text) const {
  return redacted(redacted(std::move(text), authenticator_->secrets()), job_.settings.secrets);
}

/// References to what the server keeps under another id, now that it is known.
void Flight::prepare_references(const Parcel& parcel) {
  if (parcel.whole && !job_.style.renames()) return;
  for (const Member& member : parcel.members) {
    Work& work = *member.work;
    complete(work, job_.style);
    if (work.user_bundle) find_targets(work);
    if (!work.user_bundle && !job_.style.renames()) continue;
    rewrite_references(work.record->tree, member.entry().resource,
                       [&](tree::NodeId node, std::string_view reference) {
                         const auto place = target_of(work, node);
                         if (!place) {
                           return job_.style.renames()
                                      ? job_.journal.server_id(std::string(reference))
                                      : std::nullopt;
                         }
                         const Entry& target = work.entries[*place];
                         if (target.state != State::applied) return std::optional<std::string>();
                         return std::optional(server_name(target));
                       });
  }
}

Request Flight::build(Parcel& parcel) {
  prepare_references(parcel);
  return job_.style.request(parcel);
}

bool Flight::too_big(const Request& request) const {
  return most_bytes_ > 0 && request.content().size() > most_bytes_;
}

}  // namespace lhcr::deliver
