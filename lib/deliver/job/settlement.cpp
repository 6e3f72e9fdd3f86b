// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/settlement.hpp"

#include <algorithm>

namespace lhcr::deliver {
namespace {

constexpr unsigned most_redirects = 5;
constexpr long see_other = 303;
constexpr Millis retry_after_spread{250};
constexpr Millis first_search{200};
constexpr Millis shortest_poll{250};

/// Failures of one kind in a row count; a server that says "later" is not failing.
int kind_of(const Verdict& verdict, const Answer& answer) {
  if (answer.failure != Failure::none) return -static_cast<int>(answer.failure);
  return static_cast<int>(verdict.status);
}

bool is_understood(const Style::Judgement& judgement) {
  return std::any_of(judgement.verdicts.begin(), judgement.verdicts.end(), [](const Verdict& each) {
    return each.result == Result::applied || each.result == Result::refused ||
           each.result == Result::untold;
  });
}

/// Whether an address ends as that of the one resource that a parcel writes, if it is one.
bool leads_to_same(const Parcel& parcel, std::string_view to) {
  const Entry& entry = parcel.members.front().entry();
  const bool one = parcel.members.size() == 1 && !parcel.whole;
  const bool has_address = entry.method == "PUT" || entry.method == "PATCH";
  if (!one || !has_address || !parcel.address.ends_with(entry.url)) return true;
  to = to.substr(0, to.find_first_of("?#"));
  if (to.ends_with('/')) to.remove_suffix(1);
  return to.ends_with("/" + std::string(entry.url));
}

void forget_redirect(Parcel& parcel) {
  parcel.url.clear();
  parcel.redirects = 0;
}

std::string in_seconds(Millis time) {
  return std::to_string(time.count() / 1000) + " s";
}

}  // namespace

void Settlement::settle(ParcelPtr parcel, const Answer& answer) {
  if (answer.failure == Failure::trust) {
    ledger_.stop("no trusted connection to " + job_.settings.base_url + ": " + answer.problem);
  }
  if (!parcel->poll.empty()) return settle_poll(std::move(parcel), answer);
  if (!parcel->seeking) return settle_record(std::move(parcel), answer);
  if (answer.status == 401) static_cast<void>(flight_.renew(*parcel));
  seeker_.settle(std::move(parcel), answer);
}

void Settlement::settle_record(ParcelPtr parcel, const Answer& answer) {
  Reading reading =
      reader_.read(answer, job_.style.answer_entries(*parcel), job_.settings.base_url);
  if (!reading.redirect.empty() && follow(parcel, reading, answer)) return;
  if (!reading.redirect.empty()) {
    reading.whole.words = "redirected to " + reading.redirect + ", not followed";
  }
  if (reading.unauthorised && renew(parcel, reading)) return;
  const Style::Judgement judgement = job_.style.judge(*parcel, answer, reading);
  // Not every style answers in FHIR.
  if (is_understood(judgement)) reading.transient = false;
  health_.note(reading, answer, parcel->sent, job_.time.now());
  if (begin_poll(parcel, reading, answer) || divide(*parcel, reading)) return;
  apply(std::move(parcel), answer, reading, judgement);
}

void Settlement::apply(ParcelPtr parcel, const Answer& answer, const Reading& reading,
                       const Style::Judgement& judgement) {
  for (std::size_t at = 0; at < parcel->members.size(); ++at) {
    const Verdict& verdict = judgement.verdicts.at(at);
    if (verdict.result == Result::refused && planning_.hold_back(parcel->members[at])) continue;
    const bool done = verdict.result == Result::applied && !judgement.more;
    if (done || verdict.result != Result::applied) {
      ledger_.apply(parcel->members[at], verdict, kind_of(verdict, answer));
    }
    if (verdict.result == Result::unknown) note_echo(parcel->members[at].entry(), answer);
  }
  std::erase_if(parcel->members, [](const Member& member) { return !member.entry().flying; });
  parcel->step = judgement.more ? parcel->step + 1 : 0;
  // The next request has an address of its own, and a redirect was for this one.
  forget_redirect(*parcel);
  if (judgement.more && is_understood(judgement)) {
    return planning_.later(std::move(parcel), Millis(0));
  }
  carry_on(std::move(parcel), answer, reading);
}

/// A write that may come after its repetition must not come after the next version either.
void Settlement::note_echo(Entry& entry, const Answer& answer) const {
  const Millis told = health_.patience_after(answer);
  const Millis patience = told < Millis(0) ? health_.usual_patience() : told;
  entry.echo = std::max(entry.echo, job_.time.now() + patience);
}

/// A redirect on the same origin is followed; on another one it is not, so that no credential
/// leaves, and neither is one to what another resource is written by. 303 says where to read (RFC
/// 9110 section 15.4.4): nothing is written there.
bool Settlement::follow(ParcelPtr& parcel, const Reading& reading, const Answer& answer) {
  const std::string& from = parcel->address;
  const std::string to = resolve_url(from, reading.redirect);
  const bool same_origin = !to.empty() && origin_of(to) == origin_of(from);
  const bool keeps_method = answer.status == 301 || answer.status == 307 || answer.status == 308;
  const bool goes_on = keeps_method || (parcel->repeatable && answer.status != see_other);
  const bool allowed = job_.settings.follow_redirects && same_origin && goes_on &&
                       parcel->redirects < most_redirects && leads_to_same(*parcel, to);
  if (!allowed) {
    forget_redirect(*parcel);
    return false;
  }
  ++parcel->redirects;
  parcel->url = to;
  planning_.later(std::move(parcel), Millis(0));
  return true;
}

bool Settlement::renew(ParcelPtr& parcel, const Reading& reading) {
  if (parcel->renewals == 0 && flight_.renew(*parcel)) {
    parcel->renewals = 1;
    planning_.later(std::move(parcel), Millis(0));
    return true;
  }
  parcel->renewals = 0;
  if (health_.too_often_unauthorised()) {
    ledger_.stop("the endpoint does not accept the credential: 401 " + reading.whole.words);
  }
  return false;
}

/// Less at a time: when the server says that it is too much, or refuses as a whole what was put
/// together here.
bool Settlement::divide(const Parcel& parcel, const Reading& reading) {
  const std::size_t count = parcel.members.size();
  if (count < 2 || reading.whole.result != Result::refused) return false;
  const bool put_together = std::all_of(parcel.members.begin(), parcel.members.end(),
                                        [](const Member& member) { return member.work->loose; });
  if (!reading.too_large && !put_together) return false;
  planning_.put_back(parcel, count / 2);
  if (put_together) planning_.put_apart(parcel);
  return true;
}

/// Where an endpoint that works on says that its result will be: on the same origin, so that no
/// credential leaves; empty when nowhere.
std::string Settlement::poll_address(const Parcel& parcel, const Answer& answer) const {
  const std::string named(
      answer.header(answer.status == see_other ? "location" : "content-location"));
  if (named.empty()) return {};
  const std::string from = parcel.poll.empty() ? job_.settings.base_url + "/" : parcel.poll;
  std::string to = resolve_url(from, named);
  return origin_of(to) == origin_of(job_.settings.base_url) ? to : std::string();
}

/// 202 with Content-Location (FHIR R4 async.html, RFC 7240 respond-async): the result is asked for
/// there.
bool Settlement::begin_poll(ParcelPtr& parcel, const Reading& reading, const Answer& answer) {
  if (reading.whole.result != Result::accepted) return false;
  std::string address = poll_address(*parcel, answer);
  if (address.empty()) return false;
  parcel->poll = std::move(address);
  parcel->polls = 0;
  parcel->poll_until = job_.time.now() + job_.settings.give_up;
  for (const Member& member : parcel->members) {
    member.entry().doubtful = true;
    member.entry().words = "accepted for processing; the run ended before its result was there";
  }
  poll_again(std::move(parcel), reading);
  return true;
}

void Settlement::poll_again(ParcelPtr parcel, const Reading& reading) {
  const Clock::time_point now = job_.time.now();
  // One that says "at once" for ever is not asked without a break.
  const Millis own = health_.backoff().delay(++parcel->polls);
  const Millis wait = std::max(reading.retry_after.value_or(own), shortest_poll);
  if (now + wait <= parcel->poll_until) return planning_.later(std::move(parcel), wait);
  give_back(std::move(parcel), "accepted for processing, and its result is not there after " +
                                   in_seconds(job_.settings.give_up));
}

void Settlement::settle_poll(ParcelPtr parcel, const Answer& answer) {
  Reading reading =
      reader_.read_result(answer, job_.style.answer_entries(*parcel), job_.settings.base_url);
  if (reading.unauthorised && renew(parcel, reading)) return;
  health_.note(reading, answer, job_.time.now(), job_.time.now());
  if (answer.failure == Failure::none && answer.status == see_other) {
    std::string address = poll_address(*parcel, answer);
    if (!address.empty()) parcel->poll = std::move(address);
    return poll_again(std::move(parcel), reading);
  }
  if (reading.transient || reading.whole.result == Result::accepted) {
    return poll_again(std::move(parcel), reading);
  }
  parcel->poll.clear();
  for (const Member& member : parcel->members) member.entry().doubtful = false;
  if (divide(*parcel, reading)) return;
  const Style::Judgement judgement = job_.style.judge(*parcel, answer, reading);
  apply(std::move(parcel), answer, reading, judgement);
}

/// What cannot be found out, or is not sent again, in this run.
void Settlement::give_back(ParcelPtr parcel, const std::string& words) {
  for (const Member& member : parcel->members) {
    Entry& entry = member.entry();
    entry.state = entry.doubtful ? State::unknown : State::failed;
    if (!parcel->poll.empty()) entry.words.clear();
    entry.words += (entry.words.empty() ? "" : "; ") + words;
    ledger_.finish(*member.work, entry);
  }
  ledger_.release(*parcel);
  planning_.gone();
}

/// Entries that are settled leave the parcel; the others are tried again, or looked for first.
void Settlement::carry_on(ParcelPtr parcel, const Answer& answer, const Reading& reading) {
  Parcel& p = *parcel;
  ledger_.release(p);
  if (p.members.empty()) return planning_.gone();
  const bool sought = std::any_of(p.members.begin(), p.members.end(), [](const Member& member) {
    return must_be_sought(member.entry());
  });
  if (sought) {
    seeker_.begin(p, health_.patience_after(answer));
    return planning_.later(std::move(parcel), first_search);
  }
  unsigned attempts = 1;
  for (const Member& member : p.members) attempts = std::max(attempts, member.entry().attempts);
  if (reading.retry_after && *reading.retry_after > health_.most_wait()) {
    return give_back(std::move(parcel),
                     "the endpoint asks to wait for " + in_seconds(*reading.retry_after));
  }
  const Millis wait = reading.retry_after
                          ? *reading.retry_after + health_.backoff().jitter(retry_after_spread)
                          : health_.backoff().delay(attempts);
  planning_.later(std::move(parcel), wait);
}

}  // namespace lhcr::deliver
