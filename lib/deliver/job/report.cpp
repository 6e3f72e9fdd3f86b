// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/report.hpp"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace lhcr::deliver {
namespace {

using Json = nlohmann::ordered_json;

std::string_view outcome_name(State state) {
  return state == State::fresh ? "not-sent" : state_name(state);
}

std::string one_line(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string seconds(std::chrono::milliseconds took) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(took.count()) / 1000);
  return text;
}

void add_count(std::string& text, std::uint64_t count, std::string_view what) {
  if (count == 0) return;
  if (!text.empty()) text += ", ";
  text += std::to_string(count) + " " + std::string(what);
}

}  // namespace

std::string issue_text(const Issue& issue) {
  std::string text = issue.source + ": record " + std::to_string(issue.record + 1) + ": " +
                     std::string(outcome_name(issue.state));
  if (issue.status != 0) text += " (" + std::to_string(issue.status) + ")";
  if (issue.attempts > 1) text += " after " + std::to_string(issue.attempts) + " attempts";
  text += ": " + issue.words + (issue.labels.empty() ? "" : ":");
  for (const std::string& label : issue.labels) text += " " + label;
  return printable(text) + "\n";
}

std::string issue_json(const Issue& issue) {
  Json object{{"format", "lhcr-push"},
              {"version", 1},
              {"outcome", outcome_name(issue.state)},
              {"source", issue.source},
              {"record", issue.record + 1},
              {"resources", issue.labels}};
  if (issue.status != 0) object["status"] = issue.status;
  object["attempts"] = issue.attempts;
  object["message"] = issue.words;
  return one_line(object);
}

std::string planned_text(const PlannedRequest& request, bool full) {
  std::string text = request.method + " " + printable(request.url) + " (" +
                     std::to_string(request.body.size()) + " bytes)\n";
  for (const std::string& line : request.headers) text += "  " + printable(line) + "\n";
  if (full && !request.body.empty()) text += printable_lines(request.body) + "\n";
  return text;
}

std::string planned_json(const PlannedRequest& request, bool full) {
  Json object{{"method", request.method},
              {"url", request.url},
              {"headers", request.headers},
              {"bytes", request.body.size()}};
  if (full) object["body"] = request.body;
  return one_line(Json{{"format", "lhcr-push"}, {"version", 1}, {"request", object}});
}

std::string summary_text(const Tally& tally, std::chrono::milliseconds took, bool dry) {
  std::string counts;
  add_count(counts, tally.applied, "applied");
  add_count(counts, tally.already, "applied before");
  add_count(counts, tally.refused, "refused");
  add_count(counts, tally.failed, "failed");
  add_count(counts, tally.unknown, "unknown");
  add_count(counts, tally.not_sent, dry ? "to send" : "not sent");
  if (counts.empty()) counts = "nothing to send";
  std::string sent;
  add_count(sent, tally.requests, tally.requests == 1 ? "request" : "requests");
  add_count(sent, tally.retries, "of them again");
  if (!dry) sent += (sent.empty() ? "" : ", ") + seconds(took);  // what was not sent took no time
  std::string text = counts + (sent.empty() ? "" : " (" + sent + ")") + "\n";
  if (!tally.stopped.empty()) text += "stopped: " + printable(tally.stopped) + "\n";
  return text;
}

std::string summary_json(const Tally& tally, std::chrono::milliseconds took, bool dry) {
  Json object{{"applied", tally.applied},
              {"already", tally.already},
              {"refused", tally.refused},
              {"failed", tally.failed},
              {"unknown", tally.unknown},
              {dry ? "toSend" : "notSent", tally.not_sent},
              {"records", tally.records},
              {"requests", tally.requests},
              {"retries", tally.retries},
              {"bytes", tally.bytes},
              {"seconds", static_cast<double>(took.count()) / 1000}};
  if (!tally.stopped.empty()) object["stopped"] = tally.stopped;
  return one_line(Json{{"format", "lhcr-push"}, {"version", 1}, {"summary", object}});
}

}  // namespace lhcr::deliver
