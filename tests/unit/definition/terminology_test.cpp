// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "definition/library.hpp"

using namespace lhcr;
using namespace lhcr::definition;

namespace {

Membership contains(const Definitions& definitions, std::string_view set, std::string_view system,
                    std::string_view code) {
  return definitions.contains(definitions.value_set(set), system, code);
}

ElementId element_at(const Definitions& definitions, std::string_view type, std::string_view name) {
  const Child* row = definitions.child(definitions.type(type), symbol(name));
  return row == nullptr ? no_element : row->definition;
}

}  // namespace

TEST_CASE("bindings lead to their codes") {
  for (const Definitions* definitions : {&r4(), &r3()}) {
    const Binding gender =
        definitions->element(element_at(*definitions, "Patient", "gender")).binding;
    CHECK(gender.strength == Strength::required);
    REQUIRE(gender.set != no_value_set);
    CHECK(definitions->value_set_url(gender.set) ==
          "http://hl7.org/fhir/ValueSet/administrative-gender");
    CHECK(definitions->value_set_name(gender.set) == "AdministrativeGender");
    CHECK(definitions->contains(gender.set, "", "female") == Membership::yes);
    CHECK(definitions->contains(gender.set, "http://hl7.org/fhir/administrative-gender",
                                "female") == Membership::yes);
    CHECK(definitions->contains(gender.set, "http://hl7.org/fhir/other", "female") ==
          Membership::no);
    CHECK(definitions->contains(gender.set, "", "Female") == Membership::no);
    CHECK(definitions->contains(gender.set, "", "") == Membership::no);
    auto codes = definitions->sample_codes(gender.set, 10);
    CHECK(codes == std::vector<std::string_view>{"female", "male", "other", "unknown"});
    CHECK(definitions->sample_codes(gender.set, 2).empty());
  }
}

TEST_CASE("every required binding of a type is to a set that is here, with two exceptions") {
  // A LOINC answer list that no package holds, and STU3's way to name the media types.
  const std::set<std::string_view> absent{"http://loinc.org/vs/LL379-9|4.0.1",
                                          "http://www.rfc-editor.org/bcp/bcp13.txt"};
  for (const Definitions* definitions : {&r4(), &r3()}) {
    std::size_t required = 0;
    for (TypeId type = 1; !definitions->info(type).name.empty(); ++type) {
      for (const Child& row : definitions->children(type)) {
        const Element element = definitions->element(row.definition);
        if (element.binding.strength == Strength::required) {
          CHECK_MESSAGE(
              (element.binding.set == no_value_set) == absent.contains(element.binding.value_set),
              element.path, " ", element.binding.value_set);
          ++required;
        }
      }
    }
    CHECK(required > 300);
  }
}

TEST_CASE("a max value set is bound beside the set itself") {
  const Binding language = r4().element(element_at(r4(), "Patient", "language")).binding;
  CHECK(language.strength == Strength::preferred);
  CHECK(r4().value_set_url(language.max_set) == "http://hl7.org/fhir/ValueSet/all-languages");
  CHECK(r4().contains(language.max_set, "", "de-CH") == Membership::unknown_system);
}

TEST_CASE("codes of systems that are not here are neither in nor out") {
  for (const Definitions* definitions : {&r4(), &r3()}) {
    CHECK(contains(*definitions, "http://hl7.org/fhir/ValueSet/condition-code",
                   "http://snomed.info/sct", "386661006") != Membership::no);
    CHECK(contains(*definitions, "http://hl7.org/fhir/ValueSet/condition-code", "http://loinc.org",
                   "1234-5") == Membership::no);
    CHECK(contains(*definitions, "http://hl7.org/fhir/ValueSet/none", "", "x") ==
          Membership::unknown);
  }
}

