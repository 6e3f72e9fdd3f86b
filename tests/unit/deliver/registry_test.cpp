// SPDX-License-Identifier: Apache-2.0
// What registries and repositories answer, as packages and as XML.
#include <doctest/doctest.h>

#include "deliver/style/registry_answer.hpp"
#include "deliver/transport/mime.hpp"

using namespace lhcr::deliver;

namespace {

constexpr std::string_view soap = "http://www.w3.org/2003/05/soap-envelope";
constexpr std::string_view soap11 = "http://schemas.xmlsoap.org/soap/envelope/";
const std::string rs = R"( xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0")";
const std::string status = R"( status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:)";

Answer xml(std::string body, const std::string& type = "application/soap+xml") {
  Answer answer;
  answer.status = 200;
  answer.content_type = type.substr(0, type.find(';'));
  answer.headers.emplace_back("content-type", type);
  answer.body = std::move(body);
  return answer;
}
std::string envelope(const std::string& inside, std::string_view space = soap) {
  return "<e:Envelope xmlns:e=\"" + std::string(space) + "\"><e:Header/><e:Body>" + inside +
         "</e:Body></e:Envelope>";
}
std::string registry_response(const std::string& word, const std::string& errors = {}) {
  const std::string list =
      errors.empty() ? "" : "<rs:RegistryErrorList>" + errors + "</rs:RegistryErrorList>";
  return "<rs:RegistryResponse" + rs + status + word + "\">" + list + "</rs:RegistryResponse>";
}
std::string error(const std::string& code, const std::string& more = {}) {
  return "<rs:RegistryError errorCode=\"" + code + "\" " + more + "/>";
}

/// untold for what is no registry's.
Result judged(const Answer& answer) {
  const auto read = read_registry_answer(answer);
  return read ? result_of_registry(*read) : Result::untold;
}

}  // namespace

TEST_CASE("a registry says by its status and its errors what became of a document") {
  CHECK(judged(xml(envelope(registry_response("Success")))) == Result::applied);
  CHECK(judged(xml(envelope(registry_response("Success"), soap11))) == Result::applied);
  CHECK(judged(xml(registry_response("Success"))) == Result::applied);
  CHECK(judged(xml(registry_response("Failure"))) == Result::refused);
  CHECK(judged(xml(registry_response("PartialSuccess"))) == Result::untold);
  const auto failed = [](const std::string& errors) {
    return judged(xml(envelope(registry_response("Failure", errors))));
  };
  CHECK(failed(error("XDSDuplicateUniqueIdInRegistry")) == Result::applied);
  CHECK(failed(error("XDSDuplicateUniqueIdInRegistry") + error("XDSUnknownPatientId")) ==
        Result::refused);
  CHECK(failed(error("XDSRepositoryBusy")) == Result::again);
  CHECK(failed(error("XDSRepositoryBusy") + error("XDSUnknownPatientId")) == Result::refused);
  // A warning is none.
  const std::string warning =
      R"(severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Warning")";
  CHECK(judged(xml(registry_response("Success", error("XDSExtraMetadataNotSaved", warning)))) ==
        Result::applied);
  CHECK(judged(xml(registry_response("Success", error("XDSUnknownPatientId")))) == Result::untold);
  const auto read = read_registry_answer(xml(registry_response(
      "Failure", error("XDSUnknownPatientId", R"(codeContext="Who &amp; where?")"))));
  REQUIRE(read);
  CHECK(words_of(*read) == "the repository answers: Failure; XDSUnknownPatientId Who & where?");
}

TEST_CASE("nothing that an answer quotes passes for what it says") {
  const std::string good = registry_response("Success");
  for (const std::string& lie : {
           envelope("<!-- " + good + " -->" + registry_response("Failure")),
           envelope("<![CDATA[" + good + "]]>" + registry_response("Failure")),
           envelope(
               registry_response("Failure", error("X", "codeContext='" + status + "Success\"'"))),
           envelope("<rs:RegistryResponse" + rs + " note='status=\"x\"'" + status + "Failure\"/>"),
       }) {
    INFO(lie);
    CHECK(judged(xml(lie)) == Result::refused);
  }
  for (const std::string& nothing : {
           envelope("<RegistryResponse" + status + "Success\"/>"),
           envelope("<other>" + good + "</other>"),
           "<e:Envelope xmlns:e=\"" + std::string(soap) + "\"><e:Header>" + good +
               "</e:Header></e:Envelope>",
           envelope(good + registry_response("Failure")),
           envelope(good + "<e:Fault/>"),
           envelope("<rs:RegistryResponse" + rs +
                    " rs:status=\"urn:oasis:names:tc:ebxml-regrep:"
                    "ResponseStatusType:Success\"/>"),
           envelope(good).substr(0, envelope(good).size() - 4),
           "<!DOCTYPE x [<!ENTITY s 'Success'>]>" + registry_response("&s;"),
           std::string("<html/>"),
           std::string(),
       }) {
    INFO(nothing);
    CHECK(judged(xml(nothing)) == Result::untold);
  }
}

TEST_CASE("a fault says whose it is") {
  const auto fault = [](const std::string& code) {
    return envelope("<e:Fault><e:Code><e:Value>e:" + code +
                    "</e:Value></e:Code><e:Reason><e:Text xml:lang=\"en\">no &lt;</e:Text>"
                    "</e:Reason></e:Fault>");
  };
  CHECK(judged(xml(fault("Sender"))) == Result::refused);
  CHECK(judged(xml(fault("Receiver"))) == Result::unknown);
  CHECK(words_of(*read_registry_answer(xml(fault("Sender")))) == "SOAP fault Sender: no <");
  CHECK(judged(xml(envelope("<e:Fault><faultcode>e:Server</faultcode></e:Fault>", soap11))) ==
        Result::unknown);
}

TEST_CASE("the root part of a package is found by its boundary and its start") {
  const std::string type =
      R"(multipart/related; type="application/xop+xml"; boundary="a;\"b"; start="<root>")";
  const std::string other = "--a;\"b\r\nContent-ID: <doc>\r\n\r\nno\r\n";
  const std::string root =
      "--a;\"b\r\ncontent-id: <root>\r\nContent-Transfer-Encoding: Binary\r\n\r\n--a;\"bc\r\n";
  const std::string end = "\r\n--a;\"b--\r\n";
  CHECK(root_part(xml("preamble\r\n" + other + root + end, type)) == "--a;\"bc\r\n");
  CHECK(root_part(xml(root + end, "multipart/related; boundary=\"a;\\\"b\"")) == "--a;\"bc\r\n");
  CHECK(root_part(xml("--x\n\nbody\n--x--", "multipart/related; boundary=x")) == "body");
  CHECK(root_part(xml("plain", "text/plain; boundary=x")) == "plain");
  for (const std::string& broken : {other + end, root, root.substr(0, 20), std::string()}) {
    CHECK_FALSE(root_part(xml(broken, type)));
  }
  CHECK_FALSE(root_part(xml("--\r\n\r\nx\r\n----", "multipart/related")));
  CHECK_FALSE(root_part(xml("--x\nContent-Transfer-Encoding: base64\n\neA==\n--x--",
                            "multipart/related;boundary=x")));
  CHECK(judged(xml("--x\n\n" + envelope(registry_response("Success")) + "\n--x--",
                   "multipart/related;boundary=x")) == Result::applied);
}
