// SPDX-License-Identifier: Apache-2.0
// The loop of a delivery.
#include "deliver/job/job.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "deliver/job/courier.hpp"
#include "deliver/region/settings.hpp"

namespace lhcr::deliver {
namespace {

constexpr Millis longest_wait{200};
constexpr Millis progress_gap{100};
constexpr Millis commit_gap{20};

BreakerSettings breaker_settings(const JobSettings& settings) {
  BreakerSettings out;
  out.threshold =
      static_cast<unsigned>(std::max<std::size_t>(16, 2 * settings.transport.connections));
  out.give_up = settings.give_up;
  out.most_asked = settings.most_asked;
  return out;
}

std::string fill_uuid(std::string line) {
  constexpr std::string_view mark = "${uuid}";
  for (std::size_t at = line.find(mark); at != std::string::npos; at = line.find(mark, at)) {
    line.replace(at, mark.size(), random_uuid());
  }
  return line;
}

StyleContext style_context(const Region& region, const JobSettings& settings, Source& source) {
  return {region,
          settings.base_url,
          settings.media_type,
          settings.style,
          settings.format,
          source.symbols(),
          [&source](tree::Tree& tree) { source.type(tree); },
          source.tables()};
}

}  // namespace

Courier::Courier(Source& source, const Region& region, const JobSettings& settings,
                 const JobHooks& hooks)
    : source_(source),
      region_(region),
      settings_(settings),
      hooks_(hooks),
      style_(find_style(settings.style).make(style_context(region, settings, source))),
      authenticator_(make_authenticator(settings.auth, settings.base_url, settings.transport)),
      journal_(settings.journal, settings.identity),
      transport_(settings.transport),
      reader_(settings.style),
      backoff_(Millis(100), Millis(2000), std::random_device{}()),
      rate_(settings.rate),
      breaker_(breaker_settings(settings), Clock::now()),
      most_bytes_(static_cast<std::size_t>(region.number("limits.bytes"))),
      compress_(settings.gzip == "on"),
      ahead_(
          source,
          [this](const std::shared_ptr<Record>& record, const std::string& problem) {
            return plan(record, problem);
          },
          [this] { transport_.wake(); }) {
  const std::size_t most = style_->parcel_entries();
  group_ = most == 0 ? style_->group() : std::min(most, style_->group());
  // What is not sent over connections is delivered one after the other.
  if (find_style(settings.style).uses_http) lanes_ = settings.transport.connections;
}

Courier::~Courier() = default;

Tally Courier::run() {
  if (settings_.dry_run) {
    loop_dry();
  } else {
    loop();
    if (!stopping_) style_->finish();
  }
  journal_.commit();
  show_progress(true);
  return tally_;
}

void Courier::loop_dry() {
  source_ended_ = false;
  for (;;) {
    while (ParcelPtr parcel = next_parcel(Clock::now())) {
      const Request request = build(*parcel);
      if (too_big(request) && parcel->members.size() > 1) {
        put_back(*parcel, parcel->members.size() / 2);
        continue;
      }
      ++tally_.requests;
      tally_.bytes += request.content().size();
      tally_.not_sent += parcel->members.size();
      for (const Member& member : parcel->members) {
        // What follows may be planned as if this were done.
        member.entry().state = State::applied;
        member.entry().flying = false;
        --member.work->flying;
        if (++member.work->final == member.work->entries.size()) leave(*member.work);
      }
    }
    if (source_ended_ && held_ == nullptr && idle()) return;
    transport_.wait(longest_wait);
  }
}

void Courier::loop() {
  for (;;) {
    if (!stopping_ && breaker_.exhausted(Clock::now())) {
      stop("the endpoint has given no good answer for " +
           std::to_string(breaker_.failing_for(Clock::now()).count() / 1000) +
           " s, the latest problem: " + latest_problem_);
    }
    if (!stopping_ && hooks_.interrupted && hooks_.interrupted()) {
      tally_.interrupted = true;
      stop("interrupted");
    }
    bool sent = false;
    try {
      sent = !stopping_ && send_some();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::endpoint) throw;
      tally_.interrupted = hooks_.interrupted && hooks_.interrupted();
      stop(tally_.interrupted ? "interrupted" : error.what());
    }
    commit_when_due(!sent && flying_.empty());
    const bool nothing_left = source_ended_ && held_ == nullptr && idle();
    if (flying_.empty() && (stopping_ || nothing_left)) break;
    wait_for_answers();
    show_progress(false);
  }
  if (stopping_) report_rest();
}

