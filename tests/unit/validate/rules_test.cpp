// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "validate/record.hpp"

using lhcr::test::check;
using lhcr::test::shown;

TEST_CASE("a complete code system states its true count") {
  const std::string head =
      R"({"resourceType":"CodeSystem","url":"http://a.test/cs","name":"Cs","status":"active",
    "content":"complete","caseSensitive":true,"count":)";
  CHECK(check(head + R"(2,"concept":[{"code":"a","concept":[{"code":"b"}]}]})").clean());
  CHECK(
      check(head + R"(3,"concept":[{"code":"a"}]})").has("concept-count-wrong @ CodeSystem.count"));
}

TEST_CASE("the system of an include is absolute") {
  CHECK(check(R"({"resourceType":"ValueSet","url":"http://a.test/vs","name":"Vs","status":"active",
    "compose":{"include":[{"system":"#c1"}]}})")
            .has("include-system-relative @ ValueSet.compose.include[0]"));
}

TEST_CASE("composite search parameters") {
  CHECK(
      check(
          R"({"resourceType":"SearchParameter","url":"http://a.test/sp","name":"Sp","status":"active","description":"d",
    "code":"c","base":["Patient"],"type":"composite"})")
          .has("search-parameter-components @ SearchParameter"));
}

TEST_CASE("conditions of questionnaires") {
  const std::string head =
      R"({"resourceType":"Questionnaire","status":"active","item":[{"linkId":"1","type":"boolean"},
    {"linkId":"2","type":"boolean","enableWhen":[{"operator":"=","answerBoolean":true,"question":)";
  CHECK(check(head + R"("1"}]}]})").clean());
  CHECK(check(head + R"("9"}]}]})").has("enable-when-missing @ Questionnaire.item[1]"));
  CHECK(check(head + R"("2"}]}]})").has("enable-when-self @ Questionnaire.item[1]"));
}

TEST_CASE("differentials that cannot be applied") {
  const std::string head =
      R"({"resourceType":"StructureDefinition","url":"http://a.test/p","name":"P","status":"draft",
    "kind":"resource","abstract":false,"type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient",
    "derivation":"constraint","differential":{"element":[)";
  const auto element = [](const std::string& path) {
    return R"({"id":")" + path + R"(","path":")" + path + "\"}";
  };
  const auto sound = check(head + element("Patient") + "," + element("Patient.name") + "," +
                           element("Patient.name.family") + "]}}");
  CHECK_MESSAGE(sound.clean(), shown(sound));
  CHECK(
      check(head + element("Patient.nmae") + "]}}").has("profile-unusable @ StructureDefinition"));
  CHECK(check(head + element("Patient.birthDate") + "," + element("Patient.name") + "]}}")
            .has("differential-element-lost @ StructureDefinition.differential.element[0]"));
}
