// SPDX-License-Identifier: Apache-2.0
// What each style sends of a record, and what it makes of the answers.
#include <doctest/doctest.h>

#include "base/error.hpp"
#include "folder.hpp"
#include "scripted.hpp"

using namespace lhcr;
using namespace lhcr::deliver;
using namespace lhcr::deliver::simulated;

namespace {

const std::string patient =
    R"({"resourceType":"Patient","id":"p1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]})";
const std::string other_patient =
    R"({"resourceType":"Patient","id":"p2","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000026"}]})";
const std::string outcome =
    R"({"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational"}]})";
const std::string cda =
    R"(<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Summary of care</title><recordTarget><patientRole>)"
    R"(<id root="1.2.3" extension="local-7"/><id root="2.16.840.1.113883.2.1.4.1" extension="9990000026"/>)"
    R"(</patientRole></recordTarget></ClinicalDocument>)";

std::string bundle(const std::string& type, const std::vector<std::string>& resources) {
  std::string text = R"({"resourceType":"Bundle","type":")" + type +
                     R"(","identifier":{"system":"urn:b","value":"1"},"entry":[)";
  for (const std::string& each : resources) {
    if (text.back() != '[') text += ',';
    text += R"({"resource":)" + each + "}";
  }
  return text + "]}";
}

std::string message() {
  return bundle("message",
                {R"({"resourceType":"MessageHeader","eventCoding":{"code":"new"}})", patient});
}
std::string document() {
  return bundle("document", {R"({"resourceType":"Composition","title":"Letter"})", patient});
}

Answer created(const Request& request) {
  Answer answer = answer_of(201);
  const std::string type = nlohmann::json::parse(request.body)["resourceType"];
  answer.headers.emplace_back("location", std::string(base) + "/" + type + "/srv/_history/1");
  return answer;
}

Delivered send(const std::string& style, std::vector<std::string> records, Reply reply,
               const std::string& region = {}) {
  Delivery delivery;
  delivery.style = style;
  delivery.records = std::move(records);
  delivery.reply = std::move(reply);
  delivery.region = region;
  return push(delivery);
}

}  // namespace

TEST_CASE("a message goes as it is, and is not sent twice when nobody can tell") {
  const auto good =
      send("message", {message()}, [](const Request&) { return answer_of(200, outcome); });
  REQUIRE(good.seen.size() == 1);
  CHECK(good.seen[0].url == std::string(base) + "/$process-message");
  CHECK(good.seen[0].body == message());
  CHECK(good.tally.applied == 1);
  const auto lost = send(
      "message", {message()}, [](const Request&) { return answer_of(504); },
      "[style]\nsearch = false\n");
  CHECK(lost.seen.size() == 1);
  CHECK(lost.tally.unknown == 1);
  const auto none = send("message", {patient}, created);
  CHECK(none.seen.empty());
  CHECK(none.tally.refused == 1);
}

TEST_CASE("an answer about something else says nothing about a document") {
  const auto told = [](const std::string& body, const std::string& region = {}) {
    return send(
               "document", {document()}, [&](const Request&) { return answer_of(200, body); },
               region)
        .tally.applied;
  };
  CHECK(told(outcome) == 1);
  CHECK(told(document()) == 1);
  CHECK(told(patient) == 0);
  CHECK(told(patient, "[document]\npath = \"$submit\"\n") == 1);
}

TEST_CASE("a document goes to its path, and a CDA document does not") {
  const auto done = send("document", {document(), cda}, created);
  REQUIRE(done.seen.size() == 1);
  CHECK(done.seen[0].url == std::string(base) + "/Bundle");
  CHECK(done.tally.applied == 1);
  REQUIRE(done.issues.size() == 1);
  CHECK(done.issues[0].words.find("--convert") != std::string::npos);
}

TEST_CASE("a pointer without an answer is read under its own id") {
  const std::string pointer =
      R"({"resourceType":"DocumentReference","id":"ODS-1","status":"current"})";
  unsigned number = 0;
  const auto done = send("pointer", {pointer, patient}, [&](const Request&) {
    return ++number == 1 ? answer_of(504) : answer_of(200, pointer);
  });
  REQUIRE(done.seen.size() == 2);
  CHECK(done.seen[1].method == "GET");
  CHECK(done.seen[1].url == std::string(base) + "/DocumentReference/ODS-1");
  CHECK(done.tally.applied == 1);
  CHECK(done.tally.refused == 1);
}

