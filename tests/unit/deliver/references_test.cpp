// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/references.hpp"

#include <doctest/doctest.h>

#include "deliver/job/answer.hpp"
#include "deliver/style/style.hpp"
#include "format/format.hpp"

using namespace lhcr;
using namespace lhcr::deliver;

namespace {

WorkPtr work_of(const std::string& text) {
  static const SymbolTable symbols;
  auto record = std::make_shared<Record>(symbols);
  record->set_text(text, format::Format::json);
  finding::Collector problems;
  format::JsonReader reader;
  REQUIRE(reader.read(record->text(), record->tree, problems));
  return open_record(record);
}

/// Entries a, b, c, ...; each refers to the letters given.
WorkPtr chain(const std::vector<std::string>& targets) {
  std::string text = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
  for (std::size_t index = 0; index < targets.size(); ++index) {
    const char name = static_cast<char>('a' + index);
    if (index > 0) text += ',';
    text += std::string(R"({"fullUrl":"urn:uuid:)") + name +
            R"(","resource":{"resourceType":"Observation","hasMember":[)";
    for (const char target : targets[index]) {
      if (text.back() == '}') text += ',';
      text += std::string(R"({"reference":"urn:uuid:)") + target + "\"}";
    }
    text += R"(]},"request":{"method":"POST","url":"Observation"}})";
  }
  return work_of(text + "]}");
}

using Indexes = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("what is referred to goes first") {
  const WorkPtr work = chain({"bc", "c", ""});
  CHECK(cut(*work, {1, true}) == Indexes{2});
  work->entries[2].state = State::applied;
  CHECK(cut(*work, {1, true}) == Indexes{1});
  CHECK(cut(*work, {2, true}) == Indexes{1, 0});
}

TEST_CASE("a batch waits until targets are applied") {
  const WorkPtr work = chain({"b", "", ""});
  CHECK(cut(*work, {0, false}) == Indexes{1, 2});
  work->entries[1].state = State::applied;
  CHECK(cut(*work, {0, false}) == Indexes{0, 2});
}

TEST_CASE("a circle stays together or is refused") {
  const WorkPtr work = chain({"b", "a", ""});
  CHECK(cut(*work, {2, true}).size() == 2);
  CHECK(cut(*work, {1, true}) == Indexes{2});
  work->entries[2].state = State::applied;
  CHECK(cut(*work, {1, true}).empty());
  CHECK(refuse_blocked(*work, {1, true}) == 2);
  CHECK(work->entries[0].state == State::refused);
}

TEST_CASE("what refers to something refused is named with it") {
  const WorkPtr work = chain({"b", ""});
  (void)cut(*work, {1, true});
  work->entries[1].state = State::refused;
  CHECK(cut(*work, {1, true}).empty());
  CHECK(refuse_blocked(*work, {1, true}) == 1);
  CHECK(work->entries[0].words.find("which was not applied") != std::string::npos);
}

TEST_CASE("references become the server's") {
  const WorkPtr work = chain({"b", ""});
  rewrite_references(
      work->record->tree, work->entries[0].resource, [](tree::NodeId, std::string_view reference) {
        return reference == "urn:uuid:b" ? std::optional<std::string>("Observation/9")
                                         : std::nullopt;
      });
  std::string out;
  format::write_json(work->record->tree, work->entries[0].resource, {false}, out);
  CHECK(out.find("\"reference\":\"Observation/9\"") != std::string::npos);
}

TEST_CASE("packed states come back") {
  const WorkPtr work = chain({"", "", ""});
  work->entries[0].state = State::applied;
  work->entries[0].location = "Observation/7";
  work->entries[2].state = State::refused;
  const WorkPtr again = chain({"", "", ""});
  unpack_entries(pack_entries(*work), *again);
  CHECK(again->entries[0].state == State::applied);
  CHECK(again->entries[0].location == "Observation/7");
  CHECK(again->entries[1].state == State::fresh);
  CHECK(again->entries[2].state == State::refused);
  unpack_entries("99 2 x\nnonsense\n1 77 y\n\n", *again);
  CHECK(again->entries[1].state == State::fresh);
}

TEST_CASE("answers: only FHIR that says so counts as applied") {
  AnswerReader reader("transaction");
  Answer answer;
  answer.status = 200;
  answer.content_type = "text/html";
  answer.body = "<html/>";
  CHECK(reader.read(answer, 1, "").whole.result == Result::unknown);
  answer.content_type = "application/fhir+json";
  answer.body =
      R"({"resourceType":"Bundle","type":"transaction-response","entry":[)"
      R"({"response":{"status":"201 Created","location":"http://h/fhir/Patient/1/_history/2"}},)"
      R"({"response":{"status":"429 Too Many Requests","outcome":{"resourceType":"OperationOutcome",)"
      R"("issue":[{"severity":"error","code":"throttled","diagnostics":"slow down"}]}}},)"
      R"({"response":{"status":"422"}},{"response":{"status":"500"}},{}]})";
  const Reading reading = reader.read(answer, 5, "http://h/fhir");
  REQUIRE(reading.entries.size() == 5);
  CHECK(reading.entries[0].result == Result::applied);
  CHECK(reading.entries[0].location == "Patient/1");
  CHECK(reading.entries[1].result == Result::again);
  CHECK(reading.entries[1].words == "slow down");
  CHECK(reading.entries[2].result == Result::refused);
  CHECK(reading.entries[3].result == Result::unknown);
  CHECK(reading.entries[4].result == Result::untold);
  CHECK(reader.read(answer, 4, "").whole.result == Result::untold);
  answer.failure = Failure::not_sent;
  CHECK(reader.read(answer, 4, "").whole.result == Result::again);
}