bool Courier::send_some() {
  std::vector<ParcelPtr> ready;
  while (flying_.size() + ready.size() < lanes_) {
    const Clock::time_point now = Clock::now();
    if (breaker_.next(now, flying_.size() + ready.size()) > now || rate_.next(now) > now) break;
    ParcelPtr parcel = next_parcel(now);
    if (parcel == nullptr) break;
    rate_.sent(now);
    ready.push_back(std::move(parcel));
    in_hand_ = ready.size();
  }
  if (ready.empty()) return false;
  in_hand_ = 0;
  send(std::move(ready));
  return true;
}

void Courier::send(std::vector<ParcelPtr> parcels) {
  const bool uses_http = find_style(settings_.style).uses_http;
  bool must_last = false;
  for (const ParcelPtr& parcel : parcels) {
    const auto& members = parcel->members;
    const bool earlier = std::any_of(members.begin(), members.end(), [](const Member& member) {
      return must_be_sought(member.entry());
    });
    if (earlier && !parcel->seeking) begin_search(*parcel, Millis(-1));
    if (!parcel->seeking) {
      style_->announce(*parcel);
      write_sending(*parcel);
    }
    must_last = must_last || (!parcel->seeking && (!parcel->repeatable || !uses_http));
  }
  // What must not be done twice does not leave before the journal is on the disk. Anything else may
  // be sent again by a run that finds nothing about it, so it shares a commit with what comes soon.
  if (must_last) commit_when_due(true);
  for (auto parcel = parcels.begin(); parcel != parcels.end(); ++parcel) {
    try {
      if ((*parcel)->seeking) {
        launch_search(*parcel);
      } else {
        launch(*parcel);
      }
    } catch (const Error&) {
      for (; parcel != parcels.end(); ++parcel) later(std::move(*parcel), Millis(0));
      throw;
    }
  }
}

void Courier::commit_when_due(bool now) {
  const Clock::time_point moment = Clock::now();
  if (!now && !commit_soon_ && moment - committed_ < commit_gap) return;
  journal_.commit();
  commit_soon_ = false;
  committed_ = moment;
}

std::vector<std::string> Courier::request_headers(Parcel& parcel) {
  parcel.credential = authenticator_->headers();
  std::vector<std::string> lines = parcel.credential;
  for (const std::string& line : settings_.headers) lines.push_back(fill_uuid(line));
  return lines;
}

void Courier::launch(ParcelPtr& parcel) {
  std::vector<Verdict> verdicts;
  if (style_->deliver_here(*parcel, verdicts)) {
    ++tally_.requests;
    for (std::size_t at = 0; at < parcel->members.size(); ++at) {
      apply_verdict(parcel->members[at], verdicts.at(at), 0);
    }
    release(*parcel);
    return;
  }
  Request request = build(*parcel);
  if (too_big(request) && parcel->members.size() > 1) {
    return put_back(*parcel, parcel->members.size() / 2);
  }
  if (!parcel->url.empty()) request.url = parcel->url;
  for (std::string& line : request_headers(*parcel)) request.headers.push_back(std::move(line));
  parcel->bytes = request.content().size();
  request.compress = compress_ && !request.content().empty();
  ++tally_.requests;
  tally_.bytes += parcel->bytes;
  for (const Member& member : parcel->members) {
    if (member.entry().attempts++ > 0 && &member == &parcel->members.front()) ++tally_.retries;
  }
  const std::uint64_t id = ++next_id_;
  parcel->sent = Clock::now();
  flying_.emplace(id, std::move(parcel));
  transport_.start(id, std::move(request));
}