TEST_CASE("an index gets Patients, then the Linkage between them by its own ids") {
  const std::string linkage =
      R"({"resourceType":"Linkage","item":[{"type":"source","resource":{"reference":"Patient/p1"}},)"
      R"({"type":"alternate","resource":{"reference":"Patient/p2"}}]})";
  const auto done = send(
      "pix", {bundle("collection", {linkage, patient, other_patient})},
      [](const Request& request) {
        Answer answer = answer_of(201);
        const std::string id = nlohmann::json::parse(request.body).value("id", "l");
        answer.headers.emplace_back("location", request.url + "/n-" + id);
        return answer;
      },
      "[pix]\npatient = \"http://127.0.0.1/pix/Patient\"\nlinkage = "
      "\"http://127.0.0.1/pix/Linkage\"\n");
  REQUIRE(done.seen.size() == 3);
  CHECK(done.seen[2].url == "http://127.0.0.1/pix/Linkage");
  const nlohmann::json sent = bodies(done)[2];
  CHECK(sent["item"][0]["resource"]["reference"] == "Patient/n-p1");
  CHECK(sent["item"][1]["resource"]["reference"] == "Patient/n-p2");
}

TEST_CASE("a path never leads to another host") {
  const Region region = Region::parse("title = \"r\"", "r", "r.toml");
  const SymbolTable symbols;
  const auto style = find_style("resource-put")
                         .make({region, std::string(base), "application/fhir+json", "resource-put",
                                format::Format::json, symbols, [](tree::Tree&) {}});
  CHECK(style->url_of("") == base);
  for (const char* path : {"Patient/1", "https://elsewhere.example/Patient/1", "//elsewhere/x"}) {
    CHECK(style->url_of(path) == std::string(base) + "/" + path);
  }
}

TEST_CASE("MHD makes a transaction of List, DocumentReference and Binary") {
  const std::string region =
      "[mhd]\nsource = \"urn:oid:1.2.3\"\ntype = \"urn:s|t1|Type\"\ncontent_type = \"urn:s|c1\"\n";
  const auto done =
      send("mhd", {document(), cda, bundle("document", {})}, answer_to_bundle, region);
  REQUIRE(done.seen.size() == 2);
  CHECK(done.tally.applied == 6);
  CHECK(done.tally.refused == 1);
  for (const nlohmann::json& sent : bodies(done)) {
    CHECK(sent["type"] == "transaction");
    REQUIRE(sent["entry"].size() == 3);
    const nlohmann::json& reference = sent["entry"][1]["resource"];
    CHECK(sent["entry"][0]["resource"]["entry"][0]["item"]["reference"] ==
          sent["entry"][1]["fullUrl"]);
    CHECK(reference["content"][0]["attachment"]["url"] == sent["entry"][2]["fullUrl"]);
    CHECK(reference["type"]["coding"][0]["code"] == "t1");
  }
  CHECK(bodies(done)[1]["entry"][1]["resource"]["subject"]["identifier"]["value"] == "9990000026");
  CHECK_THROWS_AS((void)send("mhd", {document()}, answer_to_bundle), Error);
}