TEST_CASE(
    "bindings that publishing stamped with the FHIR version find the set under its own version") {
  const Structure flavor = r4().structure_info(
      r4().structure("http://hl7.org/fhir/StructureDefinition/iso21090-nullFlavor"));
  bool found = false;
  for (ElementId at = flavor.root; !r4().element(at).path.empty() && !found; ++at) {
    const Binding binding = r4().element(at).binding;
    if (binding.value_set == "http://terminology.hl7.org/ValueSet/v3-NullFlavor|4.0.1") {
      found = true;
      CHECK(r4().contains(binding.set, "", "UNK") == Membership::yes);
      CHECK(r4().value_set(binding.value_set) == no_value_set);
    }
  }
  CHECK(found);
}

TEST_CASE("a canonical's version must be one that is here") {
  constexpr std::string_view gender = "http://hl7.org/fhir/ValueSet/administrative-gender";
  CHECK(r4().value_set(std::string(gender) + "|4.0.1") == r4().value_set(gender));
  CHECK(r4().value_set(std::string(gender) + "|9.9.9") == no_value_set);
  CHECK(r4().value_set("") == no_value_set);
}

TEST_CASE("code systems know their codes, displays and hierarchy") {
  struct Names {
    const Definitions& definitions;
    std::string_view act_code, gender;
  };
  for (const Names& names : {Names{r4(), "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                                   "http://hl7.org/fhir/administrative-gender"},
                             Names{r3(), "http://hl7.org/fhir/v3/ActCode",
                                   "http://hl7.org/fhir/administrative-gender"}}) {
    const Definitions& definitions = names.definitions;
    const CodeSystemId act = definitions.code_system(names.act_code);
    REQUIRE(act != no_code_system);
    CHECK(definitions.code_system_complete(act));
    CHECK(definitions.code_system_has(act, "AMB"));
    CHECK_FALSE(definitions.code_system_has(act, "amb"));
    CHECK_FALSE(definitions.code_system_has(act, "nonsense"));
    CHECK(definitions.subsumed_by(act, "AMB", "_ActEncounterCode"));
    CHECK(definitions.subsumed_by(act, "AMB", "AMB"));
    CHECK_FALSE(definitions.subsumed_by(act, "_ActEncounterCode", "AMB"));
    CHECK_FALSE(definitions.subsumed_by(act, "nonsense", "AMB"));
    const CodeSystemId gender = definitions.code_system(names.gender);
    CHECK(definitions.displays(gender, "female").front() == "Female");
    CHECK(definitions.displays(gender, "nonsense").empty());
  }
  CHECK(r4().code_system("http://example.org/none") == no_code_system);
  CHECK_FALSE(r4().code_system_complete(r4().code_system("http://snomed.info/sct")));
}

TEST_CASE("whole systems, filters and imports are expanded") {
  // is-a of the v3 hierarchy
  constexpr std::string_view encounter = "http://terminology.hl7.org/ValueSet/v3-ActEncounterCode";
  constexpr std::string_view act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
  CHECK(contains(r4(), encounter, act, "AMB") == Membership::yes);
  CHECK(contains(r4(), encounter, act, "PAID") == Membership::no);
  CHECK(contains(r4(), encounter, "http://hl7.org/fhir/v3/ActCode", "AMB") == Membership::no);
  // a whole system, of which R4 and the terminology package know different codes
  constexpr std::string_view serious =
      "http://terminology.hl7.org/CodeSystem/adverse-event-seriousness";
  CHECK(contains(r4(), "http://hl7.org/fhir/ValueSet/adverse-event-seriousness", serious,
                 "SeriousIsBirthDefect") == Membership::yes);
  CHECK(r4().code_system_has(r4().code_system(serious), "serious"));
}

TEST_CASE("canonicals of every kind are known") {
  CHECK(r4().canonical_type("http://hl7.org/fhir/SearchParameter/Patient-name") ==
        "SearchParameter");
  CHECK(contains(r4(), "http://hl7.org/fhir/ValueSet/mimetypes", "", "text/plain") ==
        Membership::unknown_system);
  CHECK(r4().canonical_type("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1") ==
        "ValueSet");
  CHECK(r4().canonical_type("http://hl7.org/fhir/StructureDefinition/Patient") ==
        "StructureDefinition");
  CHECK(r3().canonical_type("http://hl7.org/fhir/administrative-gender") == "CodeSystem");
  CHECK(r4().canonical_type("http://example.org/none").empty());
}
