// SPDX-License-Identifier: Apache-2.0
/// Profiles that are given at run time.
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <unistd.h>

#include "definition/packages.hpp"
#include "validate/record.hpp"

using lhcr::definition::Library;
using lhcr::test::check_in;
using lhcr::test::shown;

namespace {

/// A library with one profile, "http://a.test/p", from a file.
class Given {
 public:
  Given(const std::string& type, const std::string& elements, const std::string& read_as = "",
        const std::string& fhir = "4.0.1", const std::string& more = "") {
    const auto path = std::filesystem::temp_directory_path() /
                      ("lhcr-given-" + std::to_string(::getpid()) + ".json");
    std::ofstream(path)
        << R"({"resourceType":"StructureDefinition","url":"http://a.test/p","name":"P",
      "status":"draft",)"
        << more << R"("fhirVersion":")" << fhir
        << R"(","kind":"resource","abstract":false,"type":")" << type
        << R"(","baseDefinition":"http://hl7.org/fhir/StructureDefinition/)" << type
        << R"(","derivation":"constraint","differential":{"element":[{"id":")" << type
        << R"(","path":")" << type << "\"}" << (elements.empty() ? "" : ",") << elements << "]}}";
    lhcr::definition::PackageRequest request;
    request.sources = {path.string()};
    request.read_as = read_as;
    load_packages(library_, request);
    std::filesystem::remove(path);
  }

  [[nodiscard]] lhcr::test::Outcome check(const std::string& record,
                                          std::string_view version = "4.0.1") const {
    lhcr::validate::Options options = lhcr::test::quiet_options();
    options.profiles = {"http://a.test/p"};
    return check_in(library_, record, options, version);
  }

  /// Of a record that does not claim the profile.
  [[nodiscard]] lhcr::test::Outcome check_alone(const std::string& record) const {
    return check_in(library_, record, lhcr::test::quiet_options(), "4.0.1");
  }

 private:
  Library library_;
};

std::string observation(const std::string& subject, const std::string& more = "") {
  return R"({"resourceType":"Observation",)" + more +
         R"("status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"subject":{"reference":")" +
         subject + "\"}}";
}

std::string in_bundle(const std::string& first, const std::string& second = "") {
  return R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://a.test/Observation/o","resource":)" +
         first + "}" +
         (second.empty() ? ""
                         : R"(,{"fullUrl":"http://a.test/Patient/p","resource":)" + second + "}") +
         "]}";
}

std::string subject(const std::string& aggregation) {
  return R"({"id":"Observation.subject","path":"Observation.subject","type":[{"code":"Reference",
    "targetProfile":["http://hl7.org/fhir/StructureDefinition/Patient"],"aggregation":[)" +
         aggregation + "]}]}";
}

const std::string claim = R"("id":"o","meta":{"profile":["http://a.test/p"]},)";
const std::string patient = R"({"resourceType":"Patient","id":"p"})";
const std::string contained = R"("contained":[{"resourceType":"Patient","id":"p"}],)";

}  // namespace

TEST_CASE("the target of a reference is where aggregation wants it") {
  const std::string fault = "reference-aggregation @ Observation.subject";
  const std::string fault_inside = "reference-aggregation @ Bundle.entry[0].resource.subject";
  const auto told = [&](const Given& given, const std::string& record) {
    const auto outcome = given.check(record);
    return outcome.has(fault) || outcome.has(fault_inside);
  };
  const Given only_contained("Observation", subject("\"contained\""));
  CHECK_FALSE(told(only_contained, observation("#p", contained)));
  CHECK(told(only_contained, observation("Patient/p")));
  const Given only_bundled("Observation", subject("\"bundled\""));
  CHECK(told(only_bundled, observation("#p", contained)));
  // It may have come out of its Bundle.
  CHECK_FALSE(told(only_bundled, observation("Patient/p")));
  CHECK(told(only_bundled, in_bundle(observation("Patient/p", claim))));
  CHECK_FALSE(told(only_bundled, in_bundle(observation("Patient/p", claim), patient)));
  const Given anywhere("Observation", subject("\"referenced\",\"contained\""));
  CHECK_FALSE(told(anywhere, observation("Patient/p")));
  CHECK_FALSE(told(anywhere, in_bundle(observation("Patient/p", claim), patient)));
  CHECK_FALSE(told(anywhere, observation("#p", contained)));
}

TEST_CASE("a code of another system is in no implicit value set") {
  const auto bound = [](const std::string& set) {
    return Given(
        "Observation",
        R"({"id":"Observation.code","path":"Observation.code","binding":{"strength":"required","valueSet":")" +
            set + "\"}}");
  };
  const std::string fault = "code-not-in-value-set @ Observation.code";
  CHECK(bound("http://snomed.info/sct?fhir_vs").check(observation("Patient/p")).has(fault));
  CHECK(bound("http://snomed.info/sct?fhir_vs=isa/1").check(observation("Patient/p")).has(fault));
  CHECK_FALSE(bound("http://loinc.org/vs").check(observation("Patient/p")).has(fault));
  CHECK_FALSE(bound("http://a.test/vs").check(observation("Patient/p")).has(fault));
}

TEST_CASE("a profile for another version is applied where somebody asks for both") {
  const std::string record = R"({"resourceType":"Patient"})";
  const std::string name = R"({"id":"Patient.name","path":"Patient.name","min":1})";
  const auto asked = Given("Patient", name, "R5").check(record, "5.0.0");
  CHECK(asked.has("profile-element-missing @ Patient"));
  CHECK(asked.notes("profile-of-other-version @ Patient"));
  const auto own = Given("Patient", name).check(record);
  CHECK(own.has("profile-element-missing @ Patient"));
  CHECK_FALSE(own.notes("profile-of-other-version @ Patient"));
  CHECK_FALSE(
      Given("Patient", name).check(record, "5.0.0").has("profile-element-missing @ Patient"));
}

TEST_CASE("an additional binding demands a code, where its usage holds") {
  const auto bound = [](const std::string& more) {
    return Given(
        "Observation",
        R"({"id":"Observation.code","path":"Observation.code","binding":{"strength":"example",
      "additional":[{"purpose":"required","valueSet":"http://hl7.org/fhir/ValueSet/observation-status")" +
            more + "}]}}");
  };
  const std::string use =
      R"(,"usage":[{"code":{"system":"http://a.test/p","code":"Observation.category"},
    "valueCodeableConcept":{"coding":[{"system":"http://a.test/c","code":"lab"}]}}])";
  const auto record = [](const std::string& category) {
    return observation("Patient/p",
                       category.empty()
                           ? ""
                           : R"("category":[{"coding":[{"system":"http://a.test/c","code":")" +
                                 category + "\"}]}],");
  };
  const std::string fault = "invariant @ Observation.code";
  CHECK(bound("").check(record("")).has(fault));
  CHECK(bound(use).check(record("lab")).has(fault));
  CHECK_FALSE(bound(use).check(record("other")).has(fault));
  CHECK_FALSE(bound(use).check(record("")).has(fault));
  // Where nobody here can say whether the usage holds it is a warning.
  const std::string elsewhere =
      R"(,"usage":[{"code":{"system":"http://terminology.hl7.org/CodeSystem/usage-context-type","code":"venue"},
    "valueCodeableConcept":{"coding":[{"code":"x"}]}}])";
  CHECK_FALSE(bound(elsewhere).check(record("")).has(fault));
  CHECK(bound(elsewhere).check(record("")).notes(fault));
  // Its form in R4.
  const Given extension(
      "Observation",
      R"({"id":"Observation.code","path":"Observation.code","binding":{"strength":"example",
    "extension":[{"url":"http://hl7.org/fhir/tools/StructureDefinition/additional-binding","extension":[
      {"url":"purpose","valueCode":"required"},
      {"url":"valueSet","valueCanonical":"http://hl7.org/fhir/ValueSet/observation-status"}]}]}})");
  CHECK(extension.check(record("")).has(fault));
}

