// SPDX-License-Identifier: Apache-2.0
#include "cmd/validate/terminology.hpp"

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hex.hpp"
#include "cmd/packages.hpp"
#include "cmd/terminology/terminology.hpp"
#include "deliver/job/journal.hpp"
#include "deliver/transport/crypto.hpp"

namespace lhcr::cmd {
namespace {

using nlohmann::json;
using validate::CodeQuestion;
using validate::CodeVerdict;

/// Codes in one request.
constexpr std::size_t batch_size = 200;
constexpr std::uint64_t seconds_a_day = 86400;
constexpr const char* token_variable = "LHCR_TX_TOKEN";

std::uint64_t seconds_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

/// Tabs and line breaks part the fields of the cache.
bool is_plain(const std::string& text) {
  return text.find_first_of("\t\r\n") == std::string::npos;
}

std::string key_of(const CodeQuestion& question) {
  return question.value_set + '\t' + question.system + '\t' + question.code;
}

std::string base_url(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  const std::size_t scheme = url.find("://");
  if ((!url.starts_with("http://") && !url.starts_with("https://")) ||
      deliver::origin_of(url).empty()) {
    throw Error(ErrorKind::usage, "--tx takes the base URL of a FHIR server, or off");
  }
  if (url.substr(scheme + 3, url.find('/', scheme + 3) - scheme - 3).find('@') !=
      std::string::npos) {
    throw Error(ErrorKind::usage, std::string("--tx: a password does not belong in the URL; put a "
                                              "token into the environment variable ") +
                                      token_variable);
  }
  return url;
}

std::vector<std::string> headers_for(const std::string& url) {
  std::vector<std::string> headers = {"Content-Type: application/fhir+json",
                                      "Accept: application/fhir+json"};
  const char* const token = std::getenv(token_variable);
  if (token == nullptr || *token == '\0') return headers;
  if (!deliver::is_private_channel(url)) {
    throw Error(ErrorKind::usage,
                std::string("--tx: ") + token_variable + " is sent only over https");
  }
  headers.push_back(std::string("Authorization: Bearer ") + token);
  return headers;
}

deliver::TransportOptions transport_options(const TerminologyOptions& options) {
  deliver::TransportOptions made;
  made.connections = 1;
  made.timeout = std::chrono::seconds(options.timeout);
  made.connect_timeout = std::min<std::chrono::milliseconds>(made.timeout, made.connect_timeout);
  return made;
}

std::string cache_file(const std::string& url) {
  const auto key = deliver::hash_of({url});
  return xdg_folder("XDG_CACHE_HOME", ".cache") + "/lhcr/tx/" + hex(key) + ".txt";
}

json parameter(const char* name, const char* type, const json& value) {
  return {{"name", name}, {type, value}};
}

/// ValueSet/$validate-code or CodeSystem/$validate-code,
/// https://hl7.org/fhir/R4/valueset-operation-validate-code.html
json entry_of(const CodeQuestion& question) {
  json parameters = json::array();
  const bool in_set = !question.value_set.empty();
  const std::size_t bar = question.value_set.find('|');
  const std::string& url = in_set ? question.value_set : question.system;
  parameters.push_back(parameter("url", "valueUri", in_set ? url.substr(0, bar) : url));
  if (in_set && bar != std::string::npos) {
    parameters.push_back(parameter("valueSetVersion", "valueString", url.substr(bar + 1)));
  }
  parameters.push_back(parameter("code", "valueCode", question.code));
  if (in_set && !question.system.empty()) {
    parameters.push_back(parameter("system", "valueUri", question.system));
  } else if (in_set) {
    parameters.push_back(parameter("inferSystem", "valueBoolean", true));
  }
  return {{"request",
           {{"method", "POST"},
            {"url", in_set ? "ValueSet/$validate-code" : "CodeSystem/$validate-code"}}},
          {"resource", {{"resourceType", "Parameters"}, {"parameter", parameters}}}};
}

/// A server that does not know the system or the set answers no as well; it says so beside.
bool says_unknown(const std::string& name) {
  return name == "x-caused-by-unknown-system" || name == "x-unknown-system";
}

CodeVerdict verdict_of(const json& entry) {
  const json resource = entry.value("resource", json::object());
  if (!resource.is_object() || resource.value("resourceType", "") != "Parameters") {
    return CodeVerdict::unknown;
  }
  CodeVerdict verdict = CodeVerdict::unknown;
  for (const json& one : resource.value("parameter", json::array())) {
    const std::string name = one.value("name", "");
    if (says_unknown(name)) return CodeVerdict::unknown;
    if (name == "result" && one.contains("valueBoolean")) {
      verdict = one["valueBoolean"] == true ? CodeVerdict::yes : CodeVerdict::no;
    }
  }
  return verdict;
}

std::string failure_text(const deliver::Answer& answer) {
  if (answer.failure != deliver::Failure::none) return answer.problem;
  return "it answered with status " + std::to_string(answer.status);
}

}  // namespace

std::unique_ptr<terminology::Library> open_releases(const TerminologyOptions& options,
                                                    const Io& io) {
  if (options.releases == std::vector<std::string>{"off"}) {
    return std::make_unique<terminology::Library>();
  }
  auto made = std::make_unique<terminology::Library>(terminology_folder(), options.releases);
  for (const std::string& problem : made->problems()) {
    io.say("lhcr: note: " + problem + "\n");
  }
  return made;
}

std::string labels_of(const terminology::Library& releases) {
  std::string text;
  for (const auto& one : releases.all()) {
    if (!one->image().meta("system").empty()) {  // else value sets or maps
      text += (text.empty() ? "" : ", ") + one->stored().label();
    }
  }
  return text;
}

void declare_releases(OptionList& list, TerminologyOptions& options) {
  list.opt(
      "--terminology", options.releases, {"NAME"},
      "Check codes and displays against this release, one of those that 'lhcr terminology list' "
      "shows; may be repeated; off: against none. By default the newest of each that was added");
}

void declare_terminology(OptionList& list, TerminologyOptions& options) {
  declare_releases(list, options);
  list.opt("--tx", options.url, {"URL"},
           "Ask the FHIR server with this base URL about codes that are not known here "
           "($validate-code); only codes are sent. off (default): ask none. A token may be in "
           "LHCR_TX_TOKEN");
  list.opt("--tx-cache", options.days, 0, {"DAYS"},
           "Use an answer again for this many days (default 7); 0: always ask again");
  list.opt(
      "--tx-timeout", options.timeout, 1, {"SECONDS"},
      "Wait at most this long for one answer (default 20); a server that fails is not asked again");
}

AnswerCache::AnswerCache(std::string file, std::uint64_t lifetime, std::uint64_t now)
    : file_(std::move(file)), lifetime_(lifetime), now_(now) {
  std::error_code ignored;
  if (lifetime == 0 || !std::filesystem::is_regular_file(file_, ignored)) return;
  const std::string text = read_file(file_);
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    const std::string_view line = std::string_view(text).substr(from, end - from);
    from = end + 1;
    Answer answer{};
    const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), answer.time);
    const auto used = static_cast<std::size_t>(rest - line.data());
    const std::string_view verdict = line.substr(used, 3);
    if (error != std::errc() || (verdict != "\ty\t" && verdict != "\tn\t")) continue;
    answer.yes = verdict[1] == 'y';
    if (answer.time + lifetime_ > now_) answers_[std::string(line.substr(used + 3))] = answer;
  }
}

