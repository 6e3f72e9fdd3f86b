// SPDX-License-Identifier: Apache-2.0
// What a delivery does about answers that are neither yes nor no.
#include <doctest/doctest.h>

#include "base/error.hpp"
#include "scripted.hpp"

using namespace lhcr;
using namespace lhcr::deliver;
using namespace lhcr::deliver::simulated;

namespace {

std::string patient(const std::string& id) {
  return R"({"resourceType":"Patient","id":")" + id + "\"}";
}
std::vector<std::string> patients(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < count; ++at) all.push_back(patient("p" + std::to_string(at)));
  return all;
}

Delivery put(std::size_t count, Reply reply) {
  Delivery delivery;
  delivery.style = "resource-put";
  delivery.records = patients(count);
  delivery.reply = std::move(reply);
  return delivery;
}

Answer failing(Failure what) {
  Answer answer;
  answer.failure = what;
  answer.problem = "as the test wants it";
  return answer;
}

Answer sent_to(long status, const std::string& place) {
  Answer answer = answer_of(status);
  answer.headers.emplace_back("location", place);
  return answer;
}

}  // namespace

TEST_CASE("an endpoint that cannot be reached ends the run, and the rest is named") {
  const auto done = push(put(40, [](const Request&) { return failing(Failure::not_sent); }));
  CHECK(done.tally.applied == 0);
  CHECK_FALSE(done.tally.stopped.empty());
  CHECK(done.tally.not_sent == 40);
  CHECK(done.issues.size() == 40);
}

TEST_CASE("an untrusted endpoint ends the run at once") {
  const auto done = push(put(3, [](const Request&) { return failing(Failure::trust); }));
  CHECK(done.tally.stopped.find("no trusted connection") == 0);
}

TEST_CASE("a redirect of the same origin is followed, and another one is not") {
  const std::vector<std::string> places{std::string(base) + "/moved/Patient/p0",
                                        "/v2/Patient/p0/?r=1", "../v3/Patient/p0"};
  for (const std::string& moved : places) {
    const auto near = push(put(1, [&](const Request& request) {
      return request.url.find("Patient/p0") != request.url.rfind("Patient/p0") ||
                     request.url != std::string(base) + "/Patient/p0"
                 ? answer_of(200)
                 : sent_to(307, moved);
    }));
    REQUIRE(near.seen.size() == 2);
    CHECK(near.seen[1].url == resolve_url(near.seen[0].url, moved));
    CHECK(near.tally.applied == 1);
  }
  const auto far =
      push(put(1, [](const Request&) { return sent_to(307, "http://127.0.0.2/steal"); }));
  CHECK(far.tally.applied == 0);
  for (const Request& request : far.seen) CHECK(request.url.starts_with(base));
}

TEST_CASE(
    "a redirect to another resource, or to where something can be read, writes nothing there") {
  for (const auto& [status, place] :
       {std::pair(308L, "/fhir/Patient/p9"), std::pair(307L, "/login"),
        std::pair(303L, "/fhir/Patient/p0")}) {
    const auto done = push(put(1, [to = place, code = status](const Request& request) {
      return request.url == std::string(base) + "/Patient/p0" ? sent_to(code, to) : answer_of(200);
    }));
    CHECK(done.tally.applied == 0);
    for (const Request& request : done.seen)
      CHECK(request.url == std::string(base) + "/Patient/p0");
    REQUIRE(done.issues.size() == 1);
    CHECK(done.issues[0].words.find("not followed") != std::string::npos);
  }
}

TEST_CASE("what the endpoint does not name is not referred to by the sender's id") {
  const std::string subject = R"("subject":{"reference":"Patient/p0"})";
  const std::string observation =
      R"({"resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},)" + subject +
      "}";
  const std::string together =
      R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":)" + patient("p0") +
      R"(},{"resource":)" + observation + "}]}";
  const auto created = [](const std::string& body) {
    return [body](const Request& request) {
      const bool first = request.body.find("Observation") == std::string::npos;
      return first ? answer_of(201, body) : sent_to(201, "Observation/n2");
    };
  };
  for (const auto& records : {std::vector{patient("p0"), observation}, std::vector{together},
                              std::vector{observation, patient("p0")}}) {
    Delivery delivery;
    delivery.style = "resource-post";
    delivery.records = records;
    delivery.reply = created("");
    const auto nameless = push(delivery);
    CHECK(nameless.seen.size() == 1);
    CHECK(nameless.tally.applied == 1);
    CHECK(nameless.tally.refused == 1);
    REQUIRE(nameless.issues.size() == 1);
    CHECK(nameless.issues[0].words.find("does not say what it calls") != std::string::npos);
    // A Location is one way to say it, the resource in the answer another.
    delivery.reply = created(patient("n1"));
    const auto named = push(delivery);
    REQUIRE(named.seen.size() == 2);
    CHECK(bodies(named)[1]["subject"]["reference"] == "Patient/n1");
    CHECK(named.tally.applied == 2);
  }
}

