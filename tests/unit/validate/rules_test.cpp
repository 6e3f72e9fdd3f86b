// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <doctest/doctest.h>

#include "validate/record.hpp"

using lhcr::test::check;
using lhcr::test::Outcome;
using lhcr::test::shown;

TEST_CASE("a complete code system states its true count") {
  const std::string head =
      R"({"resourceType":"CodeSystem","url":"http://a.test/cs","name":"Cs","status":"active",
    "content":"complete","caseSensitive":true,"count":)";
  CHECK(check(head + R"(2,"concept":[{"code":"a","concept":[{"code":"b"}]}]})").clean());
  CHECK(
      check(head + R"(3,"concept":[{"code":"a"}]})").has("concept-count-wrong @ CodeSystem.count"));
}

TEST_CASE("a system that no contained resource has is one fault, told at both places") {
  const auto outcome =
      check(R"({"resourceType":"ValueSet","url":"http://a.test/vs","name":"Vs","status":"active",
    "compose":{"include":[{"system":"#c1"}]}})");
  CHECK(outcome.has("include-system-missing @ ValueSet.compose.include[0]"));
  CHECK(
      outcome.following ==
      std::vector<std::string>{"reference-contained-missing @ ValueSet.compose.include[0].system"});
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

TEST_CASE("a slice keeps the slicing that its profile brings") {
  const auto patient = [](const std::string& elements) {
    return check(
        R"({"resourceType":"StructureDefinition","url":"http://a.test/p","name":"P","status":"draft",
    "kind":"resource","abstract":false,"type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient",
    "derivation":"constraint","differential":{"element":[)" +
        elements + "]}}");
  };
  const auto element = [](const std::string& id, const std::string& more) {
    const std::size_t colon = id.find(':');
    return R"({"id":")" + id + R"(","path":")" + id.substr(0, colon) + "\"" +
           (colon == std::string::npos ? "" : R"(,"sliceName":")" + id.substr(colon + 1) + "\"") +
           more + "}";
  };
  const auto by = [](const std::string& path, const std::string& rules = "open") {
    return R"(,"slicing":{"discriminator":[{"type":"value","path":")" + path + R"("}],"rules":")" +
           rules + "\"}";
  };
  const std::string fault = "profile-unusable @ StructureDefinition";
  const std::string sliced = element("Patient.telecom", by("system")) + ",";
  CHECK(patient(sliced + element("Patient.telecom:mail", "")).clean());
  CHECK(patient(sliced + element("Patient.telecom:mail", by("system"))).clean());
  CHECK(patient(sliced + element("Patient.telecom:mail", by("use"))).has(fault));
  CHECK(patient(sliced + element("Patient.telecom:mail", by("system", "closed"))).has(fault));
  // Nothing here slices the element: its base may have.
  CHECK_FALSE(patient(element("Patient.telecom:mail", by("use"))).has(fault));
}

