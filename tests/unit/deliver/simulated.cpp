// SPDX-License-Identifier: Apache-2.0
#include "simulated.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "deliver/job/survey.hpp"
#include "format/cda/cda.hpp"

namespace lhcr::deliver::simulated {
namespace {

using nlohmann::json;

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool coded = text[at] == '%' && at + 2 < text.size();
    out += coded ? static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]))
                 : text[at];
    if (coded) at += 2;
  }
  return out;
}

std::string identifier_in(const json& resource) {
  if (!resource.contains("identifier")) return {};
  const json& first = resource["identifier"][0];
  return first.value("system", "") + "|" + first.value("value", "");
}

Answer fhir(long status, const json& body) {
  Answer answer;
  answer.status = status;
  answer.content_type = "application/fhir+json";
  if (!body.is_null()) answer.body = body.dump();
  return answer;
}

json outcome(const char* words) {
  return {{"resourceType", "OperationOutcome"},
          {"issue", {{{"severity", "error"}, {"code", "invalid"}, {"diagnostics", words}}}}};
}

std::string path_of(const Request& request) {
  const std::string path = request.url.substr(std::string_view(base).size());
  return path.starts_with("/") ? path.substr(1) : path;
}

Answer failure(Failure what) {
  Answer answer;
  answer.failure = what;
  answer.problem = "simulated";
  return answer;
}

const char* words_of(int status) {
  return status == 201 ? "201 Created" : status == 200 ? "200 OK" : "422 Unprocessable Entity";
}

}  // namespace

std::string header_of(const Request& request, std::string_view name) {
  const std::string begin = std::string(name) + ": ";
  for (const std::string& line : request.headers) {
    if (line.starts_with(begin)) return line.substr(begin.size());
  }
  return {};
}

std::size_t Server::count(const std::string& mark) const {
  return static_cast<std::size_t>(std::count_if(
      all_.begin(), all_.end(), [&](const auto& each) { return each.second.mark == mark; }));
}

std::size_t Server::count_of(const std::string& type, const std::string& identifier) const {
  return static_cast<std::size_t>(std::count_if(all_.begin(), all_.end(), [&](const auto& each) {
    return each.first.starts_with(type + "/") &&
           identifier_in(each.second.resource).ends_with("|" + identifier);
  }));
}

std::optional<std::string> Server::find(const std::string& type, const std::string& query) const {
  const std::string wanted = decoded(query.substr(query.find('=') + 1));
  for (const auto& [name, stored] : all_) {
    if (name.starts_with(type + "/") && identifier_in(stored.resource) == wanted) return name;
  }
  return std::nullopt;
}

std::string Server::Demand::whole_condition() const {
  if (url.find('?') != std::string::npos) return url;
  return condition.empty() ? std::string() : url + "?" + condition;
}

std::vector<Server::Demand> Server::demands_of(const Request& request) {
  const std::string path = path_of(request);
  json body = json::parse(request.content());
  if (!path.empty()) {
    return {{request.method, path, header_of(request, "If-None-Exist"), std::move(body)}};
  }
  std::vector<Demand> all;
  for (const json& entry : body["entry"]) {
    const json& asked = entry["request"];
    all.push_back(
        {asked["method"], asked["url"], asked.value("ifNoneExist", ""), entry["resource"]});
  }
  return all;
}

Server::Absent Server::look(const Request& request) const {
  Absent absent;
  if (request.method == "GET") return absent;
  for (const Demand& demand : demands_of(request)) {
    const std::string condition = demand.whole_condition();
    const std::size_t query = condition.find('?');
    if (query == std::string::npos) continue;
    if (!find(condition.substr(0, query), condition.substr(query + 1))) absent.insert(condition);
  }
  return absent;
}

Server::Response Server::write(Demand demand, const Absent& absent) {
  const std::string mark = demand.resource.value("language", "");
  if (is_poison(mark)) return {422, ""};
  std::string name = demand.url;
  const std::string type = demand.resource.value("resourceType", "");
  const std::string condition = demand.whole_condition();
  if (demand.method == "POST" || !condition.empty()) {
    auto there =
        condition.empty() ? std::nullopt : find(type, condition.substr(condition.find('?') + 1));
    // What was not there when it looked has come since; only its own repetition is noticed.
    if (there && absent.contains(condition) && all_[*there].mark != mark) there.reset();
    if (there && demand.method == "POST") return {200, *there};
    name = there.value_or(type + "/s" + std::to_string(++created_));
  }
  const bool is_new = !all_.contains(name);
  demand.resource["id"] = name.substr(name.find('/') + 1);
  all_[name] = {std::move(demand.resource), mark};
  return {is_new ? 201 : 200, name};
}

/// Whether something of a Bundle refers to what is neither in it nor here.
bool Server::lacks_target(const json& bundle) const {
  std::set<std::string> names;
  for (const json& entry : bundle["entry"]) {
    names.insert(std::string(entry["request"]["url"]));
    names.insert(entry.value("fullUrl", ""));
  }
  return std::any_of(bundle["entry"].begin(), bundle["entry"].end(), [&](const json& entry) {
    const json& resource = entry["resource"];
    if (!resource.contains("subject")) return false;
    const std::string reference = resource["subject"]["reference"];
    return !names.contains(reference) && !all_.contains(reference);
  });
}