TEST_CASE("XDS sends metadata and document, and a registry says what became of them") {
  const std::string region =
      "[xds]\nsource = \"1.2.3.4\"\nclass = \"urn:c|c1|Class & kind\"\ntype = \"urn:t|t1|T\"\n"
      "format = \"urn:f|f1|F\"\nconfidentiality = \"urn:n|N|Normal\"\nfacility = \"urn:h|h1|H\"\n"
      "practice = \"urn:p|p1|P\"\ncontent_type = \"urn:x|x1|X\"\n";
  const auto registry = [](const std::string& status) {
    return [status](const Request&) {
      Answer answer = answer_of(200,
                                "<rs:RegistryResponse xmlns:rs=\"urn:oasis:names:tc:ebxml-regrep:"
                                "xsd:rs:3.0\" status=\"urn:oasis:names:tc:ebxml-regrep:"
                                "ResponseStatusType:" +
                                    status + "\"/>");
      answer.content_type = "application/soap+xml";
      return answer;
    };
  };
  const auto good =
      send("xds", {cda, document(), bundle("document", {})}, registry("Success"), region);
  REQUIRE(good.seen.size() == 2);
  CHECK(good.tally.applied == 2);
  CHECK(good.tally.refused == 1);
  CHECK(good.seen[0].body.find(cda) != std::string::npos);
  CHECK(good.seen[0].body.find("9990000026^^^&amp;2.16.840.1.113883.2.1.4.1&amp;ISO") !=
        std::string::npos);
  CHECK(good.seen[0].body.find("Class &amp; kind") != std::string::npos);
  CHECK(good.seen[0].body.find("Summary of care") != std::string::npos);
  CHECK(send("xds", {cda}, registry("Failure"), region).tally.refused == 1);
  CHECK(send("xds", {cda},
             registry("Failure\" note=\"not urn:oasis:names:tc:ebxml-regrep:"
                      "ResponseStatusType:Success"),
             region)
            .tally.refused == 1);
  // An id with a separator of HL7 would be one of another authority.
  std::string elsewhere = cda;
  elsewhere.replace(elsewhere.find("9990000026"), 10, "1^^^&amp;9.9&amp;ISO");
  CHECK(send("xds", {elsewhere}, registry("Success"), region).seen.empty());
  // Of several Patients the document's own is meant.
  const std::string letter =
      R"({"resourceType":"Composition","title":"Letter","subject":{"reference":"Patient/p2"}})";
  const auto of_two =
      send("xds",
           {bundle("document", {letter, patient, other_patient}),
            bundle("document", {R"({"resourceType":"Composition"})", patient, other_patient})},
           registry("Success"), region);
  REQUIRE(of_two.seen.size() == 1);
  CHECK(of_two.seen[0].body.find("9990000026^^^") != std::string::npos);
  CHECK(of_two.tally.refused == 1);
  const auto again = send(
      "xds", {cda},
      [](const Request&) {
        return answer_of(200,
                         "<RegistryResponse xmlns=\"urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0\" "
                         "status='urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure'>"
                         "<RegistryErrorList><RegistryError "
                         "errorCode=\"XDSDuplicateUniqueIdInRegistry\"/></RegistryErrorList>"
                         "</RegistryResponse>");
      },
      region);
  CHECK(again.tally.applied == 1);
  const auto page = send(
      "xds", {cda},
      [](const Request&) {
        Answer answer = answer_of(200, "<html/>");
        answer.content_type = "text/html";
        return answer;
      },
      region);
  CHECK(page.tally.applied == 0);
  CHECK(send(
            "xds", {cda}, [](const Request&) { return answer_of(204); }, region)
            .tally.applied == 0);
  CHECK_THROWS_AS((void)send("xds", {cda}, registry("Success")), Error);
}