TEST_CASE("an obligation profile changes nothing else") {
  const auto patient = [](const std::string& element, const std::string& flag = "true") {
    return check(
        R"({"resourceType":"StructureDefinition","url":"http://a.test/p","name":"P","status":"draft",
    "extension":[{"url":"http://hl7.org/fhir/tools/StructureDefinition/obligation-profile","valueBoolean":)" +
        flag +
        R"(}],"kind":"resource","abstract":false,"type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient",
    "derivation":"constraint","differential":{"element":[)" +
        element + "]}}");
  };
  const std::string id = "obligation-profile-element";
  const std::string place = " @ StructureDefinition.differential.element[0]";
  const auto told = [&](const Outcome& outcome) {
    return std::any_of(outcome.errors.begin(), outcome.errors.end(),
                       [&](const std::string& error) { return error.starts_with(id); });
  };
  const std::string marital = R"({"id":"Patient.maritalStatus","path":"Patient.maritalStatus",)";
  CHECK_FALSE(
      told(patient(marital + R"("mustSupport":true,"min":1,"binding":{"strength":"extensible",
      "valueSet":"http://hl7.org/fhir/ValueSet/marital-status"}})")));
  CHECK_FALSE(told(
      patient(marital + R"("extension":[{"url":"http://hl7.org/fhir/StructureDefinition/obligation",
      "extension":[{"url":"code","valueCode":"SHALL:populate"}]}]})")));
  CHECK(patient(marital + R"("extension":[{"url":"http://a.test/x","valueString":"x"}]})")
            .has(id + place + ".extension[0]"));
  CHECK(patient(marital + R"("short":"x"})").has(id + place + ".short"));
  CHECK_FALSE(told(patient(marital + R"("short":"x"})", "false")));
  CHECK(patient(marital + R"("binding":{"strength":"required"}})")
            .has(id + place + ".binding.strength"));
  CHECK(patient(marital + R"("binding":{"strength":"extensible","valueSet":"http://a.test/vs"}})")
            .has(id + place + ".binding.valueSet"));
  CHECK(patient(marital + R"("binding":{"description":"x","strength":"extensible"}})")
            .has(id + place + ".binding.description"));
  CHECK(patient(R"({"id":"Patient.telecom:mail","path":"Patient.telecom","sliceName":"mail"})")
            .has(id + place));
}

namespace {

std::string search_parameter(const std::string& more) {
  return R"({"resourceType":"SearchParameter","url":"http://a.test/sp","name":"Sp","status":"active",
    "description":"d","code":"c","type":"string",)" +
         more + "}";
}

}  // namespace

TEST_CASE("the expression of a search parameter has a meaning for its types") {
  const auto patient = [](const std::string& expression) {
    return check(search_parameter(R"("base":["Patient"],"expression":")" + expression + "\""));
  };
  const std::string fault = "search-parameter-expression @ SearchParameter.expression";
  CHECK(patient("Patient.address.country").clean());
  CHECK(patient("address.country | Patient.name.family").clean());
  CHECK(patient("Patient.extension('http://a.test/x').value").clean());
  CHECK(patient("Patient.deceased.exists() and Patient.deceased != false").clean());
  CHECK(patient("Patient.address.land").has(fault));
  CHECK(patient("Patient.name | Patient.nmae").has(fault));
  CHECK(patient("Patient.name.where(").has(fault));
  CHECK(
      check(
          search_parameter(
              R"("base":["Patient","Observation"],"expression":"Patient.name | Observation.code")"))
          .clean());
}

TEST_CASE("a search parameter is for the types of the one it is derived from") {
  const auto derived = [](const std::string& from) {
    return check(search_parameter(
        R"("base":["Patient"],"expression":"Patient.address.country","derivedFrom":"http://hl7.org/fhir/SearchParameter/)" +
        from + "\""));
  };
  CHECK(derived("Patient-name").clean());
  CHECK(derived("individual-address-country").clean());
  CHECK(derived("Resource-id").clean());
  CHECK(derived("Location-address-country").has("search-parameter-base @ SearchParameter"));
}

TEST_CASE("a dependency of a guide has one version") {
  const auto guide = [](const std::string& uri) {
    return check(
        R"({"resourceType":"ImplementationGuide","url":"http://a.test/ig","name":"Ig","status":"active",
      "packageId":"a.test","fhirVersion":["4.0.1"],"dependsOn":[{"uri":")" +
        uri + R"(","version":"1.0.0"}]})");
  };
  const std::string fault = "dependency-version @ ImplementationGuide.dependsOn[0]";
  CHECK(guide("http://b.test/ig").clean());
  CHECK(guide("http://b.test/ig|1.0.0").clean());
  CHECK(guide("http://b.test/ig|2.0.0").has(fault));
  CHECK(guide("http://b.test/ig|").has(fault));
}

TEST_CASE("a key of constraints means one thing") {
  const auto profile = [](const std::string& elements) {
    return check(
        R"({"resourceType":"StructureDefinition","url":"http://a.test/p","name":"P","status":"draft",
      "kind":"resource","abstract":false,"type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient",
      "derivation":"constraint","differential":{"element":[)" +
        elements + "]}}");
  };
  const auto element = [](const std::string& path, const std::string& key,
                          const std::string& expression) {
    return R"({"id":")" + path + R"(","path":")" + path + R"(","constraint":[{"key":")" + key +
           R"(","severity":"error","human":"h","expression":")" + expression + R"("}]})";
  };
  const std::string first =
      "constraint-key-differs @ StructureDefinition.differential.element[0].constraint[0]";
  const std::string second =
      "constraint-key-differs @ StructureDefinition.differential.element[1].constraint[0]";
  CHECK(profile(element("Patient", "dom-2", "contained.contained.empty()")).clean());
  CHECK(profile(element("Patient", "dom-2", "contained.empty()")).has(first));
  // Of the element's type.
  CHECK(profile(element("Patient.contact", "pat-1", "name.exists()")).has(first));
  CHECK(profile(element("Patient.name", "a-1", "family.exists()") + "," +
                element("Patient.address", "a-1", "family.exists()"))
            .clean());
  CHECK(profile(element("Patient.name", "a-1", "family.exists()") + "," +
                element("Patient.address", "a-1", "country.exists()"))
            .has(second));
}

