// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "validate/record.hpp"

using lhcr::test::check;
using lhcr::test::shown;

TEST_CASE("a sound record has no error") {
  const auto outcome = check(R"({"resourceType":"Patient","id":"p1","active":true,"gender":"female",
    "birthDate":"1990-02-28","name":[{"family":"Doe","given":["Jo"]}]})");
  CHECK_MESSAGE(outcome.clean(), shown(outcome));
}

TEST_CASE("unknown elements are said once for each name") {
  const auto outcome =
      check(R"({"resourceType":"Patient","nmae":[{"family":"Doe"},{"family":"Roe"}]})");
  CHECK(outcome.errors == std::vector<std::string>{"unknown-element @ Patient"});
}

TEST_CASE("a choice with a type that is not allowed") {
  const auto outcome = check(R"({"resourceType":"Patient","deceasedString":"yes"})");
  CHECK(outcome.errors == std::vector<std::string>{"choice-type-wrong @ Patient"});
}

TEST_CASE("cardinality") {
  CHECK(check(R"({"resourceType":"Observation","status":"final"})")
            .has("element-missing @ Observation"));
  CHECK(
      check(
          R"(<Patient xmlns="http://hl7.org/fhir"><gender value="male"/><gender value="female"/></Patient>)")
          .has("element-too-many @ Patient"));
}

TEST_CASE("what an empty element lacks follows from its being empty") {
  const auto list = [](const std::string& entry) {
    return check(
        R"(<List xmlns="http://hl7.org/fhir"><status value="current"/><mode value="working"/>)" +
        entry + "</List>");
  };
  const auto empty = list("<entry/>");
  CHECK(empty.has("invariant @ List.entry[0]"));
  CHECK(empty.following == std::vector<std::string>{"element-missing @ List.entry[0]"});
  CHECK(list(R"(<entry><item><display value="x"/></item></entry>)").clean());
}

TEST_CASE("JSON kinds and arrays") {
  CHECK(check(R"({"resourceType":"Patient","active":"true"})")
            .has("json-kind-wrong @ Patient.active"));
  CHECK(check(R"({"resourceType":"Patient","name":{"family":"Doe"}})")
            .has("json-array-missing @ Patient.name"));
  CHECK(check(R"({"resourceType":"Patient","gender":["male"]})")
            .has("json-array-unexpected @ Patient.gender[0]"));
  CHECK(check(R"({"resourceType":"Patient","maritalStatus":"single"})")
            .has("json-kind-wrong @ Patient.maritalStatus"));
}

TEST_CASE("XML fixes the order of elements, JSON does not") {
  CHECK(
      check(
          R"(<Patient xmlns="http://hl7.org/fhir"><birthDate value="2000-01-01"/><gender value="male"/></Patient>)")
          .has("element-out-of-order @ Patient.gender"));
  CHECK(check(R"({"resourceType":"Patient","birthDate":"2000-01-01","gender":"male"})").clean());
}

TEST_CASE("resources: type, id, contained") {
  CHECK(check(R"({"resourceType":"Pateint"})").has("resource-type-unknown @ Pateint"));
  CHECK(check(R"({"resourceType":"Patient","id":"a b"})").has("id-invalid @ Patient.id"));
  CHECK(check(R"({"resourceType":"Patient","id":")" + std::string(65, 'x') + R"("})")
            .has("resource-id-too-long @ Patient.id"));
  const auto outcome = check(R"({"resourceType":"Condition","subject":{"display":"x"},
    "clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},
    "contained":[{"resourceType":"Patient","id":"p"}]})");
  CHECK(outcome.errors == std::vector<std::string>{"contained-unused @ Condition.contained[0]"});
}

TEST_CASE("nothing leads to a contained resource without id") {
  const auto contained = [](const std::string& resource) {
    return check(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
      "subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p"},)" +
                 resource + "]}");
  };
  const auto nameless = contained(R"({"resourceType":"Patient"})");
  CHECK(nameless.has("contained-without-id @ Observation.contained[1]"));
  CHECK(nameless.follows("contained-unused @ Observation.contained[1]"));
  // One that points back to its container needs nobody who points to it.
  CHECK(
      contained(
          R"({"resourceType":"List","status":"current","mode":"working","subject":{"reference":"#"}})")
          .following.empty());
}

TEST_CASE("element ids are unique in a resource, differential and snapshot apart") {
  CHECK(
      check(
          R"({"resourceType":"Patient","name":[{"id":"1","family":"a"},{"id":"1","family":"b"}]})")
          .has("duplicate-element-id @ Patient.name[1]"));
}

TEST_CASE("a primitive has children id and extension only") {
  CHECK(
      check(
          R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"_valueInteger":{"value":0}})")
          .has("unknown-element @ Observation.value.ofType(integer)"));
}
