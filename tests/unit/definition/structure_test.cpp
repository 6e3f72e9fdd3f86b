// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "definition/library.hpp"

using namespace lhcr;
using namespace lhcr::definition;

namespace {

Structure structure(const Definitions& definitions, std::string_view url) {
  return definitions.structure_info(definitions.structure(url));
}

/// The element of a structure's snapshot with that id.
Element find(const Definitions& definitions, const Structure& structure, std::string_view id) {
  for (ElementId at = structure.root; !definitions.element(at).path.empty(); ++at) {
    if (definitions.element(at).id == id) {
      return definitions.element(at);
    }
  }
  return {};
}

std::vector<std::string_view> keys(const std::vector<Invariant>& invariants) {
  std::vector<std::string_view> found;
  found.reserve(invariants.size());
  for (const Invariant& item : invariants) {
    found.push_back(item.key);
  }
  return found;
}

}  // namespace

TEST_CASE("structures are found by canonical, with and without version") {
  constexpr std::string_view url = "http://hl7.org/fhir/StructureDefinition/bodyweight";
  const Structure weight = structure(r4(), url);
  CHECK(weight.type == "Observation");
  CHECK(weight.constraint);
  CHECK(weight.kind == TypeKind::resource);
  CHECK(weight.base == "http://hl7.org/fhir/StructureDefinition/vitalsigns");
  CHECK(r4().structure(std::string(url) + "|4.0.1") == weight.id);
  CHECK(r4().structure(std::string(url) + "|1.0.0") == no_structure);
  CHECK(r4().structure("http://example.org/none") == no_structure);
  CHECK(r4().structure_info(no_structure).root == no_element);
}

TEST_CASE("the snapshot is a tree") {
  const Structure patient = structure(r4(), "http://hl7.org/fhir/StructureDefinition/Patient");
  const Element root = r4().element(patient.root);
  CHECK(root.path == "Patient");
  CHECK(root.parent == no_element);
  CHECK(root.next == no_element);
  std::vector<std::string_view> children;
  for (ElementId at = root.first_child; at != no_element; at = r4().element(at).next) {
    children.push_back(r4().element(at).path);
    CHECK(r4().element(at).parent == patient.root);
  }
  CHECK(children.size() == 24);
  CHECK(children.front() == "Patient.id");
  CHECK(children.back() == "Patient.link");
  CHECK(r4().children(r4().type("Patient")).size() ==
        26);  // deceased[x] and multipleBirth[x] count twice
}

TEST_CASE("elements know their cardinality, types and values") {
  const Structure patient = structure(r4(), "http://hl7.org/fhir/StructureDefinition/Patient");
  const Element name = find(r4(), patient, "Patient.name");
  CHECK(name.min == 0);
  CHECK(name.max == unbounded);
  CHECK(name.name == symbol("name"));
  const Element link = find(r4(), patient, "Patient.link.other");
  CHECK(link.min == 1);
  CHECK(link.max == 1);
  CHECK(find(r4(), patient, "Patient.active").modifier);
  CHECK(find(r4(), patient, "Patient.deceased[x]").choice);
  for (const Definitions* definitions : {&r4(), &r3()}) {
    const Child* general =
        definitions->child(definitions->type("Patient"), symbol("generalPractitioner"));
    REQUIRE(general != nullptr);
    const auto types = definitions->element_types(general->definition);
    REQUIRE(types.size() == 1);  // STU3 repeats the type for each target
    CHECK(types[0].code == "Reference");
    CHECK(types[0].type == definitions->type("Reference"));
    CHECK(types[0].targets.size() >= 2);
  }
  const Child* url = r4().child(r4().type("Extension"), symbol("url"));
  REQUIRE(url != nullptr);
  CHECK(r4().element_types(url->definition)[0].code == "uri");
}

TEST_CASE("slices, patterns and fixed values of profiles") {
  const Structure weight = structure(r4(), "http://hl7.org/fhir/StructureDefinition/bodyweight");
  const Element coding = find(r4(), weight, "Observation.code.coding");
  CHECK(coding.sliced);
  REQUIRE(coding.discriminators.size() == 2);
  CHECK(coding.discriminators[0].type == "value");
  CHECK(coding.discriminators[0].path == "code");
  CHECK(coding.slicing_rules == "open");
  const Element slice = r4().element(coding.next);
  CHECK(slice.slice_name == "BodyWeightCode");
  CHECK(slice.path == "Observation.code.coding");
  const Element code = find(r4(), weight, "Observation.code.coding:BodyWeightCode.code");
  CHECK(code.fixed == "\"29463-7\"");
  CHECK(code.fixed_type == "code");
  CHECK(r4().element(code.parent).slice_name == "BodyWeightCode");
  bool pattern = false;
  for (ElementId at = 1; !r4().element(at).path.empty(); ++at) {
    const Element element = r4().element(at);
    pattern =
        pattern || (element.pattern_type == "CodeableConcept" && element.pattern.starts_with("{"));
  }
  CHECK(pattern);
}

TEST_CASE("invariants are there, each once in the image") {
  for (const Definitions* definitions : {&r4(), &r3()}) {
    const TypeInfo& patient = definitions->info(definitions->type("Patient"));
    const auto found = keys(definitions->element_invariants(patient.root));
    CHECK(std::find(found.begin(), found.end(), "dom-2") != found.end());
    const Child* contact = definitions->child(definitions->type("Patient"), symbol("contact"));
    REQUIRE(contact != nullptr);
    bool expression = false;
    for (const Invariant& item : definitions->element_invariants(contact->definition)) {
      expression = expression || (item.key == "pat-1" && !item.expression.empty() && !item.warning);
    }
    CHECK(expression);
  }
  for (const Invariant& item : r4().element_invariants(r4().info(r4().type("Patient")).root)) {
    CHECK(item.best_practice == (item.key == "dom-6"));
    CHECK(item.warning == (item.key == "dom-6"));
    CHECK(item.source == "http://hl7.org/fhir/StructureDefinition/DomainResource");
  }
}

TEST_CASE("every constraint has an expression") {
  for (const Definitions* definitions : {&r4(), &r3()}) {
    std::size_t invariants = 0;
    for (ElementId at = 1; !definitions->element(at).path.empty(); ++at) {
      for (const Invariant& item : definitions->element_invariants(at)) {
        CHECK_FALSE(item.expression.empty());
        CHECK_FALSE(item.key.empty());
        ++invariants;
      }
    }
    CHECK(invariants == (definitions == &r4() ? 17598 : 2235));
  }
}

TEST_CASE("extensions know where they may stand") {
  constexpr std::string_view url = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace";
  const Structure r4_place = structure(r4(), url);
  CHECK(r4_place.type == "Extension");
  CHECK(r4_place.contexts == std::vector<std::string_view>{"element:Patient"});
  const Structure r3_place = structure(r3(), "http://hl7.org/fhir/StructureDefinition/birthPlace");
  CHECK(r3_place.type == "Extension");
  CHECK(r3_place.contexts == std::vector<std::string_view>{"resource:Patient"});
  const Structure item =
      structure(r3(), "http://hl7.org/fhir/StructureDefinition/questionnaire-allowedProfile");
  CHECK(item.contexts.size() == 2);
}

TEST_CASE("STU3 elements without a base take it from the type they constrain") {
  std::size_t compared = 0;
  for (ElementId at = 1; !r3().element(at).path.empty(); ++at) {
    const Element element = r3().element(at);
    if (element.path == "Observation.performer") {
      CHECK(element.base_max == unbounded);
      ++compared;
    }
  }
  CHECK(compared > 1);
}