TEST_CASE("a derived questionnaire keeps to the one that it comes from") {
  // que-2 counts the contained form's ids as the form's own.
  const auto form = [](const std::string& code, const std::string& items) {
    Outcome outcome = check(
        R"({"resourceType":"Questionnaire","status":"active","contained":[{"resourceType":"Questionnaire","id":"base",
      "status":"active","item":[{"linkId":"1","type":"choice","required":true,
       "answerOption":[{"valueString":"a"},{"valueCoding":{"code":"b","display":"B"}}]}]}],
      "derivedFrom":["#base"],"_derivedFrom":[{"extension":[
       {"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-derivationType","valueCoding":{"code":")" +
        code + R"("}}]}],"item":[)" + items + "]}");
    std::erase(outcome.errors, "invariant @ Questionnaire");
    return outcome;
  };
  const auto item = [](const std::string& type, const std::string& more) {
    return R"({"linkId":"1","type":")" + type + "\"" + (more.empty() ? "" : "," + more) + "}";
  };
  const std::string good =
      item("choice", R"("required":true,"answerOption":[{"valueString":"a"}])");
  const std::string own = good + R"(,{"linkId":"2","type":"date"})";
  CHECK_MESSAGE(form("compliesWith", good).clean(), shown(form("compliesWith", good)));
  CHECK(form("extends", own).clean());
  CHECK(form("compliesWith", own).has("derived-item-extra @ Questionnaire.item[1]"));
  CHECK(form("inspiredBy", item("date", "")).clean());
  CHECK(form("extends", item("date", R"("required":true)"))
            .has("derived-item-type @ Questionnaire.item[0].type"));
  CHECK(form("extends", item("choice", R"("required":false)"))
            .has("derived-item-flag @ Questionnaire.item[0].required"));
  CHECK(form("extends", item("choice", "")).has("derived-item-flag @ Questionnaire.item[0]"));
  CHECK(form("extends", item("choice", R"("required":true,"repeats":true)"))
            .has("derived-item-flag @ Questionnaire.item[0].repeats"));
  CHECK(form("extends", item("choice", R"("required":true,"answerOption":[{"valueString":"c"}])"))
            .has("derived-item-option @ Questionnaire.item[0].answerOption[0]"));
  // What a display says does not count.
  CHECK(
      form("extends",
           item("choice",
                R"("required":true,"answerOption":[{"valueCoding":{"code":"b","display":"Bee"}}])"))
          .clean());
  CHECK(form("extends", R"({"linkId":"2","type":"date"})")
            .has("derived-item-missing @ Questionnaire"));
}

