// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include "definition/library.hpp"

using namespace lhcr;
using namespace lhcr::definition;

namespace {

std::string child_type(const Definitions& definitions, std::string_view parent,
                       std::string_view name) {
  const Child* row = definitions.child(definitions.type(parent), symbol(name));
  return row == nullptr ? "" : std::string(definitions.info(row->type).name);
}

}  // namespace

TEST_CASE("versions are found under every usual name") {
  for (const char* name : {"4.0.1", "4.0.0", "4.0", "4", "R4", "r4"}) {
    REQUIRE_MESSAGE(library().version(name) != nullptr, name);
    CHECK(library().version(name)->fhir_version() == "4.0.1");
  }
  for (const char* name : {"3.0.2", "3.0.1", "3.0", "STU3", "R3"}) {
    REQUIRE_MESSAGE(library().version(name) != nullptr, name);
    CHECK(library().version(name)->fhir_version() == "3.0.2");
  }
  for (const char* name : {"4.3.0", "4.3", "R4B"}) {
    REQUIRE_MESSAGE(library().version(name) != nullptr, name);
    CHECK(library().version(name)->fhir_version() == "4.3.0");
  }
  for (const char* name : {"5.0.0", "5", "R5"}) {
    REQUIRE_MESSAGE(library().version(name) != nullptr, name);
    CHECK(library().version(name)->fhir_version() == "5.0.0");
  }
  for (const char* name : {"", "R6", "4.1.0", "2", "latest"}) {
    CHECK_MESSAGE(library().version(name) == nullptr, name);
  }
  CHECK(library().versions() == std::vector<std::string_view>{"4.0.1", "3.0.2", "4.3.0", "5.0.0"});
}

TEST_CASE("types know their kind and their ancestors") {
  for (const Definitions* definitions : {&r4(), &r3()}) {
    const TypeId patient = definitions->type("Patient");
    CHECK(definitions->info(patient).kind == TypeKind::resource);
    CHECK(definitions->info(definitions->type("string")).kind == TypeKind::primitive);
    CHECK(definitions->info(definitions->type("HumanName")).kind == TypeKind::complex);
    CHECK(definitions->derives(patient, definitions->type("DomainResource")));
    CHECK(definitions->derives(patient, definitions->type("Resource")));
    CHECK_FALSE(definitions->derives(patient, definitions->type("Element")));
    CHECK(definitions->derives(definitions->type("Age"), definitions->type("Quantity")));
    CHECK(definitions->derives(definitions->type("id"), definitions->type("string")));
    CHECK(definitions->info(definitions->type("DomainResource")).abstract);
    CHECK(definitions->type("NoSuchType") == no_type);
    CHECK(definitions->info(no_type).name.empty());
  }
}

TEST_CASE("primitives know their pattern and how JSON writes them") {
  for (const Definitions* definitions : {&r4(), &r3()}) {
    const auto kind = [&](std::string_view type) {
      return definitions->info(definitions->type(type)).json_kind;
    };
    CHECK(kind("boolean") == tree::Kind::boolean);
    for (const char* number : {"integer", "decimal", "positiveInt", "unsignedInt"}) {
      CHECK_MESSAGE(kind(number) == tree::Kind::number, number);
    }
    for (const char* text : {"string", "code", "date", "dateTime", "xhtml", "base64Binary"}) {
      CHECK_MESSAGE(kind(text) == tree::Kind::string, text);
    }
    CHECK(definitions->info(definitions->type("positiveInt")).pattern == "[1-9][0-9]*");
    CHECK(definitions->info(definitions->type("id")).pattern.find("{1,64}") !=
          std::string_view::npos);
  }
}

TEST_CASE("children are found under their written names") {
  for (const Definitions* definitions : {&r4(), &r3()}) {
    CHECK(child_type(*definitions, "Patient", "name") == "HumanName");
    CHECK(child_type(*definitions, "Patient", "birthDate") == "date");
    CHECK(child_type(*definitions, "Patient", "contact") == "Patient.contact");
    CHECK(child_type(*definitions, "Observation", "valueQuantity") == "Quantity");
    CHECK(child_type(*definitions, "Observation", "valueString") == "string");
    CHECK(child_type(*definitions, "Observation", "value").empty());
    CHECK(child_type(*definitions, "Extension", "url") == "uri");
    CHECK(child_type(*definitions, "string", "extension") == "Extension");
    CHECK(child_type(*definitions, "string", "value").empty());
    CHECK(child_type(*definitions, "Patient", "nane").empty());
    CHECK(child_type(*definitions, "Narrative", "div") == "xhtml");
  }
  CHECK(child_type(r4(), "Observation", "component").empty() == false);
  CHECK(child_type(r4(), "Patient", "animal").empty());
  CHECK(child_type(r3(), "Patient", "animal") == "Patient.animal");
}

TEST_CASE("contentReference leads to the type it names") {
  for (const Definitions* definitions : {&r4(), &r3()}) {
    const Child* component =
        definitions->child(definitions->type("Observation"), symbol("component"));
    REQUIRE(component != nullptr);
    const Child* range = definitions->child(component->type, symbol("referenceRange"));
    REQUIRE(range != nullptr);
    CHECK(definitions->info(range->type).name == "Observation.referenceRange");
  }
}

TEST_CASE("rows say what an element is") {
  const TypeId patient = r4().type("Patient");
  const Child* name = r4().child(patient, symbol("name"));
  REQUIRE(name != nullptr);
  CHECK((name->flags & child_list) != 0);
  CHECK(r4().element(name->definition).path == "Patient.name");
  const Child* deceased = r4().child(patient, symbol("deceasedBoolean"));
  REQUIRE(deceased != nullptr);
  CHECK((deceased->flags & child_choice) != 0);
  CHECK(deceased->element == symbol("deceased"));
  const Child* contained = r4().child(patient, symbol("contained"));
  REQUIRE(contained != nullptr);
  CHECK((contained->flags & child_resource) != 0);
  const Child* id = r4().child(r4().type("HumanName"), symbol("id"));
  REQUIRE(id != nullptr);
  CHECK((id->flags & child_attribute) != 0);
  const Child* div = r4().child(r4().type("Narrative"), symbol("div"));
  REQUIRE(div != nullptr);
  CHECK((div->flags & child_xhtml) != 0);
  CHECK(name->order < deceased->order);
}

TEST_CASE("every row of every type is found again") {
  for (const Definitions* definitions : {&r4(), &r3()}) {
    std::size_t rows = 0;
    for (TypeId type = 1; !definitions->info(type).name.empty(); ++type) {
      for (const Child& row : definitions->children(type)) {
        CHECK(definitions->child(type, row.written) == &row);
        CHECK_MESSAGE(row.type != no_type, definitions->element(row.definition).path);
        ++rows;
      }
    }
    CHECK(rows > 5000);
  }
}