void Courier::launch_search(ParcelPtr& parcel) {
  settle_unsearchable(*parcel);
  auto& members = parcel->members;
  const auto is_sought = [this](const Member& member) {
    return must_be_sought(member.entry()) && !style_->search_of(member).empty();
  };
  while (parcel->sought < members.size() && !is_sought(members[parcel->sought])) ++parcel->sought;
  if (parcel->sought == members.size()) return end_round(std::move(parcel));
  Request request;
  request.method = "GET";
  request.url = style_->url_of(style_->search_of(members[parcel->sought]));
  request.headers = request_headers(*parcel);
  request.headers.push_back("Accept: " + settings_.media_type);
  // Servers keep the results of searches for a minute, and what was not there may be by now.
  request.headers.emplace_back("Cache-Control: no-cache");
  request.repeatable = true;
  ++tally_.requests;
  const std::uint64_t id = ++next_id_;
  flying_.emplace(id, std::move(parcel));
  transport_.start(id, std::move(request));
}

void Courier::wait_for_answers() {
  const Clock::time_point now = Clock::now();
  Clock::time_point until = now + (journal_.writing() ? commit_gap : longest_wait);
  if (!stopping_ && flying_.size() < lanes_) {
    const Clock::time_point gate = std::max(rate_.next(now), breaker_.next(now, flying_.size()));
    if (gate > now) {
      until = std::min(until, gate);
    } else if (!waiting_.empty()) {
      until = std::min(until, waiting_.begin()->first);
    }
  }
  const auto limit = std::chrono::ceil<Millis>(std::max(until, now) - now);
  for (Transport::Done& done : transport_.wait(limit)) {
    const auto place = flying_.find(done.id);
    ParcelPtr parcel = std::move(place->second);
    flying_.erase(place);
    settle(std::move(parcel), done.answer);
  }
}

void Courier::stop(std::string why) {
  stopping_ = true;
  tally_.stopped = without_secrets(std::move(why));
}

std::string Courier::without_secrets(std::string text) const {
  return redacted(redacted(std::move(text), authenticator_->secrets()), settings_.secrets);
}

/// Names everything that is not settled when the run ends early. The journal keeps it as it is, for
/// the next run.
void Courier::report_rest() {
  const auto name = [this](Work& work) {
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
  };
  std::set<Work*> seen;
  const auto name_once = [&](const WorkPtr& work) {
    if (seen.insert(work.get()).second) name(*work);
  };
  for (const auto& [due, parcel] : waiting_) {
    for (const Member& member : parcel->members) name_once(member.work);
  }
  for (const WorkPtr& work : open_) name_once(work);
  for (const WorkPtr& work : loose_) name_once(work);
  for (const WorkPtr& work : ready_) name_once(work);
  for (const WorkPtr& work : awaited_.take_all()) name_once(work);
  turns_.each_waiting(name_once);
  ready_.clear();
  open_.clear();
  loose_.clear();
  loose_entries_ = 0;
  waiting_.clear();
  while (!tally_.interrupted && (held_ != nullptr || !source_ended_)) {
    if (held_ != nullptr) stage_ = held_->record->stage;
    const Got got = read_record();
    if (got == Got::not_yet) transport_.wait(longest_wait);
    tally_.interrupted = got != Got::record && hooks_.interrupted && hooks_.interrupted();
    if (got != Got::record) continue;
    for (const WorkPtr& work : open_) name_once(work);
    for (const WorkPtr& work : loose_) name_once(work);
    for (const WorkPtr& work : awaited_.take_all()) name_once(work);
    turns_.each_waiting(name_once);
    open_.clear();
    loose_.clear();
    loose_entries_ = 0;
  }
}

void Courier::show_progress(bool always) {
  if (!hooks_.progress) return;
  const Clock::time_point now = Clock::now();
  if (!always && now - shown_ < progress_gap) return;
  shown_ = now;
  hooks_.progress(tally_);
}

Tally run_job(Source& source, const Region& region, const JobSettings& settings,
              const JobHooks& hooks) {
  check_endpoint(settings);
  return Courier(source, region, settings, hooks).run();
}

}  // namespace lhcr::deliver
