// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/answer.hpp"

#include <doctest/doctest.h>

#include "format/format.hpp"

using namespace lhcr;
using namespace lhcr::deliver;

namespace {

Answer json(long status, std::string body) {
  Answer answer;
  answer.status = status;
  answer.content_type = "application/fhir+json";
  answer.body = std::move(body);
  return answer;
}

/// What an OperationOutcome says in place of what was asked for.
Verdict outcome_in_place(const std::string& issues, std::size_t bundle_of) {
  AnswerReader reader(bundle_of == 0 ? "resource-put" : "transaction");
  return reader
      .read(json(200, R"({"resourceType":"OperationOutcome","issue":[)" + issues + "]}"), bundle_of,
            "")
      .whole;
}
std::string issue(const std::string& severity, const std::string& code) {
  return R"({"severity":")" + severity + R"(","code":")" + code + R"(","diagnostics":"why"})";
}

/// A tree of the program's own.
struct Sent {
  explicit Sent(std::string text) : json(std::move(text)), tree(symbols) {
    const std::size_t size = json.size();
    json.append(format::read_padding, '\0');
    format::JsonReader reader;
    finding::Collector findings;
    REQUIRE(reader.read(std::string_view(json).substr(0, size), tree, findings));
  }
  std::string json;
  SymbolTable symbols;
  tree::Tree tree;
};

std::string searchset(const std::string& resources) {
  return R"({"resourceType":"Bundle","type":"searchset","entry":[)" + resources + "]}";
}
std::string observation(const std::string& id, const std::string& value, const std::string& text) {
  return R"({"resource":{"resourceType":"Observation","id":")" + id +
         R"(","meta":{"versionId":"1"},"identifier":[{"system":"urn:lab","value":")" + value +
         R"("}],"status":"final","code":{"text":")" + text + R"("},"valueDecimal":1.0}})";
}

}  // namespace

TEST_CASE("an outcome in place of an answer is judged by its issues") {
  for (const std::size_t entries : {0U, 2U}) {
    const auto says = [entries](const std::string& issues) {
      return outcome_in_place(issues, entries).result;
    };
    CHECK(says(issue("error", "processing")) == Result::refused);
    CHECK(says(issue("fatal", "a-code-of-its-own")) == Result::refused);
    CHECK(says(issue("error", "throttled")) == Result::again);
    CHECK(says(issue("error", "timeout")) == Result::unknown);
    CHECK(says(issue("ERROR", "success")) == Result::refused);
    CHECK(says(issue("warning", "processing") + "," + issue("error", "lock-error")) ==
          Result::again);
    CHECK(says(issue("error", "lock-error") + "," + issue("error", "invalid")) == Result::refused);
    CHECK(outcome_in_place(issue("error", "invalid"), entries).words == "why");
  }
  CHECK(outcome_in_place(issue("information", "informational"), 0).result == Result::applied);
  const Verdict untold = outcome_in_place(issue("information", "informational"), 2);
  CHECK(untold.result == Result::untold);
  CHECK(untold.words == "the answer to a Bundle is a resource of type OperationOutcome; why");
}

TEST_CASE("only a Bundle of responses answers a Bundle") {
  AnswerReader reader("batch");
  const auto says = [&](const std::string& type, const std::string& entries) {
    return reader.read(json(200, R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[)" +
                                     entries + "]}"),
                       2, "");
  };
  const std::string good = R"({"response":{"status":"201"}})";
  CHECK(says("batch-response", good + "," + good).entries.size() == 2);
  CHECK(says("history", good + "," + good).whole.result == Result::untold);
  CHECK(says("batch-response", good).whole.words == "the answer has 1 entries for 2");
  CHECK(says("batch-response", good).whole.result == Result::untold);
  const Reading silent = says("batch-response", good + R"(,{"response":{}})");
  REQUIRE(silent.entries.size() == 2);
  CHECK(silent.entries[1].result == Result::untold);
}

TEST_CASE("a good answer says what the endpoint calls what it has, in a Location or a resource") {
  AnswerReader reader("resource-post");
  const auto location = [&](const std::string& body) {
    return reader.read(json(201, body), 0, "").whole.location;
  };
  CHECK(location(R"({"resourceType":"Patient","id":"n1"})") == "Patient/n1");
  CHECK(location(R"({"resourceType":"Patient","id":"../n1"})").empty());
  CHECK(location(R"({"resourceType":"Patient"})").empty());
  CHECK(location(R"({"resourceType":"OperationOutcome","id":"o"})").empty());
  AnswerReader bundles("transaction");
  const Reading read = bundles.read(
      json(200, R"({"resourceType":"Bundle","type":"transaction-response","entry":[{"response":{)"
                R"("status":"201"},"resource":{"resourceType":"Patient","id":"n2"}}]})"),
      1, "");
  REQUIRE(read.entries.size() == 1);
  CHECK(read.entries[0].location == "Patient/n2");
}

