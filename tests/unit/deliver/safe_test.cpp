// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/safe.hpp"

#include <algorithm>
#include <random>

#include <doctest/doctest.h>

#include "deliver/job/report.hpp"

using namespace lhcr::deliver;

TEST_CASE("a resource type is a name and nothing else") {
  CHECK(is_type_name("Patient"));
  for (const char* text : {"", "patient", "http://127.0.0.2/steal", "../../X", "/abs", "Patient/1",
                           "Patient?x", "Patient#", "Pat ient", "Pat\r\nient"}) {
    CHECK_FALSE(is_type_name(text));
  }
  CHECK_FALSE(is_type_name(std::string_view("Patient\0x", 9)));
  CHECK_FALSE(is_type_name("A" + std::string(64, 'a')));
}

TEST_CASE("an id is one segment of a path") {
  CHECK(is_id("p1"));
  CHECK(is_id("1.2.840-A"));
  for (const char* text : {"", ".", "..", "p1#x", "p1?_format=xml", "p1/../p2",
                           "../../admin/$reset", "a b", "a%2Fb", "a_b"}) {
    CHECK_FALSE(is_id(text));
  }
  CHECK_FALSE(is_id(std::string_view("p1\0x", 4)));
  CHECK_FALSE(is_id(std::string(65, 'a')));
  CHECK(address_of("Patient", "p1") == "Patient/p1");
  CHECK(address_of("Patient", "..") == "");
  CHECK(address_of("../Patient", "p1") == "");
}

TEST_CASE("header values and file names have no control characters") {
  CHECK(is_header_value("identifier=urn:a|1"));
  CHECK_FALSE(is_header_value("identifier=urn:a|1\r\nX-Injected: yes"));
  CHECK_FALSE(is_header_value(std::string_view("a\0b", 3)));
  CHECK(is_file_name("letter of 3 May.xml"));
  CHECK_FALSE(is_file_name("a\nMex-To: EVIL"));
  CHECK_FALSE(is_file_name("../a"));
}

TEST_CASE("the request of a Bundle's entry stays below the endpoint") {
  for (const char* url :
       {"Patient", "Patient/p1", "Patient?identifier=urn:a|1", "Patient/p1/_history/2",
        "Patient/a..b", "Observation?code=http://loinc.org|1-8"}) {
    CHECK(is_below_base(url));
  }
  for (const char* url :
       {"http://127.0.0.2/steal/Patient/1", "HTTPS://a.test/x", "file:/etc", "../Patient/a",
        "Patient/../../admin", "Patient/%2e%2E/x", "Patient\\..\\x", "Patient/p1\r\nX: y"}) {
    CHECK_FALSE(is_below_base(url));
  }
}

TEST_CASE("whatever a record holds, an address stays below its base") {
  std::mt19937 random(7);
  constexpr std::string_view bytes = "Pa1./\\#?%: \r\n\t\0@&=-_~$..";
  for (int round = 0; round < 20000; ++round) {
    std::string type = round % 2 == 0 ? "Patient" : "";
    std::string id;
    for (auto at = random() % 8; at > 0; --at) type += bytes[random() % bytes.size()];
    for (auto at = random() % 12; at > 0; --at) id += bytes[random() % bytes.size()];
    const std::string address = address_of(type, id);
    if (address.empty()) continue;
    CHECK(address.find_first_of("#?%:\\ \r\n\t@&=~$") == std::string::npos);
    CHECK(std::count(address.begin(), address.end(), '/') == 1);
    CHECK_FALSE(address.ends_with("/."));
    CHECK_FALSE(address.ends_with("/.."));
  }
}

TEST_CASE("the report keeps control characters to itself") {
  Issue issue;
  issue.source = "a.json";
  issue.words =
      "bad \x1b]0;title\x07 \xC2\x9B"
      "31m\n::error::x";
  issue.labels = {"Patient/\x1b[31m"};
  const std::string text = issue_text(issue);
  CHECK(text.find_first_of("\x1b\x07") == std::string::npos);
  CHECK(text.find("\xC2\x9B") == std::string::npos);
  CHECK(text.find('\n') == text.size() - 1);
}

TEST_CASE("a report tells requests and sums as text and as JSON") {
  Issue issue;
  issue.source = "a.json";
  issue.state = State::unknown;
  issue.labels = {"Patient/1", "Patient/2"};
  issue.status = 504;
  issue.attempts = 2;
  issue.words = "lost";
  CHECK(issue_json(issue).find(R"("Patient/2")") != std::string::npos);
  const PlannedRequest request{"PUT", "http://127.0.0.1/Patient/1", {"Accept: x"}, "{}"};
  CHECK(planned_text(request, false).find("PUT") != std::string::npos);
  CHECK(planned_text(request, true).find("{}") != std::string::npos);
  CHECK(planned_json(request, true).find(R"("body")") != std::string::npos);
  CHECK(planned_json(request, false).find(R"("body")") == std::string::npos);
  Tally tally;
  tally.applied = 3;
  tally.refused = 1;
  tally.unknown = 1;
  tally.not_sent = 1;
  tally.stopped = "enough";
  for (const bool dry : {false, true}) {
    CHECK_FALSE(summary_text(tally, std::chrono::milliseconds(1500), dry).empty());
    CHECK(summary_json(tally, std::chrono::milliseconds(1500), dry).find("\"summary\"") !=
          std::string::npos);
  }
}
