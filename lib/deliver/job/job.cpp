// SPDX-License-Identifier: Apache-2.0
// The loop of a delivery.
#include "deliver/job/job.hpp"

#include <algorithm>
#include <random>

#include "base/error.hpp"
#include "deliver/job/courier.hpp"
#include "deliver/region/settings.hpp"

namespace lhcr::deliver {
namespace {

constexpr Millis longest_wait{200};
constexpr Millis progress_gap{100};

StyleContext style_context(const Region& region, const JobSettings& settings, Source& source) {
  return {region,
          settings.base_url,
          settings.media_type,
          settings.style,
          settings.format,
          source.symbols(),
          [&source](tree::Tree& tree) { source.type(tree); },
          source.tables(),
          source.patches()};
}

std::function<void()> waker(const Surroundings& around) {
  if (!around.reads_ahead) return {};
  return [&transport = around.transport] { transport.wake(); };
}

}  // namespace

Courier::Courier(Source& source, const Region& region, const JobSettings& settings,
                 const JobHooks& hooks, const Surroundings& around)
    : transport_(around.transport),
      style_(find_style(settings.style).make(style_context(region, settings, source))),
      job_{source, region, settings, hooks, *style_, around.journal, around.time},
      ledger_(job_),
      health_(settings, around.time.now(), around.seed),
      reader_(settings.style, region.text("style.accepted") == "applied"),
      rate_(settings.rate),
      planning_(job_, ledger_, waker(around)),
      seeker_(job_, ledger_, planning_, health_, reader_),
      flight_(job_, ledger_, planning_, seeker_, around.transport),
      settlement_(job_, ledger_, planning_, health_, seeker_, flight_, reader_) {
  ledger_.tell(planning_);
  ledger_.hide([this](std::string text) { return flight_.without_secrets(std::move(text)); });
}

bool Courier::interrupted() const {
  return job_.hooks.interrupted && job_.hooks.interrupted();
}

Tally Courier::run() {
  if (job_.settings.dry_run) {
    loop_dry();
  } else {
    loop();
    if (!ledger_.stopping()) style_->finish();
  }
  job_.journal.end();
  job_.journal.commit();
  show_progress(true);
  return ledger_.tally();
}

void Courier::loop_dry() {
  Tally& tally = ledger_.tally();
  const bool uses_http = find_style(job_.settings.style).uses_http;
  for (;;) {
    while (ParcelPtr parcel = planning_.next_parcel(job_.time.now())) {
      const Request request = flight_.build(*parcel);
      if (flight_.too_big(request) && parcel->members.size() > 1) {
        planning_.put_back(*parcel, parcel->members.size() / 2);
        continue;
      }
      if (job_.hooks.planned && uses_http) job_.hooks.planned(flight_.planned(request, *parcel));
      ++tally.requests;
      tally.bytes += request.content().size();
      tally.not_sent += parcel->members.size();
      for (const Member& member : parcel->members) {
        // What follows may be planned as if this were done.
        member.entry().state = State::applied;
        member.entry().flying = false;
        --member.work->flying;
        if (++member.work->final == member.work->entries.size()) planning_.leave(*member.work);
      }
      planning_.gone();
    }
    if (planning_.nothing_left()) return;
    static_cast<void>(transport_.wait(longest_wait));
  }
}

void Courier::check_end() {
  if (ledger_.stopping()) return;
  const Clock::time_point now = job_.time.now();
  if (health_.breaker().exhausted(now)) {
    ledger_.stop("the endpoint has given no good answer for " +
                 std::to_string(health_.breaker().failing_for(now).count() / 1000) +
                 " s, the latest problem: " + health_.latest_problem());
  }
  if (!interrupted()) return;
  ledger_.tally().interrupted = true;
  ledger_.stop("interrupted");
}

void Courier::loop() {
  for (;;) {
    check_end();
    bool sent = false;
    try {
      sent = !ledger_.stopping() && send_some();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::endpoint) throw;
      ledger_.tally().interrupted = interrupted();
      ledger_.stop(ledger_.tally().interrupted ? "interrupted" : error.what());
    }
    if (ledger_.stopping()) flight_.put_back_unequipped();
    const bool none_out = flight_.size() == 0;
    ledger_.commit_when_due(!sent && none_out);
    if (none_out && (ledger_.stopping() || planning_.nothing_left())) break;
    wait_for_answers();
    show_progress(false);
  }
  if (ledger_.stopping()) report_rest();
}

bool Courier::send_some() {
  flight_.send_equipped();
  std::vector<ParcelPtr> ready;
  while (flight_.has_room(ready.size())) {
    const Clock::time_point now = job_.time.now();
    const std::size_t out = flight_.size() + ready.size();
    if (health_.breaker().next(now, out) > now || rate_.next(now) > now) break;
    ParcelPtr parcel = planning_.next_parcel(now);
    if (parcel == nullptr) break;
    rate_.sent(now);
    ready.push_back(std::move(parcel));
  }
  if (ready.empty()) return false;
  flight_.send(std::move(ready));
  return true;
}

void Courier::wait_for_answers() {
  const Clock::time_point now = job_.time.now();
  Clock::time_point until = now + (job_.journal.writing() ? commit_gap : longest_wait);
  if (!ledger_.stopping() && flight_.has_room(0)) {
    const Clock::time_point gate =
        std::max(rate_.next(now), health_.breaker().next(now, flight_.size()));
    if (gate > now) {
      until = std::min(until, gate);
    } else if (const auto due = planning_.next_due()) {
      until = std::min(until, *due);
    }
  }
  const auto limit = std::chrono::ceil<Millis>(std::max(until, now) - now);
  for (Flight::Landed& each : flight_.wait(limit)) {
    settlement_.settle(std::move(each.parcel), each.answer);
  }
}

void Courier::report_rest() {
  const auto report = [this](Work& work) { ledger_.report_open(work); };
  planning_.forget_all(report);
  Tally& tally = ledger_.tally();
  if (tally.interrupted) return;
  planning_.read_rest(report, [&] {
    static_cast<void>(transport_.wait(longest_wait));
    tally.interrupted = interrupted();
    return !tally.interrupted;
  });
}

void Courier::show_progress(bool always) {
  if (!job_.hooks.progress) return;
  const Clock::time_point now = job_.time.now();
  if (!always && now - shown_ < progress_gap) return;
  shown_ = now;
  job_.hooks.progress(ledger_.tally());
}

Tally run_job(Source& source, const Region& region, const JobSettings& settings,
              const JobHooks& hooks) {
  check_endpoint(settings);
  HttpTransport transport(settings.transport);
  DiskJournal journal(settings.journal, settings.identity);
  const SteadyTime time;
  return run_job_in(source, region, settings, hooks,
                    {transport, journal, time, true, std::random_device{}()});
}

Tally run_job_in(Source& source, const Region& region, const JobSettings& settings,
                 const JobHooks& hooks, const Surroundings& around) {
  return Courier(source, region, settings, hooks, around).run();
}

}  // namespace lhcr::deliver