TEST_CASE("MESH sends chunks to one message, and needs its id") {
  const std::string region =
      "[mesh]\nmailbox = \"A\"\nto = \"B\"\nworkflow = \"W\"\nsubject = \"S\"\n";
  const auto reply = [](const Request&) {
    Answer answer = answer_of(202, R"({"message_id":"M1"})");
    answer.content_type = "application/vnd.mesh.v2+json";
    return answer;
  };
  const auto one = send("mesh", {patient}, reply, region);
  REQUIRE(one.seen.size() == 1);
  CHECK(one.seen[0].url == std::string(base) + "/messageexchange/A/outbox");
  CHECK(header_of(one.seen[0], "Mex-To") == "B");
  CHECK(header_of(one.seen[0], "Mex-Subject") == "S");
  CHECK(header_of(one.seen[0], "Mex-Chunk-Range") == "1:1");
  CHECK(one.tally.applied == 1);
  const auto many = send("mesh", {patient}, reply, region + "chunk = 50\n");
  REQUIRE(many.seen.size() > 2);
  std::string whole;
  for (const Request& request : many.seen) whole += request.body;
  CHECK(whole == patient);
  CHECK(many.seen[1].url == std::string(base) + "/messageexchange/A/outbox/M1/2");
  CHECK(many.tally.applied == 1);
  // A redirect of one request is none of the next.
  const auto moved = send(
      "mesh", {patient},
      [&](const Request& request) {
        if (!request.url.ends_with("/outbox")) return reply(request);
        Answer answer = answer_of(307);
        answer.headers.emplace_back("location", "/fhir/other/A/inbox");
        return answer;
      },
      region + "chunk = 50\n");
  CHECK(moved.tally.applied == 1);
  CHECK(moved.seen[1].url.ends_with("/fhir/other/A/inbox"));
  CHECK(moved.seen[2].url == std::string(base) + "/messageexchange/A/outbox/M1/2");
  // What the mailbox says becomes part of an address only where it may.
  const auto led_away = send(
      "mesh", {patient},
      [](const Request&) { return answer_of(202, R"({"message_id":"../../admin"})"); },
      region + "chunk = 50\n");
  CHECK(led_away.seen.size() == 1);
  CHECK(led_away.tally.unknown == 1);
  const auto portal = send(
      "mesh", {patient},
      [&](const Request& request) {
        Answer answer = reply(request);
        if (!request.url.ends_with("/outbox")) answer.content_type = "text/html";
        return answer;
      },
      region + "chunk = 50\n");
  CHECK(portal.tally.applied == 0);
  const auto nameless = send(
      "mesh", {patient}, [](const Request&) { return answer_of(202, "{}"); }, region);
  CHECK(nameless.tally.unknown == 1);
  CHECK(send(
            "mesh", {patient}, [](const Request&) { return answer_of(403, "no"); }, region)
            .tally.refused == 1);
}

TEST_CASE("a drop folder gets lines by type and a manifest that knows them") {
  const Folder folder;
  const std::string region = "[drop]\nfolder = \"" + folder.path("in") + "\"\nrecords = 2\n";
  const std::string laboratory =
      R"({"resourceType":"Bundle","type":"collection","entry":[)"
      R"({"fullUrl":"urn:uuid:1","resource":{"resourceType":"Organization"}},)"
      R"({"resource":{"resourceType":"Observation","id":"o","performer":[{"reference":"urn:uuid:1"}]}}]})";
  const auto done = send("drop", {patient, other_patient, laboratory, cda}, created, region);
  CHECK(done.seen.empty());
  CHECK(done.tally.applied == 4);
  CHECK(done.tally.refused == 1);
  std::string lines;
  const std::vector<std::string> names = folder.names("in");
  CHECK(std::count_if(names.begin(), names.end(), [](const std::string& each) {
          return each.starts_with("Observation-") && each.ends_with(".ndjson");
        }) == 1);
  for (const std::string& name : names) {
    if (name.starts_with("Observation-")) lines = folder.text("in/" + name);
  }
  CHECK(lines.find("\"Organization/1\"") != std::string::npos);
  const nlohmann::json manifest = nlohmann::json::parse(folder.text("in/manifest.json"));
  CHECK(manifest.dump().find("Patient-") != std::string::npos);
}

namespace {

/// A row of each Patient; everything else is refused.
class Counter : public TableMaker {
 public:
  std::string add(const tree::Tree& tree, tree::NodeId resource) override {
    if (tree.resource_type(resource) != "Patient") return "no row of it";
    ++rows_;
    return {};
  }
  std::vector<Table> take() override {
    std::vector<Table> all;
    if (rows_ > 0) all.push_back({"patients", ".csv", "id\n", rows_});
    rows_ = 0;
    return all;
  }

 private:
  std::uint64_t rows_ = 0;
};

}  // namespace

TEST_CASE("a drop folder gets tables of views, and says which record makes no row") {
  const Folder folder;
  Counter counter;
  Delivery delivery;
  delivery.style = "drop";
  delivery.records = {patient, R"({"resourceType":"Observation","id":"o"})", cda};
  delivery.region =
      "[drop]\nfolder = \"" + folder.path() + "\"\nformat = \"csv\"\nview = \"patients\"\n";
  delivery.tables = &counter;
  const auto done = push(delivery);
  CHECK(done.tally.applied == 1);
  CHECK(done.tally.refused == 2);
  CHECK(folder.names().size() == 2);
  delivery.tables = nullptr;
  CHECK_THROWS_AS((void)push(delivery), Error);
  delivery.region = "";
  CHECK_THROWS_AS((void)push(delivery), Error);
}

