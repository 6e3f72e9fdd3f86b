// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace lhcr::deliver {
namespace {

constexpr std::size_t longest_words = 500;

constexpr std::array<std::string_view, 4> json_types{
    "application/fhir+json", "application/json+fhir", "application/json", "text/json"};
constexpr std::array<std::string_view, 4> xml_types{"application/fhir+xml", "application/xml+fhir",
                                                    "application/xml", "text/xml"};

/// All that is looked at in answers.
constexpr std::array<std::string_view, 23> answer_names{
    "resourceType", "type",  "entry",       "response",    "status",     "location",
    "outcome",      "issue", "severity",    "details",     "text",       "coding",
    "display",      "code",  "diagnostics", "resource",    "search",     "mode",
    "id",           "total", "rest",        "interaction", "fhirVersion"};

format::NameSet intern_names(SymbolTable& symbols) {
  format::NameSet names;
  for (const std::string_view name : answer_names) names.add(name, symbols.intern(name));
  return names;
}

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& all) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

std::string shortened(std::string_view text) {
  std::string out(text.substr(0, longest_words));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  if (text.size() > longest_words) out += "…";
  return out;
}

long leading_number(std::string_view text) {
  long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void add_words(std::string& words, std::string_view more) {
  if (more.empty()) return;
  if (!words.empty()) words += "; ";
  words += more;
}

}  // namespace

Result result_of_status(long status) {
  if (status >= 200 && status < 300) return Result::applied;
  switch (status) {
    case 301:
    case 307:
    case 308:
    case 401:
    case 409:
    case 423:
    case 425:
    case 429:
    case 503:
      return Result::again;  // says that nothing was done (RFC 9110, 6585, 8470, 4918)
    case 408:
    case 500:
    case 502:
    case 504:
      return Result::unknown;
    default:
      break;
  }
  if (status >= 300 && status < 400) return Result::unknown;
  return status >= 400 && status < 500 ? Result::refused : Result::unknown;
}

std::string local_reference(std::string_view location, std::string_view base_url) {
  if (!base_url.empty() && location.substr(0, base_url.size()) == base_url) {
    location.remove_prefix(base_url.size());
  }
  const std::size_t history = location.find("/_history/");
  location = location.substr(0, history);
  const std::size_t id = location.rfind('/');
  if (id == std::string_view::npos || id == 0) return std::string(location);
  const std::size_t type = location.rfind('/', id - 1);
  return std::string(type == std::string_view::npos ? location : location.substr(type + 1));
}

AnswerReader::AnswerReader()
    : named_(intern_names(symbols_)),
      entry_(symbols_.find("entry")),
      response_(symbols_.find("response")),
      status_(symbols_.find("status")),
      location_(symbols_.find("location")),
      tree_(symbols_) {}

/// Servers write what FHIR does not allow (empty arrays); what can be read is taken.
bool AnswerReader::parse(const Answer& answer) {
  finding::Collector problems(1);
  if (is_one_of(answer.content_type, xml_types)) {
    format::Record body;
    body.bytes = answer.body;
    body.format = format::Format::xml;
    return whole_.read_as(record::Kind::fhir_xml, body, tree_, problems);
  }
  if (!is_one_of(answer.content_type, json_types)) return false;
  padded_.assign(answer.body);
  padded_.append(format::read_padding, '\0');
  const std::string_view bytes(padded_.data(), answer.body.size());
  return named_.read(bytes, tree_) || whole_.read_json(bytes, tree_, problems);
}

const tree::Tree* AnswerReader::resource(const Answer& answer) {
  const bool good = answer.failure == Failure::none && answer.status == 200 && parse(answer);
  return good && !tree_.resource_type(tree::root_node).empty() ? &tree_ : nullptr;
}

std::string AnswerReader::outcome_words(tree::NodeId outcome) const {
  std::string words;
  const Symbol issue = tree_.find("issue");
  if (issue == no_symbol) return words;
  for (const tree::NodeId child : tree_.children(outcome)) {
    if (tree_[child].element != issue) continue;
    std::string_view text = child_text(tree_, child, "diagnostics");
    if (text.empty()) text = child_text(tree_, child_node(tree_, child, "details"), "text");
    if (text.empty()) {
      const tree::NodeId coding = child_node(tree_, child_node(tree_, child, "details"), "coding");
      text = child_text(tree_, coding, "display");
      if (text.empty()) text = child_text(tree_, coding, "code");
    }
    if (text.empty()) text = child_text(tree_, child, "code");
    add_words(words, text);
  }
  return shortened(words);
}