TEST_CASE("the regular expression that a profile gives an element") {
  const Given given(
      "Patient",
      R"({"id":"Patient.name","path":"Patient.name"},{"id":"Patient.name.family","path":"Patient.name.family",
    "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/regex","valueString":"[A-Z]\\w+'?s?"}]})");
  const auto named = [](const std::string& family) {
    return R"({"resourceType":"Patient","name":[{"family":")" + family + "\"}]}";
  };
  const std::string fault = "invariant @ Patient.name[0].family";
  CHECK_FALSE(given.check(named("Smith")).has(fault));
  CHECK_FALSE(given.check(named("Smith's")).has(fault));
  CHECK(given.check(named("smith")).has(fault));
  CHECK(given.check(named("Smith x")).has(fault));
}

TEST_CASE("a target profile that is not here is the cause, not the type that nobody knows") {
  const auto with_target = [](const std::string& target) {
    return Given(
        "Observation",
        R"({"id":"Observation.subject","path":"Observation.subject","type":[{"code":"Reference",
      "targetProfile":["http://a.test/)" +
            target + "\"]}]}");
  };
  const std::string record = in_bundle(observation("Patient/p", claim), patient);
  const auto outcome = with_target("StructureDefinition/nowhere").check(record);
  const std::string at = " @ Bundle.entry[0].resource.subject";
  CHECK(outcome.has("profile-not-checked" + at));
  CHECK(outcome.following == std::vector<std::string>{"reference-target-type" + at});
}

TEST_CASE("conformsTo() of a base type asks for all that it demands") {
  const Given given(
      "Patient",
      R"({"id":"Patient.contact","path":"Patient.contact","constraint":[{"key":"a-1","severity":"error","human":"h",
    "expression":"%resource.conformsTo('http://hl7.org/fhir/StructureDefinition/Patient') = true"}]})");
  const auto patient_of = [&](const std::string& gender) {
    return given.check(R"({"resourceType":"Patient","gender":")" + gender +
                       R"(","contact":[{"name":{"text":"x"}}]})");
  };
  const auto sound = patient_of("female");
  CHECK_MESSAGE(sound.clean(), shown(sound));
  CHECK(patient_of("woman").has("invariant @ Patient.contact[0]"));
}

