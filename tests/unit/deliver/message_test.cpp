// SPDX-License-Identifier: Apache-2.0
// What the answer to a message says about it.
#include <algorithm>

#include <doctest/doctest.h>

#include "scripted.hpp"

using namespace lhcr;
using namespace lhcr::deliver;
using namespace lhcr::deliver::simulated;

namespace {

const std::string message =
    R"({"resourceType":"Bundle","id":"b-1","type":"message","identifier":{"value":"i-1"},"entry":[)"
    R"({"fullUrl":"urn:uuid:0A1B","resource":{"resourceType":"MessageHeader","id":"h-1"}}]})";

/// A response; without an identifier when it is empty.
std::string response(const std::string& identifier, const std::string& code) {
  const std::string named = identifier.empty() ? "" : R"("identifier":")" + identifier + "\",";
  return R"({"resource":{"resourceType":"MessageHeader","response":{)" + named + R"("code":")" +
         code + "\"}}}";
}
std::string answer(const std::string& entries) {
  return R"({"resourceType":"Bundle","type":"message","entry":[)" + entries + "]}";
}

Delivered send(Reply reply, const std::string& text = message) {
  Delivery delivery;
  delivery.style = "message";
  delivery.records = {text};
  delivery.reply = std::move(reply);
  return push(delivery);
}
Tally told(const std::string& body, const std::string& text = message) {
  return send([&](const Request&) { return answer_of(200, body); }, text).tally;
}

}  // namespace

TEST_CASE("an answer to a message says by its code what became of it") {
  CHECK(told(answer(response("h-1", "ok"))).applied == 1);
  CHECK(told(answer(response("h-1", "fatal-error"))).refused == 1);
  CHECK(told(answer(response("h-1", "soon"))).unknown == 1);
  CHECK(told("").applied == 1);
  unsigned asked = 0;
  const auto later = send([&](const Request&) {
    return answer_of(200, answer(response("h-1", ++asked == 1 ? "transient-error" : "ok")));
  });
  CHECK(asked == 2);
  CHECK(later.tally.applied == 1);
}

TEST_CASE("one part of an answer that says no is not outweighed by another") {
  CHECK(told(answer(response("h-1", "fatal-error") + "," + response("h-1", "ok"))).refused == 1);
  CHECK(told(answer(response("h-1", "ok") + "," + response("h-1", "fatal-error"))).refused == 1);
}

TEST_CASE("the answer to another message says nothing about this one") {
  for (const char* own : {"h-1", "i-1", "b-1", "urn:uuid:0a1b", "0A1B"}) {
    CHECK(told(answer(response(own, "ok"))).applied == 1);
  }
  for (const char* code : {"ok", "fatal-error", "transient-error"}) {
    const auto done =
        send([&](const Request&) { return answer_of(200, answer(response("h-2", code))); });
    CHECK(std::count_if(done.seen.begin(), done.seen.end(),
                        [](const Request& request) { return request.method == "POST"; }) == 1);
    CHECK(done.tally.unknown == 1);
    REQUIRE(done.issues.size() == 1);
    CHECK(done.issues[0].words.find("the answer is to another message, h-2") == 0);
  }
  CHECK(told(answer(response("h-1", "ok") + "," + response("h-2", "ok"))).unknown == 1);
  CHECK(told(answer(response("", "ok"))).unknown == 1);
  CHECK(told(answer(response("", "fatal-error"))).refused == 1);
  CHECK(told(answer(response("h-1", "ok")),
             R"({"resourceType":"Bundle","type":"message","entry":[]})")
            .unknown == 1);
}

TEST_CASE("what is no response is no answer to a message") {
  CHECK(told(message).unknown == 1);
  CHECK(told(R"({"resourceType":"Patient","id":"h-1"})").unknown == 1);
  CHECK(told(R"({"resourceType":"Bundle","type":"searchset"})").unknown == 1);
}

TEST_CASE("the answer that a message is polled for has to be its own as well") {
  const std::string inner = answer(response("h-2", "ok"));
  const auto polled = [](const std::string& result) {
    return send([result](const Request& request) {
             if (request.method == "GET") return answer_of(200, result);
             Answer later = answer_of(202);
             later.headers.emplace_back("content-location", std::string(base) + "/status/1");
             return later;
           })
        .tally;
  };
  const auto wrapped = [](const std::string& result) {
    return R"({"resourceType":"Bundle","type":"batch-response","entry":[{"response":{"status":"200"},)"
           R"("resource":)" +
           result + "}]}";
  };
  CHECK(polled(inner).unknown == 1);
  CHECK(polled(wrapped(inner)).unknown == 1);
  CHECK(polled(answer(response("h-1", "ok"))).applied == 1);
  CHECK(polled(wrapped(answer(response("h-1", "ok")))).applied == 1);
  CHECK(polled(wrapped(answer(response("h-1", "fatal-error")))).refused == 1);
}