TEST_CASE("an answer that is another resource says nothing of the one that was sent") {
  for (const auto& [body, applied] :
       {std::pair(R"({"resourceType":"Bundle","type":"searchset"})", 0U),
        std::pair(R"({"resourceType":"Organization","id":"p0"})", 0U),
        std::pair(R"({"resourceType":"Patient","id":"p1"})", 0U),
        std::pair(R"({"resourceType":"Patient","id":"p0"})", 1U), std::pair("", 1U),
        std::pair(R"({"resourceType":"OperationOutcome","issue":[{"severity":"information"}]})",
                  1U)}) {
    const auto done = push(put(1, [text = body](const Request&) { return answer_of(200, text); }));
    CHECK(done.tally.applied == applied);
    CHECK(done.tally.unknown == 1 - applied);
    CHECK(done.seen.size() == 1);
  }
  const auto elsewhere =
      push(put(1, [](const Request&) { return sent_to(200, "Patient/p1/_history/2"); }));
  CHECK(elsewhere.tally.unknown == 1);
}

TEST_CASE("an answer that would be the same once more is not asked for again") {
  Delivery delivery = put(2, [](const Request&) {
    return answer_of(200,
                     R"({"resourceType":"OperationOutcome","issue":[{"severity":"warning"}]})");
  });
  delivery.style = "transaction";
  const auto done = push(delivery);
  CHECK(done.seen.size() == 1);
  CHECK(done.tally.unknown == 2);
  // An error is an answer.
  delivery.reply = [](const Request&) {
    return answer_of(200,
                     R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":)"
                     R"("invalid","diagnostics":"no"}]})");
  };
  const auto refused = push(delivery);
  CHECK(refused.tally.refused == 2);
  CHECK(refused.issues[0].words == "no");
  // What passes is tried again.
  delivery.reply = [first = true](const Request& request) mutable {
    return std::exchange(first, false)
               ? answer_of(200,
                           R"({"resourceType":"OperationOutcome","issue":[{"severity":"error",)"
                           R"("code":"throttled"}]})")
               : answer_to_bundle(request);
  };
  const auto later = push(delivery);
  CHECK(later.seen.size() == 2);
}

TEST_CASE("what was refused for something that comes later goes once more") {
  const std::string child =
      R"({"resourceType":"Organization","id":"c","partOf":{"reference":"Organization/p"}})";
  const std::string parent = R"({"resourceType":"Organization","id":"p"})";
  for (const char* style : {"resource-put", "transaction", "batch"}) {
    CAPTURE(style);
    bool there = false;
    Delivery delivery = put(0, [&](const Request& request) {
      there = there || request.body.find(R"("id":"p")") != std::string::npos;
      if (!there) return answer_of(422);
      return request.method == "POST" ? answer_to_bundle(request) : answer_of(200);
    });
    delivery.style = style;
    delivery.region = "[limits]\ngroup = 1\n";
    delivery.records = {child, parent};
    delivery.change = [](JobSettings& settings) { settings.transport.connections = 1; };
    const auto done = push(delivery);
    CHECK(done.tally.applied == 2);
    CHECK(done.seen.size() == 3);
    // What does not come is not waited for again and again.
    there = false;
    delivery.records = {child, patient("x")};
    const auto alone = push(delivery);
    CHECK(alone.tally.refused == 2);
    CHECK(alone.seen.size() == 3);
    CHECK(alone.issues.size() == 2);
  }
}