TEST_CASE("an endpoint that takes XML gets XML, and answers in it") {
  const std::string both =
      R"({"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:1","resource":)" +
      patient +
      R"(,"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=a|b&c=d"}}]})";
  const auto reply = [](const Request& request) {
    CHECK(request.body.find("identifier=a|b&amp;c=d") != std::string::npos);
    Answer answer = answer_of(
        200,
        R"(<Bundle xmlns="http://hl7.org/fhir"><type value="transaction-response"/>)"
        R"(<entry><response><status value="201"/><location value="Patient/9"/></response></entry></Bundle>)");
    answer.content_type = "application/fhir+xml";
    return answer;
  };
  const auto done = send("transaction", {both}, reply, "format = \"xml\"\n");
  CHECK(done.tally.applied == 1);
  CHECK(header_of(done.seen.at(0), "Content-Type").starts_with("application/fhir+xml"));
}

TEST_CASE("an event says of a record what its region asks for, and its answer is an id") {
  const std::string region =
      "[event]\nsource = \"uk.nhs.us\"\ntype = \"t\"\ntime = \"2024-01-01T00:00:00Z\"\n"
      "subject = \"s\"\nfiltering.a = \"b\"\n";
  const auto good = send(
      "event", {patient}, [](const Request&) { return answer_of(200, R"({"id":"e1"})"); }, region);
  REQUIRE(good.seen.size() == 1);
  CHECK(good.tally.applied == 1);
  CHECK(good.seen[0].url == std::string(base) + "/events");
  const nlohmann::json sent = bodies(good)[0];
  CHECK(sent["specversion"] == "1.0");
  CHECK(sent["subject"] == "s");
  CHECK(sent["filtering"]["a"] == "b");
  CHECK_FALSE(sent.dump().find("9990000018") != std::string::npos);
  const auto silent = send(
      "event", {patient}, [](const Request&) { return answer_of(200, "{}"); }, region);
  CHECK(silent.tally.applied == 0);
  const auto echo = send(
      "event", {patient}, [](const Request& request) { return answer_of(200, request.body); },
      region);
  CHECK(echo.tally.applied == 0);
  CHECK(send(
            "event", {patient}, [](const Request&) { return answer_of(422, "{}"); }, region)
            .tally.refused == 1);
  CHECK_THROWS_AS((void)send("event", {patient}, created), Error);
}

TEST_CASE("an ITK3 message goes round what a mailbox gets, and says what its region says") {
  const std::string stu3 =
      "[mesh]\nmailbox = \"A\"\nto = \"B\"\nworkflow = \"W\"\nwrap = \"itk3\"\n";
  const std::string itk =
      "[itk]\nevent = \"ITK007C|ITK GP Connect Send Document\"\ndefinition = \"urn:d\"\n"
      "recipient = \"FA\"\nbusiness_ack = true\ninfrastructure_ack = false\nsender = \"X26\"\n"
      "receiver = \"Y99\"\npriority = \"urgent\"\nlocal_extension = \"here\"\n";
  Delivery delivery;
  delivery.style = "mesh";
  delivery.records = {document()};
  delivery.reply = [](const Request&) { return answer_of(202, R"({"message_id":"M1"})"); };
  delivery.region = "format = \"xml\"\n" + stu3 + itk;
  delivery.fhir = "3.0.2";
  const auto done = push(delivery);
  REQUIRE(done.seen.size() == 1);
  const std::string& body = done.seen[0].body;
  for (const char* part : {"ITK007C", "urn:d", "For Action", "X26", "Y99", "urgent", "here",
                           "MessageHeader", "Composition"}) {
    CHECK_MESSAGE(body.find(part) != std::string::npos, part);
  }
  CHECK(done.tally.applied == 1);
  delivery.region = stu3;
  CHECK_THROWS_AS((void)push(delivery), Error);
}
