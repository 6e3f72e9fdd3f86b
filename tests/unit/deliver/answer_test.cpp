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

Result message_result(const std::string& code) {
  AnswerReader reader("message");
  const Answer answer =
      json(200, R"({"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":)"
                R"("MessageHeader","response":{"identifier":"x","code":")" +
                    code + R"("}}}]})");
  return reader.read(answer, 0, "").whole.result;
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

TEST_CASE("an answer to a message says by its code what became of it") {
  CHECK(message_result("ok") == Result::applied);
  CHECK(message_result("fatal-error") == Result::refused);
  CHECK(message_result("transient-error") == Result::again);
  CHECK(message_result("soon") == Result::unknown);
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

TEST_CASE("one part of an answer that says no is not outweighed by another") {
  AnswerReader reader("message");
  const auto header = [](const char* code) {
    return std::string(R"({"resource":{"resourceType":"MessageHeader","response":{"code":")") +
           code + "\"}}}";
  };
  for (const auto& [one, other] :
       {std::pair("fatal-error", "ok"), std::pair("ok", "fatal-error")}) {
    const Answer answer = json(200, R"({"resourceType":"Bundle","type":"message","entry":[)" +
                                        header(one) + "," + header(other) + "]}");
    CHECK(reader.read(answer, 0, "").whole.result == Result::refused);
  }
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