Answer Server::serve_bundle(const json& bundle, const Absent& absent) {
  const bool atomic = bundle["type"] == "transaction";
  const auto is_bad = [](const json& entry) {
    return is_poison(entry["resource"].value("language", ""));
  };
  if (atomic && std::any_of(bundle["entry"].begin(), bundle["entry"].end(), is_bad)) {
    return fhir(422, outcome("one of them is bad"));
  }
  if (demands_targets_ && lacks_target(bundle)) {
    return fhir(422, outcome("one of them refers to what is not there"));
  }
  json answer{{"resourceType", "Bundle"}, {"type", std::string(bundle["type"]) + "-response"}};
  std::map<std::string, std::string> names;  // by fullUrl, for references inside it
  std::vector<std::string> written;
  for (const json& entry : bundle["entry"]) {
    const json& request = entry["request"];
    const Response response = write(
        {request["method"], request["url"], request.value("ifNoneExist", ""), entry["resource"]},
        absent);
    json told{{"status", words_of(response.status)}};
    if (response.status == 422) told["outcome"] = outcome("it is bad");
    if (!response.location.empty()) told["location"] = response.location + "/_history/1";
    answer["entry"].push_back({{"response", told}});
    if (entry.contains("fullUrl")) names[entry["fullUrl"]] = response.location;
    written.push_back(response.location);
  }
  for (const std::string& name : written) {
    if (name.empty() || !all_[name].resource.contains("subject")) continue;
    json& reference = all_[name].resource["subject"]["reference"];
    const auto known = names.find(reference);
    if (atomic && known != names.end()) reference = known->second;
  }
  return fhir(200, answer);
}

Answer Server::search(const std::string& path) const {
  const std::size_t query = path.find('?');
  json found{{"resourceType", "Bundle"}, {"type", "searchset"}, {"entry", json::array()}};
  const std::string type = path.substr(0, query);
  const std::string wanted = decoded(path.substr(path.find('=') + 1));
  for (const auto& [name, stored] : all_) {
    if (!name.starts_with(type + "/") || identifier_in(stored.resource) != wanted) continue;
    found["entry"].push_back({{"resource", stored.resource}, {"search", {{"mode", "match"}}}});
  }
  return fhir(200, found);
}

Answer Server::poll(const std::string& path) {
  const auto task = tasks_.find(path);
  if (task == tasks_.end()) return fhir(404, nullptr);
  if (task->second.questions-- > 1) return fhir(202, nullptr);
  Answer answer = task->second.answer;
  tasks_.erase(task);
  return answer;
}

Answer Server::serve_later(const Request& request, const Absent& absent, unsigned questions) {
  Answer answer = serve(request, absent);
  const bool is_bundle = path_of(request).empty();
  const json body = answer.body.empty() ? json() : json::parse(answer.body);
  json response{{"status", std::to_string(answer.status)}};
  if (!answer.header("location").empty())
    response["location"] = std::string(answer.header("location"));
  if (answer.status >= 400) response["outcome"] = body;
  json entry{{"response", response}};
  if (is_bundle && answer.status == 200) entry["resource"] = body;
  const std::string place = "status/" + std::to_string(++accepted_);
  tasks_[place] = {fhir(200, {{"resourceType", "Bundle"},
                              {"type", "batch-response"},
                              {"entry", json::array({entry})}}),
                   questions};
  Answer accepted = fhir(202, nullptr);
  accepted.headers.emplace_back("content-location", std::string(base) + "/" + place);
  return accepted;
}

Answer Server::serve(const Request& request, const Absent& absent) {
  const std::string path = path_of(request);
  if (request.method == "GET") return path.starts_with("status/") ? poll(path) : search(path);
  if (path.empty()) return serve_bundle(json::parse(request.content()), absent);
  const Response response = write(demands_of(request).front(), absent);
  if (response.status == 422) return fhir(422, outcome("it is bad"));
  Answer answer = fhir(response.status, nullptr);
  answer.headers.emplace_back("location", std::string(base) + "/" + response.location);
  return answer;
}

void Network::answer(Millis wait, std::uint64_t id, Answer what) {
  Event event;
  event.id = id;
  event.fixed = std::move(what);
  at(wait, std::move(event));
}

bool Network::fail_before_work(std::uint64_t id) {
  if (dice_.hits(faults_.not_sent)) {
    answer(some(50), id, failure(Failure::not_sent));
  } else if (dice_.hits(faults_.lost_request)) {
    const bool cut = dice_.hits(500);
    answer(cut ? some(500) : Millis(3000), id,
           failure(cut ? Failure::interrupted : Failure::timed_out));
  } else if (dice_.hits(faults_.busy)) {
    Answer busy = fhir(dice_.hits(500) ? 503 : 429, nullptr);
    if (dice_.hits(500)) busy.headers.emplace_back("retry-after", dice_.hits(500) ? "0" : "1");
    answer(some(50), id, std::move(busy));
  } else if (dice_.hits(faults_.portal)) {
    Answer page = fhir(200, nullptr);
    page.content_type = "text/html";
    page.body = "<html>log in</html>";
    answer(some(50), id, std::move(page));
  } else {
    return false;
  }
  return true;
}

