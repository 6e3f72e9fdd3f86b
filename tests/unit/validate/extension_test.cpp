// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "validate/record.hpp"

using lhcr::test::check;
using lhcr::test::shown;

namespace {

std::string patient_extended(const std::string& extension, const std::string& name = "extension") {
  return R"({"resourceType":"Patient",")" + name + R"(":[)" + extension + "]}";
}

}  // namespace

TEST_CASE("extensions: known, context, value type") {
  CHECK(
      check(
          patient_extended(
              R"({"url":"http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName","valueString":"x"})"))
          .clean());
  CHECK(
      check(
          patient_extended(
              R"({"url":"http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName","valueInteger":1})"))
          .has("extension-value-type @ Patient.extension[0]"));
  CHECK(check(R"({"resourceType":"Organization","name":"o","extension":[
    {"url":"http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName","valueString":"x"}]})")
            .has("extension-context @ Organization"));
  CHECK(
      check(
          patient_extended(
              R"({"url":"http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName","valueString":"x"})",
              "modifierExtension"))
          .has("extension-not-modifier @ Patient.modifierExtension[0]"));
}

TEST_CASE("unknown extensions") {
  const std::string record = patient_extended(R"({"url":"http://acme.test/x","valueString":"x"})");
  CHECK(check(record).notes("extension-unknown @ Patient.extension[0]"));
  lhcr::validate::Options strict = lhcr::test::quiet_options();
  strict.unknown_extensions_are_errors = true;
  CHECK(check(record, strict).has("extension-unknown @ Patient.extension[0]"));
}

TEST_CASE("urls of extensions") {
  CHECK(check(patient_extended(R"({"valueString":"x"})"))
            .has("extension-without-url @ Patient.extension[0]"));
  CHECK(check(patient_extended(R"({"url":"x","valueString":"x"})"))
            .has("extension-url-relative @ Patient.extension[0]"));
}

TEST_CASE("complex extensions: parts") {
  const std::string animal =
      R"({"url":"http://hl7.org/fhir/StructureDefinition/patient-animal","extension":[)";
  CHECK(check(patient_extended(animal +
                               R"({"url":"species","valueCodeableConcept":{"text":"dog"}}]})"))
            .clean());
  CHECK(
      check(patient_extended(animal + R"({"url":"breed","valueCodeableConcept":{"text":"dog"}}]})"))
          .has("slice-missing @ Patient.extension[0]"));
  CHECK(
      check(
          patient_extended(
              animal +
              R"({"url":"species","valueCodeableConcept":{"text":"dog"}},{"url":"colour","valueString":"x"}]})"))
          .has("extension-part-unknown @ Patient.extension[0].extension[1]"));
}

TEST_CASE("an extension has extensions or a value") {
  CHECK(check(patient_extended(R"({"url":"http://acme.test/x"})"))
            .has("invariant @ Patient.extension[0]"));
}

TEST_CASE("context invariants see the extension") {
  const auto form = [](const std::string& more, const std::string& count) {
    return R"({"resourceType":"Questionnaire","status":"active","item":[{"linkId":"1","type":"string",)" +
           more +
           R"("extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs","valueInteger":)" +
           count + "}]}]}";
  };
  CHECK(check(form(R"("repeats":true,)", "2")).clean());
  CHECK(check(form("", "1")).clean());
  CHECK(check(form("", "2")).has("extension-context @ Questionnaire.item[0]"));
}

TEST_CASE("extensions that stand for elements of other versions") {
  lhcr::validate::Options options = lhcr::test::quiet_options();
  for (const std::string_view version : lhcr::test::library().versions()) {
    options.other_versions.push_back(lhcr::test::library().version(version));
  }
  const auto request = [&](const std::string& kind, const std::string& element,
                           const std::string& value) {
    return check(
        R"({"resourceType":"DeviceRequest","intent":"order","codeCodeableConcept":{"text":"c"},
      "subject":{"display":"s"},")" +
            kind + R"(":[{"url":"http://hl7.org/fhir/)" + element + "\"," + value + "}]}",
        options);
  };
  const std::string do_not = "5.0/StructureDefinition/extension-DeviceRequest.doNotPerform";
  const std::string is_true = R"("valueBoolean":true)";
  const auto sound = request("modifierExtension", do_not, is_true);
  CHECK_MESSAGE(sound.clean(), shown(sound));
  CHECK(request("extension", do_not, is_true)
            .has("extension-is-modifier @ DeviceRequest.extension[0]"));
  CHECK(request("modifierExtension", do_not, R"("valueString":"x")")
            .has("extension-value-type @ DeviceRequest.modifierExtension[0]"));
  CHECK(request("extension", "5.0/StructureDefinition/extension-DeviceRequest.nothing", is_true)
            .has("extension-element-unknown @ DeviceRequest.extension[0]"));
  CHECK(request("extension", "3.0/StructureDefinition/extension-Observation.value",
                R"("valueAttachment":{"contentType":"text/plain","data":"YQ=="})")
            .clean());
  // R4 has the type, and lets no extension have a value of it.
  CHECK(request("extension",
                "5.0/StructureDefinition/extension-PackagedProductDefinition.marketingStatus",
                R"("extension":[{"url":"status","valueCode":"active"}])")
            .clean());
  // Whose parts are extensions themselves has no value; what is of a type that R4 lacks is not
  // judged.
  CHECK(request("extension", "5.0/StructureDefinition/extension-Patient.contact", is_true)
            .has("extension-value-type @ DeviceRequest.extension[0]"));
  CHECK(request("extension", "5.0/StructureDefinition/extension-DeviceRequest.code",
                R"("valueCodeableConcept":{"text":"c"})")
            .clean());
  // Of a version that is not here nothing is known.
  CHECK(request("extension", "1.0/StructureDefinition/extension-Patient.nothing", is_true).clean());
}
