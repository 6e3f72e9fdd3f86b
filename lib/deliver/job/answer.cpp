// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/answer.hpp"

#include <array>
#include <charconv>
#include <ctime>

#include "base/ascii.hpp"
#include "base/measure.hpp"
#include "base/names.hpp"
#include "base/reference_text.hpp"
#include "base/words.hpp"
#include "deliver/style/safe.hpp"
#include "tree/nodes.hpp"

namespace lhcr::deliver {
namespace {

constexpr std::size_t longest_words = 500;

/// What a server gives a resource, or may say in its own words; besides ids and references.
constexpr std::array<std::string_view, 4> own_to_server{"meta", "text", "contained",
                                                        "resourceType"};

constexpr std::array<std::string_view, 4> json_types{
    "application/fhir+json", "application/json+fhir", "application/json", "text/json"};
constexpr std::array<std::string_view, 4> xml_types{"application/fhir+xml", "application/xml+fhir",
                                                    "application/xml", "text/xml"};

/// All that is looked at in answers.
constexpr std::array<std::string_view, 25> answer_names{
    "resourceType", "type",        "entry",      "response", "status", "location", "outcome",
    "issue",        "severity",    "details",    "text",     "coding", "display",  "code",
    "diagnostics",  "resource",    "search",     "mode",     "id",     "total",    "rest",
    "interaction",  "fhirVersion", "identifier", "value"};

/// Of issues beside which the action has gone well; success is R5's.
constexpr std::array<std::string_view, 3> harmless_severities{"warning", "information", "success"};

constexpr std::array<std::string_view, 2> response_bundles{"transaction-response",
                                                           "batch-response"};

format::NameSet intern_names(SymbolTable& symbols) {
  format::NameSet names;
  for (const std::string_view name : answer_names) names.add(name, symbols.intern(name));
  return names;
}

std::string shortened(std::string_view text) {
  std::string out(text.substr(0, longest_words));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  if (text.size() > longest_words) out += "…";
  return out;
}

/// Whether a searchset says by what it was searched, and not by identifier: a server may pass over
/// parameters, and tells in the link "self" which it did not (R4, 3.1.1.5).
bool passes_over_identifier(const tree::Tree& tree) {
  for (const tree::NodeId child : tree.children(tree::root_node)) {
    if (tree[child].name != name::link || child_text(tree, child, "relation") != "self") continue;
    return child_text(tree, child, "url").find("identifier") == std::string_view::npos;
  }
  return false;
}

/// Whether one of a resource's identifiers is "system|value".
bool has_identifier(const tree::Tree& tree, tree::NodeId resource, std::string_view wanted) {
  for (const tree::NodeId child : tree::named(tree, resource, name::identifier)) {
    std::string found(child_text(tree, child, "system"));
    found.append("|").append(child_text(tree, child, "value"));
    if (found == wanted) return true;
  }
  return false;
}

long leading_number(std::string_view text) {
  long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Whether it may be otherwise next time.
bool passes(Result result) {
  return result == Result::again || result == Result::unknown;
}

/// What stands where a Bundle of responses should.
std::string said_in_place(std::string_view type, std::string_view kind) {
  std::string words = "the answer to a Bundle is a resource of type " + std::string(type);
  return kind.empty() ? words : words + " (" + std::string(kind) + ")";
}

void add_words(std::string& words, std::string_view more) {
  if (more.empty()) return;
  if (!words.empty()) words += "; ";
  words += more;
}

}  // namespace

bool contradicts(const tree::Tree& tree, tree::NodeId theirs, const tree::Tree& sent,
                 tree::NodeId own) {
  if (sent[own].kind != tree::Kind::object) {
    return sameness(tree[theirs].text(), sent[own].text(), "decimal") == Sameness::different;
  }
  for (const tree::NodeId part : sent.children(own)) {
    const std::string_view name = sent.name_of(part);
    const bool of_resource = sent[own].is(tree::resource) || own == tree::root_node;
    if (name == "id" || name == "reference" || (of_resource && is_one_of(name, own_to_server))) {
      continue;
    }
    bool there = false;
    bool fits = false;
    for (const tree::NodeId child : tree.children(theirs)) {
      if (tree.name_of(child) != name) continue;
      there = true;
      fits = fits || !contradicts(tree, child, sent, part);
    }
    if (there && !fits) return true;
  }
  return false;
}

std::string local_reference(std::string_view location, std::string_view base_url) {
  if (!base_url.empty() && location.substr(0, base_url.size()) == base_url) {
    location.remove_prefix(base_url.size());
  }
  const std::string_view local = cut_reference(location).type_and_id();
  return std::string(local.empty() ? location : local);
}

AnswerReader::AnswerReader(std::string style, bool accepts)
    : style_(std::move(style)),
      accepts_(accepts),
      named_(intern_names(symbols_)),
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

/// All of it, not only what is usually looked at.
bool AnswerReader::read_whole(const Answer& answer) {
  finding::Collector problems(1);
  if (!is_one_of(answer.content_type, json_types)) return parse(answer);
  padded_.assign(answer.body);
  padded_.append(format::read_padding, '\0');
  return whole_.read_json(std::string_view(padded_.data(), answer.body.size()), tree_, problems);
}

const tree::Tree* AnswerReader::resource(const Answer& answer) {
  const bool good = answer.failure == Failure::none && answer.status == 200 && parse(answer);
  return good && !tree_.resource_type(tree::root_node).empty() ? &tree_ : nullptr;
}

std::string AnswerReader::outcome_words(tree::NodeId outcome) const {
  std::string words;
  for (const tree::NodeId child : tree::named(tree_, outcome, name::issue)) {
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
  const tree::NodeId response = tree_.child(entry, name::response);
  std::string_view status;
  if (response != tree::no_node) {
    for (const tree::NodeId child : tree_.children(response)) {
      const std::string_view text = tree_[child].text();
      if (tree_[child].element == name::status) status = text;
      if (tree_[child].element == name::location)
        verdict.location = local_reference(text, base_url);
    }
  }
  verdict.status = leading_number(status);
  verdict.result = verdict.status == 0 ? Result::untold : result_of_status(verdict.status, style_);
  tree::NodeId outcome = child_node(tree_, response, "outcome");
  if (verdict.result == Result::applied) {
    verdict.result = failure_of(outcome).value_or(Result::applied);
  }
  if (verdict.result == Result::applied) {
    const tree::NodeId resource = child_node(tree_, entry, "resource");
    const bool named = !verdict.location.empty() || resource == tree::no_node;
    if (!named) verdict.location = name_of(resource);
    return verdict;
  }
  if (outcome == tree::no_node) outcome = child_node(tree_, entry, "resource");
  verdict.words = outcome == tree::no_node ? std::string() : outcome_words(outcome);
  if (verdict.words.empty()) verdict.words = status;
  if (verdict.words.empty()) verdict.words = "the answer gives no status for this entry";
  return verdict;
}

/// An OperationOutcome with an error, or with what may be one, does not say that something was
/// done, but what became of it; nothing without one.
std::optional<Result> AnswerReader::failure_of(tree::NodeId outcome) const {
  std::optional<Result> failure;
  if (outcome == tree::no_node) return failure;
  for (const tree::NodeId issue : tree::named(tree_, outcome, name::issue)) {
    const std::string severity = in_small_letters(child_text(tree_, issue, "severity"));
    if (is_one_of(std::string_view(severity), harmless_severities)) continue;
    const Result next = result_of(Told::issue, child_text(tree_, issue, "code"));
    failure = failure ? graver(*failure, next) : next;
  }
  return failure;
}

/// The answer to a message is a message, whose header says which one it answers, and what became of
/// it (R4 and R5, MessageHeader.response).
void AnswerReader::read_message(tree::NodeId bundle, Reading& reading) const {
  for (const tree::NodeId child : tree::named(tree_, bundle, name::entry)) {
    const tree::NodeId resource = child_node(tree_, child, "resource");
    if (resource == tree::no_node) continue;
    const std::string_view type = tree_.resource_type(resource);
    if (type == "OperationOutcome") add_words(reading.details, outcome_words(resource));
    const tree::NodeId response = child_node(tree_, resource, "response");
    if (type != "MessageHeader" || response == tree::no_node) continue;
    std::string_view identifier = child_text(tree_, response, "identifier");
    if (identifier.empty()) {
      identifier = child_text(tree_, child_node(tree_, response, "identifier"), "value");
    }
    reading.responses.push_back(
        {std::string(identifier), std::string(child_text(tree_, response, "code"))});
  }
}

/// "Type/id" of a resource that an answer holds, which says what the server calls it where no
/// Location does (R4, RESTful API: create and update may give it back).
std::string AnswerReader::name_of(tree::NodeId resource) const {
  const std::string_view type = tree_.resource_type(resource);
  if (type == "OperationOutcome" || type == "Bundle") return {};
  return address_of(type, child_text(tree_, resource, "id"));
}

/// The answer to a single resource.
void AnswerReader::read_resource(tree::NodeId resource, Reading& reading) const {
  const std::string_view type = tree_.resource_type(resource);
  const std::optional<Result> failure =
      type == "OperationOutcome" ? failure_of(resource) : std::nullopt;
  if (failure) {
    reading.whole.result = *failure;
    reading.whole.words = outcome_words(resource);
  }
  if (type == "Bundle") read_message(resource, reading);
  reading.type = type;
  reading.name = name_of(resource);
  if (reading.whole.location.empty()) reading.whole.location = reading.name;
}

/// A 2xx: only what can be read, and says so, counts as applied. False when it is not the server's.
bool AnswerReader::read_body(const Answer& answer, std::size_t bundle_of, std::string_view base_url,
                             Reading& reading) {
  Verdict& whole = reading.whole;
  // An empty page is a portal's, unless it says what the server calls the resource.
  const bool page = answer.content_type == "text/html" && whole.location.empty();
  if (bundle_of == 0 && answer.body.empty() && !page) return true;
  const bool is_fhir = parse(answer) && !tree_.resource_type(tree::root_node).empty();
  if (!is_fhir) {
    whole.result = Result::unknown;
    whole.words = "status " + std::to_string(answer.status) + " with " +
                  (answer.content_type.empty() ? "no content type" : answer.content_type) +
                  " that is not a FHIR resource: the answer is not the server's";
    return false;
  }
  if (bundle_of == 0) {
    read_resource(tree::root_node, reading);
  } else {
    read_entries(tree::root_node, bundle_of, base_url, reading);
  }
  return true;
}

void AnswerReader::read_entries(tree::NodeId bundle, std::size_t bundle_of,
                                std::string_view base_url, Reading& reading) const {
  const std::string_view type = tree_.resource_type(bundle);
  const std::string_view kind = child_text(tree_, bundle, "type");
  Verdict& whole = reading.whole;
  if (type != "Bundle" || !is_one_of(kind, response_bundles)) {
    const bool outcome = type == "OperationOutcome";
    whole.result = (outcome ? failure_of(bundle) : std::nullopt).value_or(Result::untold);
    if (whole.result == Result::untold) whole.words = said_in_place(type, kind);
    if (outcome) add_words(whole.words, outcome_words(bundle));
    return;
  }
  reading.entries.reserve(bundle_of);
  for (const tree::NodeId child : tree::named(tree_, bundle, name::entry)) {
    reading.entries.push_back(read_entry(child, base_url));
  }
  if (reading.entries.size() == bundle_of) return;
  whole.result = Result::untold;
  whole.words = "the answer has " + std::to_string(reading.entries.size()) + " entries for " +
                std::to_string(bundle_of);
  reading.entries.clear();
}

/// The entry of a batch-response that has no other.
tree::NodeId AnswerReader::only_entry() const {
  tree::NodeId found = tree::no_node;
  if (child_text(tree_, tree::root_node, "type") != "batch-response") return found;
  for (const tree::NodeId child : tree::named(tree_, tree::root_node, name::entry)) {
    if (found != tree::no_node) return tree::no_node;
    found = child;
  }
  return found;
}

Reading AnswerReader::read_result(const Answer& answer, std::size_t bundle_of,
                                  std::string_view base_url) {
  constexpr long gone = 410;
  Reading reading = read(answer, bundle_of, base_url);
  Verdict& whole = reading.whole;
  if (answer.failure != Failure::none) return reading;
  if (answer.status == 404 || answer.status == gone) {
    whole.result = Result::unknown;
    whole.words = "accepted for processing, and its result is not kept any more (status " +
                  std::to_string(answer.status) + ")";
    return reading;
  }
  if (answer.status != 200) return reading;
  reading.transient = false;
  if (answer.body.empty() || !parse(answer)) {
    whole.result = Result::unknown;
    whole.words = "accepted for processing, and its result is not a FHIR resource";
    reading.entries.clear();
    return reading;
  }
  const tree::NodeId entry = only_entry();
  if (entry == tree::no_node) return reading;
  const tree::NodeId inner = child_node(tree_, entry, "resource");
  const bool wraps = inner != tree::no_node && tree_.resource_type(inner) == "Bundle";
  if (bundle_of > 0 && !wraps) return reading;
  const std::optional<Millis> retry_after = reading.retry_after;
  reading = {};
  reading.retry_after = retry_after;
  whole = read_entry(entry, base_url);
  if (whole.result != Result::applied) return reading;
  if (bundle_of > 0) {
    read_entries(inner, bundle_of, base_url, reading);
  } else if (inner != tree::no_node) {
    read_resource(inner, reading);
  }
  return reading;
}

/// No answer came.
void AnswerReader::read_failure(const Answer& answer, Reading& reading) const {
  Verdict& whole = reading.whole;
  whole.status = 0;
  if (answer.failure == Failure::malformed) {
    whole.result = Result::refused;
    whole.words = "not sent: " + answer.problem;
    return;
  }
  const bool not_sent = answer.failure == Failure::not_sent || answer.failure == Failure::trust;
  whole.result = not_sent ? Result::again : Result::unknown;
  whole.words = answer.problem;
  reading.transient = true;
}

/// A 202: what its body says holds, when it says more than that.
void AnswerReader::read_accepted(const Answer& answer, std::size_t bundle_of,
                                 std::string_view base_url, Reading& reading) {
  Verdict& whole = reading.whole;
  const bool servers_own = read_body(answer, bundle_of, base_url, reading);
  const bool failed = servers_own && bundle_of == 0 && whole.result != Result::accepted;
  if (!reading.entries.empty() || failed || whole.result == Result::refused) return;
  if (accepts_ && answer.header("content-location").empty()) {
    if (whole.result == Result::accepted) whole.result = Result::applied;
    reading.transient = !servers_own;
    return;
  }
  whole.result = Result::accepted;
  whole.words = "accepted for processing (status " + std::to_string(answer.status) +
                "); what became of it is not said";
}

Reading AnswerReader::read(const Answer& answer, std::size_t bundle_of, std::string_view base_url) {
  Reading reading;
  Verdict& whole = reading.whole;
  whole.status = answer.status;
  reading.retry_after =
      parse_retry_after(answer.header("retry-after"), answer.header("date"), std::time(nullptr));
  if (answer.failure != Failure::none) {
    read_failure(answer, reading);
    return reading;
  }
  whole.result = result_of_status(answer.status, style_);
  whole.location = local_reference(answer.header("location"), base_url);
  if (whole.result == Result::accepted) {
    read_accepted(answer, bundle_of, base_url, reading);
    return reading;
  }
  if (whole.result == Result::applied) {
    const bool servers_own = read_body(answer, bundle_of, base_url, reading);
    reading.transient = !servers_own || passes(whole.result);
    return reading;
  }
  reading.unauthorised = answer.status == 401;
  reading.too_large = answer.status == 413;
  if (answer.status >= 300 && answer.status < 400) reading.redirect = answer.header("location");
  reading.transient = passes(whole.result);
  if (parse(answer)) whole.words = outcome_words(tree::root_node);
  if (whole.words.empty()) whole.words = "status " + std::to_string(answer.status);
  return reading;
}

std::optional<AnswerReader::Matches> AnswerReader::matches(const Answer& answer,
                                                           const Sought& sought) {
  Matches found;
  const std::string_view type = sought.tree.resource_type(sought.resource);
  const bool is_read = sought.identifier.empty();
  const bool gone = answer.status == 404 || answer.status == 410;
  if (is_read && answer.failure == Failure::none && gone && answer.content_type != "text/html") {
    return found;
  }
  const bool good = answer.failure == Failure::none && answer.status == 200 && read_whole(answer);
  if (!good) return std::nullopt;
  // A summary without identifiers is what the search says it is.
  const bool believes_stubs = !is_read && !passes_over_identifier(tree_);
  const auto take = [&](tree::NodeId resource) {
    const bool same =
        tree_.resource_type(resource) == type &&
        (is_read
             ? child_text(tree_, resource, "id") == child_text(sought.tree, sought.resource, "id")
             : has_identifier(tree_, resource, sought.identifier) ||
                   (believes_stubs && child_node(tree_, resource, "identifier") == tree::no_node));
    if (!same) {
      ++found.strangers;
      return;
    }
    const bool other = contradicts(tree_, resource, sought.tree, sought.resource);
    const std::string_view id = child_text(tree_, resource, "id");
    (other ? found.others : found.locations)
        .push_back(id.empty() ? std::string() : std::string(type) + "/" + std::string(id));
  };
  if (is_read) {
    if (tree_.resource_type(tree::root_node).empty()) return std::nullopt;
    take(tree::root_node);
    return found;
  }
  const bool results = tree_.resource_type(tree::root_node) == "Bundle" &&
                       child_text(tree_, tree::root_node, "type") == "searchset";
  if (!results) return std::nullopt;
  for (const tree::NodeId child : tree::named(tree_, tree::root_node, name::entry)) {
    const tree::NodeId resource = child_node(tree_, child, "resource");
    const std::string_view mode = child_text(tree_, child_node(tree_, child, "search"), "mode");
    if (resource != tree::no_node && mode != "outcome" && mode != "include") take(resource);
  }
  return found;
}

}  // namespace lhcr::deliver
