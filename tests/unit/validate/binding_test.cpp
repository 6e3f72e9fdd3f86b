// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "validate/record.hpp"

using lhcr::test::check;

namespace {

std::string observation_holding(const std::string& members) {
  return R"({"resourceType":"Observation","status":"final","code":{"text":"x"},)" + members + "}";
}

}  // namespace

TEST_CASE("a code outside a required value set") {
  const auto outcome = check(R"({"resourceType":"Patient","gender":"m"})");
  CHECK(outcome.has("code-not-in-value-set @ Patient.gender"));
  CHECK(outcome.has("code-without-system @ Patient.gender"));
  CHECK(outcome.errors.size() == 2);
}

TEST_CASE("a code that its complete code system does not know") {
  CHECK(check(observation_holding(R"("dataAbsentReason":{"coding":[
    {"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"nope"}]})"))
            .has("code-unknown @ Observation.dataAbsentReason.coding[0].code"));
}

TEST_CASE("extensible bindings warn") {
  const auto outcome = check(observation_holding(
      R"("interpretation":[{"coding":[{"system":"http://acme.test/x","code":"q"}]}])"));
  CHECK(outcome.clean());
  CHECK(outcome.notes("code-not-in-extensible-set @ Observation.interpretation[0]"));
}

TEST_CASE("displays") {
  const std::string head =
      R"("dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason",
    "code":"unknown","display":")";
  CHECK(check(observation_holding(head + "Unknown\"}]}")).clean());
  CHECK(check(observation_holding(head + "Known\"}]}"))
            .has("display-wrong @ Observation.dataAbsentReason.coding[0].display"));
}

TEST_CASE("systems") {
  CHECK(check(observation_holding(R"("category":[{"coding":[{"system":"x","code":"y"}]}])"))
            .has("coding-system-relative @ Observation.category[0].coding[0].system"));
  CHECK(
      check(
          observation_holding(
              R"("category":[{"coding":[{"system":"http://hl7.org/fhir/ValueSet/administrative-gender","code":"male"}]}])"))
          .has("coding-system-is-value-set @ Observation.category[0].coding[0].system"));
  CHECK(check(observation_holding(R"("category":[{"coding":[{"code":"y"}]}])"))
            .notes("coding-without-system @ Observation.category[0].coding[0]"));
}

TEST_CASE("what is not checked is counted once for each set or system") {
  const auto outcome =
      check(observation_holding(R"("category":[{"coding":[{"system":"http://loinc.org","code":"a"},
    {"system":"http://loinc.org","code":"b"}]}])"));
  CHECK(outcome.notes("code-system-not-here @ Observation"));
}
