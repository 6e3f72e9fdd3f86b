// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "validate/record.hpp"
#include "validate/services.hpp"

using lhcr::test::check;
using lhcr::test::shown;

namespace {

std::string observation_about(const std::string& reference) {
  return R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":")" +
         reference + "\"}}";
}

std::string bundle(const std::string& type, const std::string& entries) {
  return R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[)" + entries + "]}";
}

std::string entry(const std::string& url, const std::string& resource) {
  return R"({"fullUrl":")" + url + R"(","resource":)" + resource + "}";
}

}  // namespace

TEST_CASE("contained references resolve") {
  CHECK(
      check(observation_about("#nobody")).has("reference-contained-missing @ Observation.subject"));
}

TEST_CASE("entries resolve by fullUrl, relative references by the base of their own entry") {
  const std::string patient = R"({"resourceType":"Patient","id":"1"})";
  const auto outcome =
      check(bundle("collection", entry("http://a.test/Patient/1", patient) + "," +
                                     entry("http://a.test/Observation/2",
                                           R"({"resourceType":"Observation","id":"2",
                                    "status":"final","code":{"text":"x"},"subject":{"reference":"Patient/1"}})")));
  CHECK_MESSAGE(outcome.clean(), shown(outcome));
}

TEST_CASE("a target of a type that the element does not take") {
  CHECK(check(bundle(
                  "collection",
                  entry("http://a.test/Medication/1", R"({"resourceType":"Medication","id":"1"})") +
                      "," +
                      entry("http://a.test/Observation/2",
                            R"({"resourceType":"Observation","id":"2","status":"final",
                         "code":{"text":"x"},"subject":{"reference":"Medication/1"}})")))
            .has("reference-target-type @ Bundle.entry[1].resource.subject"));
}

TEST_CASE("policies") {
  lhcr::validate::Options options = lhcr::test::quiet_options();
  CHECK(check(observation_about("Patient/1"), options).clean());
  options.references = lhcr::validate::ReferencePolicy::must_exist;
  CHECK(check(observation_about("Patient/1"), options)
            .has("reference-unresolved @ Observation.subject"));
  options.references = lhcr::validate::ReferencePolicy::type_only;
  CHECK(check(observation_about("Medication/1"), options)
            .has("reference-target-type @ Observation.subject"));
  CHECK(check(observation_about("patient-1"), options)
            .notes("reference-suspicious @ Observation.subject"));
}

TEST_CASE("conditional references are legal") {
  lhcr::validate::Options options = lhcr::test::quiet_options();
  options.references = lhcr::validate::ReferencePolicy::must_exist;
  CHECK(check(observation_about("Patient?identifier=http://x.test|1"), options).clean());
  CHECK(check(observation_about("Patient?identifier"), options)
            .has("reference-query-invalid @ Observation.subject"));
}

TEST_CASE("fullUrls") {
  const std::string patient = R"({"resourceType":"Patient","id":"1"})";
  CHECK(check(bundle("collection", entry("Patient/1", patient)))
            .has("full-url-not-absolute @ Bundle.entry[0]"));
  CHECK(check(bundle("collection", entry("http://a.test/Patient/2", patient)))
            .has("full-url-contradicts @ Bundle.entry[0]"));
  CHECK(check(bundle("collection", R"({"resource":)" + patient + "}"))
            .has("entry-without-full-url @ Bundle.entry[0]"));
  CHECK(
      check(bundle("collection", entry("http://a.test/Patient/2", R"({"resourceType":"Patient"})")))
          .has("full-url-without-id @ Bundle.entry[0]"));
}

TEST_CASE("documents") {
  const std::string head =
      R"({"resourceType":"Composition","id":"c","status":"final","type":{"text":"t"},"date":"2024-01-01",
    "title":"t","author":[{"reference":"Organization/o"}]})";
  const std::string organization = R"({"resourceType":"Organization","id":"o","name":"O"})";
  const std::string document =
      R"({"resourceType":"Bundle","type":"document","timestamp":"2024-01-01T00:00:00Z",
    "identifier":{"system":"http://a.test/i","value":"1"},"entry":[)";
  const std::string first = entry("http://a.test/Composition/c", head);
  const std::string second = entry("http://a.test/Organization/o", organization);
  const auto sound = check(document + first + "," + second + "]}");
  CHECK_MESSAGE(sound.clean(), shown(sound));
  CHECK(check(document + first + "]}")
            .has("document-reference-missing @ Bundle.entry[0].resource.author[0]"));
  CHECK(check(document + second + "," + first + "]}")
            .has("first-entry-type @ Bundle.entry[0].resource"));
  const std::string stray =
      entry("http://a.test/Patient/x", R"({"resourceType":"Patient","id":"x"})");
  CHECK(check(document + first + "," + second + "," + stray + "]}")
            .has("entry-unreachable @ Bundle.entry[2]"));
}

TEST_CASE("a large Bundle is indexed once") {
  std::string entries;
  for (int i = 0; i < 5000; ++i) {
    const std::string n = std::to_string(i);
    entries += (i > 0 ? "," : "") + entry("http://a.test/Patient/" + n,
                                          R"({"resourceType":"Patient","id":")" + n +
                                              R"(","link":[{"other":{"reference":"Patient/)" +
                                              std::to_string(i / 2) + R"("},"type":"seealso"}]})");
  }
  CHECK(check(bundle("collection", entries)).clean());
}

TEST_CASE("a relative reference beside a urn: by its id until R5, nowhere since") {
  const std::string id = "5d9588d8-3cd6-4b32-8fb7-ad13694e069d";
  const std::string record = bundle(
      "collection",
      entry(
          "urn:uuid:6d9588d8-3cd6-4b32-8fb7-ad13694e069d",
          R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/)" +
              id + "\"}}") +
          "," +
          entry(
              "urn:uuid:" + id,
              R"({"resourceType":"Group","type":"person","membership":"enumerated","actual":true})"));
  const std::string fault = "reference-names-other-type @ Bundle.entry[0].resource.subject";
  CHECK(check(record).has(fault));
  CHECK_FALSE(check(record, lhcr::test::quiet_options(), "5.0.0").has(fault));
}

TEST_CASE("an empty fullUrl is told as empty alone") {
  const auto outcome = check(bundle(
      "collection",
      R"({"fullUrl":"","resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/1"}}})"));
  CHECK(outcome.has("value-empty @ Bundle.entry[0].fullUrl"));
  CHECK_FALSE(outcome.has("entry-reference-without-full-url @ Bundle.entry[0]"));
}
