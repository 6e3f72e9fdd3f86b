// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "definition/compiler/compile.hpp"
#include "definition/definitions.hpp"
#include "definition/image/layout.hpp"
#include "folder.hpp"

using namespace lhcr;
using namespace lhcr::definition;

namespace {

/// A small package of one type, one profile, one CodeSystem and one ValueSet.
std::vector<std::byte> small_image() {
  const Folder folder;
  folder.write("t.json",
               R"({"resourceType":"StructureDefinition","url":"urn:T","type":"T","kind":"resource",
    "fhirVersion":"9.9.9","snapshot":{"element":[{"id":"T","path":"T","min":0,"max":"*",
      "constraint":[{"key":"t-1","severity":"error","human":"h","expression":"true"}]},
    {"id":"T.part","path":"T.part","min":0,"max":"*","type":[{"code":"Element"}],
      "binding":{"strength":"required","valueSet":"urn:vs"}},
    {"id":"T.part.value[x]","path":"T.part.value[x]","min":1,"max":"1","type":[{"code":"T"},{"code":"string"}]}]}})");
  folder.write("c.json", R"({"resourceType":"CodeSystem","url":"urn:s","content":"complete",
    "concept":[{"code":"a","display":"A","concept":[{"code":"b"}]}]})");
  folder.write(
      "v.json",
      R"({"resourceType":"ValueSet","url":"urn:vs","compose":{"include":[{"system":"urn:s"},
    {"system":"urn:t","concept":[{"code":"x"}]}]}})");
  return compiler::compile({folder.path()});
}

/// Asks everything; the answers of a damaged image do not matter as long as there are some.
std::size_t ask_everything(const std::vector<std::byte>& bytes) {
  SymbolTable symbols;
  const Definitions definitions(bytes, symbols);
  std::size_t answers = definitions.fhir_version().size() + definitions.structure_urls().size();
  const TypeId type = definitions.type("T");
  answers += definitions.derives(type, definitions.type("U")) ? 1U : 0U;
  for (TypeId at = 0; at < 5; ++at) {
    answers += definitions.info(at).name.size() + definitions.children(at).size();
    answers += definitions.child(at, symbols.find("valueT")) != nullptr ? 1U : 0U;
  }
  for (ElementId at = 0; at < 5; ++at) {
    answers += definitions.element(at).path.size() + definitions.element_types(at).size() +
               definitions.element_invariants(at).size();
  }
  const StructureId structure = definitions.structure("urn:T|1");
  answers += definitions.structure_info(structure).url.size();
  const ValueSetId set = definitions.value_set("urn:vs");
  answers += static_cast<std::size_t>(definitions.contains(set, "", "b"));
  answers += definitions.sample_codes(set, 10).size();
  const CodeSystemId system = definitions.code_system("urn:s");
  answers += definitions.displays(system, "a").size();
  answers += definitions.subsumed_by(system, "b", "a") ? 1U : 0U;
  return answers + definitions.canonical_type("urn:T").size();
}

}  // namespace

TEST_CASE("a small image answers") {
  const auto bytes = small_image();
  SymbolTable symbols;
  const Definitions definitions(bytes, symbols);
  CHECK(definitions.fhir_version() == "9.9.9");
  const Child* part = definitions.child(definitions.type("T"), symbols.find("part"));
  REQUIRE(part != nullptr);
  CHECK(definitions.child(part->type, symbols.find("valueT")) != nullptr);
  CHECK(definitions.child(part->type, symbols.find("valueString")) != nullptr);
  CHECK(definitions.element_invariants(1)[0].source == "urn:T");
  CHECK(definitions.contains(definitions.element(part->definition).binding.set, "urn:s", "b") ==
        Membership::yes);
}

TEST_CASE("what is no image is refused") {
  SymbolTable symbols;
  const auto refused = [&](const std::vector<std::byte>& bytes) {
    CHECK_THROWS_AS(Definitions(bytes, symbols), Error);
  };
  const auto good = small_image();
  refused({});
  refused(std::vector<std::byte>(1000));
  refused({good.begin(), good.end() - 8});
  auto other = good;
  const std::uint32_t layout = image::layout_version + 1;
  std::memcpy(other.data() + offsetof(image::Header, layout), &layout, sizeof(layout));
  refused(other);
}

TEST_CASE("a damaged image gives wrong answers or an error, and no fault") {
  const auto good = small_image();
  REQUIRE(ask_everything(good) > 50);
  std::mt19937 random(7);  // the same damage in every run
  std::size_t refused = 0;
  std::size_t answered = 0;
  for (int round = 0; round < 3000; ++round) {
    auto bytes = good;
    for (int change = 0; change < 1 + round % 8; ++change) {
      bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    }
    try {
      answered += ask_everything(bytes) > 0 ? 1U : 0U;
    } catch (const Error&) {
      ++refused;
    }
  }
  CHECK(answered > 500);
  CHECK(refused > 500);
}