TEST_CASE("the value of a filter is what its operator works on") {
  const auto filtered = [](const std::string& property, const std::string& op,
                           const std::string& value) {
    return check(
        R"({"resourceType":"ValueSet","url":"http://a.test/vs","name":"Vs","status":"active","compose":{"include":[
      {"system":"http://hl7.org/fhir/administrative-gender","filter":[{"property":")" +
        property + R"(","op":")" + op + R"(","value":")" + value + "\"}]}]}}");
  };
  const std::string at = " @ ValueSet.compose.include[0].filter[0]";
  CHECK(filtered("inactive", "exists", "true").clean());
  CHECK(filtered("inactive", "exists", "yes").has("filter-value-kind" + at));
  CHECK(filtered("display", "regex", "[A-Z]+").clean());
  CHECK(filtered("display", "regex", "(?!a)b").clean());
  CHECK(filtered("display", "regex", "[A-Z").has("filter-value-kind" + at));
  CHECK(filtered("concept", "is-a", "male").clean());
  CHECK(filtered("concept", "is-a", "mole").has("code-unknown" + at));
  // What another property holds need not be a code of the system.
  CHECK(filtered("parent-of", "is-a", "mole").clean());
}

TEST_CASE("a definition with a base says what it makes of it") {
  const auto definition = [](const std::string& more) {
    return check(
        R"({"resourceType":"StructureDefinition","url":"http://a.test/p","name":"P","status":"draft","kind":"resource",
      "abstract":false,"type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient",)" +
        more + R"("differential":{"element":[{"id":"Patient","path":"Patient"}]}})");
  };
  CHECK(definition("").has("derivation-missing @ StructureDefinition"));
  CHECK(definition(R"("derivation":"constraint",)").clean());
}

TEST_CASE("codes of a concept map are in the systems of their group") {
  const auto map = [](const std::string& source, const std::string& target,
                      const std::string& group = "") {
    return check(
        R"({"resourceType":"ConceptMap","url":"http://a.test/cm","name":"Cm","status":"active","group":[{
      "source":"http://hl7.org/fhir/administrative-gender","target":"http://hl7.org/fhir/name-use",)" +
        group + R"("element":[{"code":")" + source + R"(","target":[{"code":")" + target +
        R"(","equivalence":"inexact","comment":"c"}]}]}]})");
  };
  const auto sound = map("female", "usual");
  CHECK_MESSAGE(sound.clean(), shown(sound));
  CHECK(map("woman", "usual").notes("code-unknown @ ConceptMap.group[0].element[0].code"));
  CHECK(
      map("female", "daily").notes("code-unknown @ ConceptMap.group[0].element[0].target[0].code"));
  // The version that it names need not be the one that is here.
  CHECK_FALSE(map("woman", "usual", R"("sourceVersion":"9.0.0",)")
                  .notes("code-unknown @ ConceptMap.group[0].element[0].code"));
  const auto elsewhere = check(
      R"({"resourceType":"ConceptMap","url":"http://a.test/cm","name":"Cm","status":"active","group":[{
      "source":"http://a.test/cs","target":"http://b.test/cs","element":[{"code":"x"}]}]})");
  CHECK_MESSAGE(elsewhere.clean(), shown(elsewhere));
}

TEST_CASE("what a differential says of types fits them") {
  const auto profile = [](const std::string& element, const std::string& kind = "resource") {
    return check(
        R"({"resourceType":"StructureDefinition","url":"http://a.test/p","name":"P","status":"draft",
      "kind":")" +
        kind + R"(","abstract":false,"type":"Observation",
      "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Observation","derivation":"constraint",
      "differential":{"element":[{"id":"Observation","path":"Observation"},)" +
        element + "]}}");
  };
  const std::string value = R"({"id":"Observation.value[x]","path":"Observation.value[x]",)";
  const std::string subject = R"({"id":"Observation.subject","path":"Observation.subject",)";
  const std::string types = "http://hl7.org/fhir/StructureDefinition/";
  const auto quantity = [&](const std::string& code) {
    return profile(value + R"("type":[{"code":")" + code + R"(","profile":[")" + types +
                   R"(SimpleQuantity"]}]})");
  };
  const auto sound = quantity("Quantity");
  CHECK_MESSAGE(sound.clean(), shown(sound));
  const std::string at = "StructureDefinition.differential.element[1].";
  CHECK(quantity("string").has("type-profile-wrong @ " + at + "type[0].profile[0]"));
  // An element of a profile of another type may be followed.
  CHECK(
      profile(
          R"({"id":"Observation.component","path":"Observation.component","type":[{"code":"BackboneElement",
      "profile":[")" +
          types + R"(Patient"],"_profile":[{"extension":[{"url":")" + types +
          R"(elementdefinition-profile-element","valueString":"Patient.contact"}]}]}]})")
          .clean());
  const auto target = [&](const std::string& name) {
    return profile(subject + R"("type":[{"code":"Reference","targetProfile":[")" + types + name +
                   R"("]}]})");
  };
  CHECK(target("Patient").clean());
  CHECK(target("HumanName").has("type-profile-wrong @ " + at + "type[0].targetProfile[0]"));
  CHECK(profile(value + R"("type":[{"code":"string"}],"fixedString":"x"})").clean());
  CHECK(profile(value + R"("fixedString":"x"})").clean());
  CHECK(profile(value + R"("type":[{"code":"Quantity"}],"patternCodeableConcept":{"text":"x"}})")
            .has("element-value-type @ " + at + "pattern.ofType(CodeableConcept)"));
  CHECK(profile(value + R"("min":1})", "complex-type").notes("kind-differs @ StructureDefinition"));
}