TEST_CASE("a good status with an error inside is no good answer") {
  const std::string no =
      R"({"resourceType":"OperationOutcome","issue":[{"severity":"warning"},{"severity":"error"}]})";
  AnswerReader single("resource-put");
  CHECK(single.read(json(200, no), 0, "").whole.result == Result::refused);
  CHECK(single.read(json(207, no), 0, "").whole.result == Result::refused);
  CHECK(single.read(json(207, ""), 0, "").whole.result == Result::accepted);
  AnswerReader bundles("batch");
  const Answer parts = json(207, R"({"resourceType":"Bundle","type":"batch-response","entry":[)"
                                 R"({"response":{"status":"200 OK","outcome":)" +
                                     no + R"(}},{"response":{"status":"201"}}]})");
  const Reading read = bundles.read(parts, 2, "");
  REQUIRE(read.entries.size() == 2);
  CHECK(read.entries[0].result == Result::refused);
  CHECK(read.entries[1].result == Result::applied);
}

TEST_CASE("statuses are judged by style") {
  CHECK(result_of_status(202, "message") == Result::accepted);
  CHECK(result_of_status(202, "mesh") == Result::applied);
  CHECK(result_of_status(409, "resource-put") == Result::again);
  CHECK(result_of_status(409, "message") == Result::refused);
  for (const long status : {501L, 505L, 511L}) {
    CHECK(result_of_status(status, "batch") == Result::refused);
  }
  CHECK(result_of_status(502, "batch") == Result::unknown);
  CHECK(result_of_status(201, "batch") == Result::applied);
}

TEST_CASE("accepted is not applied, but for entries that have their own status") {
  AnswerReader reader("transaction");
  CHECK(reader.read(json(202, ""), 1, "").whole.result == Result::accepted);
  const Reading reading = reader.read(
      json(202, R"({"resourceType":"Bundle","type":"transaction-response","entry":[{"response":)"
                R"({"status":"201 Created"}}]})"),
      1, "");
  REQUIRE(reading.entries.size() == 1);
  CHECK(reading.entries[0].result == Result::applied);
}

TEST_CASE("a look-up believes identity and content only") {
  AnswerReader reader("resource-post");
  const Sent sent(
      R"({"resourceType":"Observation","identifier":[{"system":"urn:lab","value":"A-77"}],)"
      R"("status":"final","code":{"text":"sodium"},"valueDecimal":1.00})");
  const AnswerReader::Sought sought{sent.tree, tree::root_node, "urn:lab|A-77"};
  const auto found = [&](const std::string& resources) {
    return reader.matches(json(200, searchset(resources)), sought);
  };
  CHECK(found(observation("1", "A-77", "sodium"))->locations ==
        std::vector<std::string>{"Observation/1"});
  CHECK(found(observation("1", "A-77", "potassium"))->others ==
        std::vector<std::string>{"Observation/1"});
  CHECK(found(observation("1", "zzz", "sodium"))->strangers == 1);
  CHECK(found("")->strangers == 0);
  CHECK_FALSE(
      reader.matches(json(200, R"({"resourceType":"Bundle","type":"batch-response","entry":[)" +
                                   observation("1", "A-77", "sodium") + "]}"),
                     sought));
  Answer page = json(200, "<html/>");
  page.content_type = "text/html";
  CHECK_FALSE(reader.matches(page, sought));
  page.status = 404;
  CHECK_FALSE(reader.matches(page, {sent.tree, tree::root_node, ""}));
}

TEST_CASE("a location without an id is told as it is") {
  CHECK(local_reference("http://127.0.0.1/fhir/Patient/", "http://127.0.0.1/fhir") == "/Patient/");
  AnswerReader reader("resource-post");
  Answer answer = json(201, "");
  answer.headers.emplace_back("location", "http://127.0.0.1/other/Patient/");
  CHECK(reader.read(answer, 0, "http://127.0.0.1/fhir").whole.result == Result::applied);
}