CodeVerdict AnswerCache::find(const std::string& key) const {
  const auto found = answers_.find(key);
  if (found == answers_.end()) return CodeVerdict::unknown;
  return found->second.yes ? CodeVerdict::yes : CodeVerdict::no;
}

void AnswerCache::add(const std::string& key, CodeVerdict verdict) {
  if (verdict == CodeVerdict::unknown) return;
  answers_[key] = {now_, verdict == CodeVerdict::yes};
  changed_ = true;
}

void AnswerCache::save() const {
  if (!changed_ || lifetime_ == 0) return;
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(file_).parent_path(), error);
  if (error) {
    throw Error(ErrorKind::input, "cannot make the folder of " + file_ + ": " + error.message());
  }
  std::string text;
  for (const auto& [key, answer] : answers_) {
    text += std::to_string(answer.time) + (answer.yes ? "\ty\t" : "\tn\t") + key + '\n';
  }
  write_file(file_, text);
}

TerminologyServer::TerminologyServer(const TerminologyOptions& options)
    : url_(base_url(options.url)),
      headers_(headers_for(url_)),
      transport_(transport_options(options)),
      cache_(cache_file(url_), options.days * seconds_a_day, seconds_now()) {}

std::vector<CodeVerdict> TerminologyServer::judge(std::span<const CodeQuestion> questions) {
  const std::lock_guard<std::mutex> guard(asking_);
  std::vector<const CodeQuestion*> open;
  std::set<std::string> seen;
  for (const CodeQuestion& question : questions) {
    const std::string key = key_of(question);
    if (cache_.find(key) == CodeVerdict::unknown && is_plain(question.code) &&
        seen.insert(key).second) {
      open.push_back(&question);
    }
  }
  for (std::size_t from = 0; from < open.size() && problem_.empty(); from += batch_size) {
    const std::size_t end = std::min(from + batch_size, open.size());
    ask({open.begin() + static_cast<std::ptrdiff_t>(from),
         open.begin() + static_cast<std::ptrdiff_t>(end)});
  }
  std::vector<CodeVerdict> verdicts;
  verdicts.reserve(questions.size());
  for (const CodeQuestion& question : questions) verdicts.push_back(cache_.find(key_of(question)));
  return verdicts;
}

void TerminologyServer::ask(const std::vector<const CodeQuestion*>& questions) {
  json entries = json::array();
  for (const CodeQuestion* question : questions) entries.push_back(entry_of(*question));
  const json bundle = {{"resourceType", "Bundle"}, {"type", "batch"}, {"entry", entries}};
  deliver::Request request;
  request.url = url_;
  request.headers = headers_;
  request.body = bundle.dump(-1, ' ', false, json::error_handler_t::replace);
  request.repeatable = true;
  const deliver::Answer answer = transport_.perform(std::move(request));
  if (answer.failure != deliver::Failure::none || answer.status != 200) {
    problem_ = failure_text(answer);
  } else {
    take(questions, answer.body);
  }
}

void TerminologyServer::take(const std::vector<const CodeQuestion*>& questions,
                             const std::string& body) {
  const json bundle = json::parse(body, nullptr, false);
  const bool good = bundle.is_object() && bundle.contains("entry") && bundle["entry"].is_array() &&
                    bundle["entry"].size() == questions.size();
  if (!good) {
    problem_ = "its answer is not a Bundle with an entry for each question";
    return;
  }
  try {
    for (std::size_t i = 0; i < questions.size(); ++i) {
      cache_.add(key_of(*questions[i]), verdict_of(bundle["entry"][i]));
    }
  } catch (const json::exception&) {
    problem_ = "its answer is not FHIR";
  }
}

void TerminologyServer::finish() {
  cache_.save();
}

std::unique_ptr<TerminologyServer> terminology_server(const TerminologyOptions& options) {
  if (options.url == "off") return nullptr;
  return std::make_unique<TerminologyServer>(options);
}

}  // namespace lhcr::cmd