TEST_CASE("a profile that the profile contains") {
  const Given given(
      "Patient",
      R"({"id":"Patient.generalPractitioner","path":"Patient.generalPractitioner","type":[{"code":"Reference","targetProfile":["#gp"]}]})",
      "", "4.0.1",
      R"("contained":[{"resourceType":"ValueSet","id":"kinds","status":"draft","compose":{"include":[{"system":"http://a.test/k","concept":[{"code":"a"}]}]}},
    {"resourceType":"StructureDefinition","id":"gp","url":"http://a.test/gp","name":"Gp","status":"draft","kind":"resource",
    "abstract":false,"type":"Organization","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Organization","derivation":"constraint",
    "differential":{"element":[{"id":"Organization.name","path":"Organization.name","min":1},
      {"id":"Organization.type","path":"Organization.type","binding":{"strength":"required","valueSet":"#kinds"}}]}}],)");
  const auto patient_of = [](const std::string& organization) {
    return R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o",)" +
           organization + R"(}],"generalPractitioner":[{"reference":"#o"}]})";
  };
  const std::string fault = "reference-profile @ Patient.generalPractitioner[0]";
  CHECK(given.check(patient_of(R"("name":"A")")).clean());
  CHECK(given.check(patient_of(R"("alias":["A"])")).has(fault));
  // "#id" in it means what its owner contains.
  const auto of_kind = [&](const std::string& code) {
    return patient_of(R"("name":"A","type":[{"coding":[{"system":"http://a.test/k","code":")" +
                      code + R"("}]}])");
  };
  CHECK_FALSE(given.check(of_kind("a")).has(fault));
  CHECK(given.check(of_kind("b")).has(fault));
}

TEST_CASE("a profile of parameters may constrain them, not contradict them") {
  const auto given = [](const std::string& slice, const std::string& value) {
    return Given(
        "Parameters",
        R"({"id":"Parameters.parameter","path":"Parameters.parameter","slicing":{"discriminator":[{"type":"value","path":"name"}],"rules":"open"}},
    {"id":"Parameters.parameter:w","path":"Parameters.parameter","sliceName":"w",)" +
            slice + R"(},
    {"id":"Parameters.parameter:w.name","path":"Parameters.parameter.name","fixedString":"who"},
    {"id":"Parameters.parameter:w.value[x]","path":"Parameters.parameter.value[x]",)" +
            value + R"(},
    {"id":"Parameters.parameter:w.resource","path":"Parameters.parameter.resource","type":[{"code":"Patient"}]})");
  };
  const auto operation = [](const std::string& use, const std::string& parameter) {
    return R"({"resourceType":"OperationDefinition","name":"Demo","status":"draft","kind":"operation","code":"demo",
    "system":true,"type":false,"instance":false,"inputProfile":"http://a.test/p","parameter":[{"name":"who","use":")" +
           use + "\"," + parameter + "}]}";
  };
  const std::string any = R"("min":0,"max":"*","type":)";
  const std::string fault = "parameter-profile-conflict @ OperationDefinition.parameter[0]";
  const Given one = given(R"("min":1,"max":"1")", R"("max":"0")");
  const auto told = [&](const Given& profile, const std::string& record) {
    return profile.check_alone(record).has(fault);
  };
  CHECK_FALSE(told(one, operation("in", any + "\"Patient\"")));
  CHECK_FALSE(told(one, operation("in", any + "\"Resource\"")));
  CHECK(told(one, operation("in", any + "\"Practitioner\"")));
  CHECK(told(one, operation("in", R"("min":0,"max":"0","type":"Patient")")));
  CHECK(told(one, operation("in", R"("min":2,"max":"*","type":"Patient")")));
  // It is about the other side, or another parameter.
  CHECK_FALSE(told(one, operation("out", any + "\"Practitioner\"")));
  const Given identified = given(R"("max":"1")", R"("type":[{"code":"Identifier"}])");
  CHECK_FALSE(told(identified, operation("in", any + "\"Identifier\"")));
  CHECK(told(identified, operation("in", any + "\"Coding\"")));
}