Verdict AnswerReader::read_entry(tree::NodeId entry, std::string_view base_url) const {
  Verdict verdict;
  const tree::NodeId response = tree_.child(entry, response_);
  std::string_view status;
  if (response != tree::no_node) {
    for (const tree::NodeId child : tree_.children(response)) {
      const std::string_view text = tree_[child].text();
      if (tree_[child].element == status_) status = text;
      if (tree_[child].element == location_) verdict.location = local_reference(text, base_url);
    }
  }
  verdict.status = leading_number(status);
  verdict.result = verdict.status == 0 ? Result::unknown : result_of_status(verdict.status);
  if (verdict.result == Result::applied) return verdict;
  tree::NodeId outcome = child_node(tree_, response, "outcome");
  if (outcome == tree::no_node) outcome = child_node(tree_, entry, "resource");
  verdict.words = outcome == tree::no_node ? std::string() : outcome_words(outcome);
  if (verdict.words.empty()) verdict.words = status;
  if (verdict.words.empty()) verdict.words = "the answer gives no status for this entry";
  return verdict;
}

/// A 2xx: only what can be read, and says so, counts as applied.
void AnswerReader::read_body(const Answer& answer, std::size_t bundle_of, std::string_view base_url,
                             Reading& reading) {
  Verdict& whole = reading.whole;
  if (bundle_of == 0 && answer.body.empty()) return;
  const bool is_fhir = parse(answer) && !tree_.resource_type(tree::root_node).empty();
  if (!is_fhir) {
    whole.result = Result::unknown;
    whole.words = "status " + std::to_string(answer.status) + " with " +
                  (answer.content_type.empty() ? "no content type" : answer.content_type) +
                  " that is no FHIR resource: the answer is not the server's";
    reading.transient = true;
    return;
  }
  const std::string_view type = tree_.resource_type(tree::root_node);
  if (bundle_of == 0) {
    if (type != "OperationOutcome") return;
    const Symbol issue = tree_.find("issue");
    for (const tree::NodeId child : tree_.children(tree::root_node)) {
      const std::string_view severity = child_text(tree_, child, "severity");
      const bool bad = severity == "error" || severity == "fatal";
      if (tree_[child].element != issue || !bad) continue;
      whole.result = Result::refused;
      whole.words = outcome_words(tree::root_node);
    }
    return;
  }
  reading.entries.reserve(bundle_of);
  for (const tree::NodeId child : tree_.children(tree::root_node)) {
    if (type == "Bundle" && tree_[child].element == entry_) {
      reading.entries.push_back(read_entry(child, base_url));
    }
  }
  if (reading.entries.size() == bundle_of) return;
  whole.result = Result::unknown;
  whole.words = type == "OperationOutcome"
                    ? outcome_words(tree::root_node)
                    : "the answer has " + std::to_string(reading.entries.size()) + " entries for " +
                          std::to_string(bundle_of);
  reading.entries.clear();
}

Reading AnswerReader::read(const Answer& answer, std::size_t bundle_of, std::string_view base_url) {
  Reading reading;
  Verdict& whole = reading.whole;
  whole.status = answer.status;
  reading.retry_after =
      parse_retry_after(answer.header("retry-after"), answer.header("date"), std::time(nullptr));
  if (answer.failure != Failure::none) {
    const bool not_sent = answer.failure == Failure::not_sent || answer.failure == Failure::trust;
    whole.status = 0;
    whole.result = not_sent ? Result::again : Result::unknown;
    whole.words = answer.problem;
    reading.transient = true;
    return reading;
  }
  whole.result = result_of_status(answer.status);
  whole.location = local_reference(answer.header("location"), base_url);
  if (whole.result == Result::applied) {
    read_body(answer, bundle_of, base_url, reading);
    return reading;
  }
  reading.unauthorised = answer.status == 401;
  reading.too_large = answer.status == 413;
  if (answer.status >= 300 && answer.status < 400) reading.redirect = answer.header("location");
  reading.transient = whole.result != Result::refused;
  if (parse(answer)) whole.words = outcome_words(tree::root_node);
  if (whole.words.empty()) whole.words = "status " + std::to_string(answer.status);
  return reading;
}

std::optional<AnswerReader::Matches> AnswerReader::matches(const Answer& answer) {
  if (resource(answer) == nullptr) return std::nullopt;
  if (tree_.resource_type(tree::root_node) != "Bundle") return std::nullopt;
  Matches found;
  for (const tree::NodeId child : tree_.children(tree::root_node)) {
    if (tree_[child].element != entry_) continue;
    const tree::NodeId resource = child_node(tree_, child, "resource");
    const std::string_view mode = child_text(tree_, child_node(tree_, child, "search"), "mode");
    if (resource == tree::no_node || mode == "outcome" || mode == "include") continue;
    if (found.count++ == 0) {
      found.location = std::string(tree_.resource_type(resource)) + "/" +
                       std::string(child_text(tree_, resource, "id"));
    }
  }
  return found;
}

}  // namespace lhcr::deliver