TEST_CASE("entries of an answer in another order say nothing") {
  Delivery delivery = put(2, [](const Request&) {
    return answer_of(200,
                     R"({"resourceType":"Bundle","type":"transaction-response","entry":[)"
                     R"({"response":{"status":"200","location":"http://x/Patient/p1/_history/2"}},)"
                     R"({"response":{"status":"200","location":"Patient/p0"}}]})");
  });
  delivery.style = "transaction";
  const auto done = push(delivery);
  CHECK(done.tally.unknown == 2);
  CHECK(done.seen.size() == 1);
  CHECK(done.issues[0].words.find("not in the order of those sent") != std::string::npos);
}

TEST_CASE("a credential that is never taken ends the run") {
  Delivery delivery = put(20, [](const Request& request) {
    CHECK(header_of(request, "Authorization") == "Bearer secret-of-a-command");
    return answer_of(401);
  });
  delivery.region = "[auth]\nmethod = \"bearer\"\nsecret.command = \"x\"\n";
  const auto done = push(delivery);
  CHECK(done.tally.stopped.find("does not accept the credential") != std::string::npos);
}

TEST_CASE("what the endpoint asks to wait too long for is given back") {
  const auto done = push(put(1, [](const Request&) {
    Answer answer = answer_of(429);
    answer.headers.emplace_back("retry-after", "1000000");
    return answer;
  }));
  CHECK(done.tally.failed + done.tally.not_sent == 1);
  REQUIRE_FALSE(done.issues.empty());
}

TEST_CASE("what is too large is halved until it is taken") {
  Delivery delivery;
  delivery.style = "transaction";
  delivery.records = patients(9);
  delivery.reply = [](const Request& request) {
    const auto sent = nlohmann::json::parse(request.body);
    return sent["entry"].size() > 2 ? answer_of(413) : answer_to_bundle(request);
  };
  const auto done = push(delivery);
  CHECK(done.tally.applied == 9);
  delivery.region = "[limits]\nbytes = 200\n";
  delivery.reply = answer_to_bundle;
  for (const Request& request : push(delivery).seen) {
    CHECK(request.body.size() <= 200);
  }
}

TEST_CASE("what is accepted is asked for until its result is there, or given up") {
  unsigned polls = 0;
  Delivery delivery = put(1, [&](const Request& request) {
    if (request.method == "PUT") {
      Answer answer = answer_of(202);
      answer.headers.emplace_back("content-location", std::string(base) + "/status/1");
      return answer;
    }
    return ++polls < 3 ? answer_of(202) : answer_of(200, R"({"resourceType":"Patient","id":"p0"})");
  });
  const auto done = push(delivery);
  CHECK(polls == 3);
  CHECK(done.tally.applied == 1);
  delivery.reply = [](const Request&) {
    Answer answer = answer_of(202);
    answer.headers.emplace_back("content-location", std::string(base) + "/status/1");
    return answer;
  };
  CHECK(push(delivery).tally.unknown == 1);
}

TEST_CASE("an interrupted run sends nothing more, and the next one goes on") {
  Disk disk;
  unsigned sent = 0;
  Delivery delivery = put(30, [&](const Request&) {
    ++sent;
    return answer_of(200);
  });
  delivery.change = [](JobSettings& settings) { settings.transport.connections = 1; };
  delivery.interrupted = [&] { return sent >= 5; };
  const auto first = push(delivery, disk);
  CHECK(first.tally.interrupted);
  CHECK(first.tally.applied < 30);
  delivery.interrupted = {};
  const auto second = push(delivery, disk);
  CHECK(first.tally.applied + second.tally.applied == 30);
  CHECK(second.tally.already == first.tally.applied);
  CHECK(sent == 30);
}

TEST_CASE("a dry run tells what would be sent, and sends nothing") {
  Delivery delivery;
  delivery.style = "transaction";
  delivery.records = patients(5);
  delivery.region = "[limits]\ngroup = 2\n[headers]\nX-Request-ID = \"${uuid}\"\n";
  delivery.change = [](JobSettings& settings) { settings.dry_run = true; };
  const auto done = push(delivery);
  CHECK(done.seen.empty());
  CHECK(done.tally.requests == 3);
  CHECK(done.tally.not_sent == 5);
}

TEST_CASE("records that are read ahead arrive all the same") {
  Delivery delivery = put(300, [](const Request&) { return answer_of(200); });
  delivery.reads_ahead = true;
  CHECK(push(delivery).tally.applied == 300);
}
