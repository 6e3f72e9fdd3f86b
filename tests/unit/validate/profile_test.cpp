// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <doctest/doctest.h>

#include "validate/record.hpp"
#include "validate/services.hpp"

using lhcr::test::check;
using lhcr::test::shown;

namespace {

std::string pressure(const std::string& components) {
  return R"({"resourceType":"Observation","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/bp"]},"status":"final",
    "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
    "code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"subject":{"display":"x"},
    "effectiveDateTime":"2024-01-01","component":[)" +
         components + "]}";
}

std::string component(const std::string& code) {
  return R"({"code":{"coding":[{"system":"http://loinc.org","code":")" + code + R"("}]},
    "valueQuantity":{"value":1,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}})";
}

}  // namespace

TEST_CASE("an embedded profile is checked: slices by value, below a sliced coding") {
  const auto sound = check(pressure(component("8480-6") + "," + component("8462-4")));
  CHECK_MESSAGE(sound.clean(), shown(sound));
  const auto one = check(pressure(component("8480-6") + "," + component("1234-5")));
  CHECK(one.errors == std::vector<std::string>{"slice-missing @ Observation"});
}

TEST_CASE("a vital sign has a day, with a time or without") {
  for (const auto& [written, sound] :
       {std::pair{"2024", false}, std::pair{"2024-01", false}, std::pair{"2024-01-31", true},
        std::pair{"2024-01-31T09:30:00Z", true}}) {
    std::string record = pressure(component("8480-6") + "," + component("8462-4"));
    record.replace(record.find("2024-01-01"), 10, written);
    const auto outcome = check(record);
    CHECK_MESSAGE(outcome.has("invariant @ Observation.effective.ofType(dateTime)") != sound,
                  written << ": " << shown(outcome));
    CHECK_MESSAGE(outcome.clean() == sound, written << ": " << shown(outcome));
  }
}

TEST_CASE("a code brings in its vital signs profile") {
  const auto outcome = check(R"({"resourceType":"Observation","status":"final",
    "code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]}})");
  CHECK(outcome.notes("profile-implied @ Observation"));
  CHECK(outcome.has("profile-element-missing @ Observation"));
}

TEST_CASE("a profile that is not here is said to be not checked") {
  const auto outcome =
      check(R"({"resourceType":"Patient","meta":{"profile":["http://acme.test/p"]}})");
  CHECK(outcome.clean());
  CHECK(outcome.notes("profile-not-checked @ Patient.meta.profile[0]"));
}

TEST_CASE("a profile for another type") {
  lhcr::validate::Options options = lhcr::test::quiet_options();
  options.profiles = {"http://hl7.org/fhir/StructureDefinition/bp"};
  CHECK(check(R"({"resourceType":"Patient"})", options).has("profile-wrong-type @ Patient"));
}

TEST_CASE("services answer conformsTo() and memberOf() outside a validation") {
  std::string text = R"({"resourceType":"Patient","gender":"male"})";
  const std::size_t size = text.size();
  text.append(lhcr::format::read_padding, '\0');
  const auto& library = lhcr::test::library();
  const auto& definitions = *library.version("4.0.1");
  lhcr::tree::Tree tree(library.symbols());
  lhcr::finding::Collector findings;
  REQUIRE(lhcr::format::JsonReader().read(std::string_view(text).substr(0, size), tree, findings));
  attach_types(tree, definitions);
  lhcr::validate::ProfileServices services(definitions, library.symbols());
  services.reset(tree);
  const auto gender = tree.child(lhcr::tree::root_node, library.symbols().find("gender"));
  CHECK(services.member_of(tree, gender, "http://hl7.org/fhir/ValueSet/administrative-gender") ==
        true);
  CHECK(services.member_of(tree, gender, "http://hl7.org/fhir/ValueSet/observation-status") ==
        false);
  CHECK_FALSE(services.member_of(tree, gender, "http://acme.test/vs").has_value());
  CHECK(services.conforms_to(tree, lhcr::tree::root_node,
                             "http://hl7.org/fhir/StructureDefinition/Patient") == true);
  CHECK(services.conforms_to(tree, lhcr::tree::root_node,
                             "http://hl7.org/fhir/StructureDefinition/bp") == false);
  CHECK_FALSE(services.conforms_to(tree, lhcr::tree::root_node, "http://acme.test/p").has_value());
}