void Network::work_and_fail(std::uint64_t id, const Request& request, Millis delay) {
  Event work;
  work.id = id;
  work.arrives = request;
  work.arrives->body = request.content();
  work.arrives->lender.reset();
  if (dice_.hits(faults_.lost_answer)) {
    work.silent = true;
    answer(delay + some(100), id, failure(Failure::interrupted));
  } else if (dice_.hits(faults_.timed_out)) {
    work.silent = true;
    delay = Millis(2500) + some(2500);
    answer(Millis(3000), id, failure(Failure::timed_out));
  } else if (dice_.hits(faults_.broken)) {
    constexpr long statuses[] = {500, 502, 504};
    work.silent = true;
    answer(delay + some(20), id, fhir(statuses[dice_.below(3)], nullptr));
    if (dice_.hits(500)) work.arrives.reset();
  } else if (request.method != "GET" && dice_.hits(faults_.async)) {
    work.questions = static_cast<unsigned>(1 + dice_.below(4));
  }
  if (work.arrives && request.repeatable && dice_.hits(faults_.repeated)) {
    Event again = work;
    again.silent = true;
    at(std::max(Millis(0), delay - Millis(1)), std::move(again));
  }
  at(delay, std::move(work));
}

void Network::start(std::uint64_t id, Request request) {
  if (requests_left_ && (*requests_left_)-- == 0) throw Crash{};
  note(id, "starts", &request, nullptr);
  if (fail_before_work(id)) return;
  const bool slow = dice_.hits(50);
  work_and_fail(id, request, slow ? some(1200) : some(40));
}

void Network::note(std::uint64_t id, const char* what, const Request* request,
                   const Answer* answer) {
  if (log_ == nullptr) return;
  const auto since = time_.now() - Moment(std::chrono::hours(1));
  *log_ += "\n  " + std::to_string(std::chrono::duration_cast<Millis>(since).count()) + " ms #" +
           std::to_string(id) + " " + what + " ";
  if (request != nullptr) {
    *log_ += request->method + " " + request->url + " " + std::string(request->content());
  } else if (answer != nullptr) {
    *log_ += std::to_string(answer->status) + " failure " +
             std::to_string(static_cast<int>(answer->failure)) + " " + answer->body;
  }
}

void Network::happen(Event event) {
  if (event.fixed) {
    note(event.id, "answers", nullptr, &*event.fixed);
    done_.push_back({event.id, std::move(*event.fixed)});
    return;
  }
  if (!event.arrives) return;
  if (!event.absent) {
    note(event.id, "arrives", &*event.arrives, nullptr);
    event.absent = server_.look(*event.arrives);
    if (!event.absent->empty()) return at(some(30), std::move(event));
  }
  Answer answer = event.questions > 0
                      ? server_.serve_later(*event.arrives, *event.absent, event.questions)
                      : server_.serve(*event.arrives, *event.absent);
  note(event.id, event.silent ? "would answer" : "answers", nullptr, &answer);
  if (!event.silent) done_.push_back({event.id, std::move(answer)});
}

std::vector<Transport::Done> Network::wait(Millis limit) {
  const Moment end = time_.now() + limit;
  while (done_.empty() && !events_.empty() && events_.begin()->first <= end) {
    time_.go_to(events_.begin()->first);
    Event event = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    happen(std::move(event));
  }
  if (done_.empty()) time_.go_to(end);
  return std::exchange(done_, {});
}

void Network::forget_sender() {
  note(0, "sender is down", nullptr, nullptr);
  requests_left_.reset();
  done_.clear();
  for (auto place = events_.begin(); place != events_.end();) {
    place->second.silent = true;
    place = place->second.fixed ? events_.erase(place) : std::next(place);
  }
}

Records::Records(std::vector<std::string> texts, bool sorted)
    : texts_(std::move(texts)), sorted_(sorted) {}

const SymbolTable& Records::symbols() const {
  static const SymbolTable table;
  return table;
}

bool Records::next(Record& record, std::string& problem) {
  if (next_ == texts_.size()) return false;
  record.source = "input";
  record.index = next_;
  record.cda = texts_[next_].starts_with("<ClinicalDocument");
  record.set_text(texts_[next_++], record.cda ? format::Format::xml : format::Format::json);
  record.key = hash_of({record.text()});
  finding::Collector problems(1);
  const bool read = record.cda ? format::read_cda(record.text(), record.tree, problems)
                               : reader_.read(record.text(), record.tree, problems);
  if (!read) problem = "not read";
  record.stage = sorted_ ? rank_of_type(record.tree.resource_type(tree::root_node)) : 0;
  return true;
}

}  // namespace lhcr::deliver::simulated
