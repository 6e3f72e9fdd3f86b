// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "definition/library.hpp"

using namespace lhcr;
using namespace lhcr::definition;
using tree::Flag;
using tree::Kind;
using tree::NodeId;

namespace {

/// A tree built by hand; texts must outlive it.
struct Sample {
  tree::Tree tree{library().symbols()};
  tree::Builder builder{tree};

  NodeId leaf(std::string_view name, std::string_view text, Kind kind = Kind::string,
              unsigned flags = 0) {
    return builder.leaf(node(name, text, kind, flags));
  }
  NodeId open(std::string_view name, unsigned flags = 0) {
    return builder.open(node(name, {}, Kind::object, flags));
  }
  void resource(NodeId at, std::string_view type) {
    tree[at].flags |= Flag::resource;
    leaf("resourceType", type, Kind::string, Flag::meta);
  }
  [[nodiscard]] std::string type(NodeId at, const Definitions& definitions = r4()) const {
    return std::string(definitions.info(tree[at].type).name);
  }

 private:
  tree::Node node(std::string_view name, std::string_view text, Kind kind, unsigned flags) {
    tree::Node made;
    made.bytes = text.data();
    made.length = static_cast<std::uint32_t>(text.size());
    made.name = made.element = tree.intern(name);
    made.kind = kind;
    made.flags = static_cast<std::uint8_t>(flags);
    return made;
  }
};

}  // namespace

TEST_CASE("the type pass splits choices and marks what is unknown") {
  Sample sample;
  sample.resource(tree::root_node, "Observation");
  const NodeId value = sample.open("valueQuantity");
  const NodeId number = sample.leaf("value", "1.50", Kind::number);
  sample.builder.close();
  const NodeId wrong = sample.open("valueMeter");
  const NodeId below = sample.leaf("deep", "x");
  sample.builder.close();
  for (int pass = 0; pass < 2; ++pass) {
    attach_types(sample.tree, r4());
    CHECK(sample.type(tree::root_node) == "Observation");
    CHECK(sample.type(value) == "Quantity");
    CHECK(sample.tree[value].is(Flag::choice));
    CHECK(sample.tree[value].element == symbol("value"));
    CHECK(sample.type(number) == "decimal");
    CHECK_FALSE(sample.tree[number].is(Flag::choice));
    CHECK(sample.tree[wrong].is(Flag::unknown));
    CHECK(sample.tree[wrong].type == no_type);
    CHECK_FALSE(sample.tree[below].is(Flag::unknown));
  }
}

TEST_CASE("nested resources are typed by their resourceType") {
  Sample sample;
  sample.resource(tree::root_node, "Bundle");
  sample.open("entry", Flag::list);
  const NodeId patient = sample.open("resource");
  sample.resource(patient, "Patient");
  const NodeId birth = sample.leaf("birthDate", "2001-02-03");
  const NodeId contained = sample.open("contained", Flag::list);
  sample.resource(contained, "Practitioner");
  sample.builder.close();
  sample.builder.close();
  const NodeId strange = sample.open("resource");
  sample.resource(strange, "Pateint");
  const NodeId inside = sample.leaf("birthDate", "2001-02-03");
  attach_types(sample.tree, r4());
  CHECK(sample.type(patient) == "Patient");
  CHECK(sample.type(birth) == "date");
  CHECK(sample.type(contained) == "Practitioner");
  CHECK(sample.tree[strange].type == no_type);
  CHECK_FALSE(sample.tree[strange].is(Flag::unknown));
  CHECK_FALSE(sample.tree[inside].is(Flag::unknown));
}

TEST_CASE("an element named resourceType is an element where the definitions say so") {
  Sample sample;
  sample.resource(tree::root_node, "ExampleScenario");
  const NodeId instance = sample.open("instance", Flag::list);
  sample.resource(instance, "Patient");
  attach_types(sample.tree, r4());
  const NodeId code = sample.tree[instance].child;
  CHECK(sample.type(instance) == "ExampleScenario.instance");
  CHECK(sample.type(code) == "code");
  CHECK_FALSE(sample.tree[code].is(Flag::meta));
  CHECK_FALSE(sample.tree[instance].is(Flag::resource));
  CHECK(sample.tree[sample.tree[tree::root_node].child].is(Flag::meta));
}

TEST_CASE("kinds from JSON stay, kinds from XML come from the definitions") {
  for (const bool xml : {false, true}) {
    Sample sample;
    sample.resource(tree::root_node, "Patient");
    const NodeId active = sample.leaf("active", "true");
    const NodeId birth = sample.open("birthDate");
    sample.open("extension");
    const NodeId url = sample.leaf("url", "http://example.org");
    const NodeId integer = sample.leaf("valueInteger", "1");
    sample.builder.close();
    sample.builder.close();
    const NodeId name = sample.open("name");
    sample.builder.close();
    sample.tree.set_kinds_open(xml);
    attach_types(sample.tree, r4());
    CHECK(sample.tree[active].kind == (xml ? Kind::boolean : Kind::string));
    CHECK(sample.tree[integer].kind == (xml ? Kind::number : Kind::string));
    CHECK(sample.tree[birth].kind == (xml ? Kind::null : Kind::object));
    CHECK(sample.tree[name].kind == Kind::object);
    CHECK(sample.tree[name].is(Flag::list) == xml);
    CHECK(sample.tree[url].is(Flag::attribute));
  }
}

TEST_CASE("narrative is xhtml whatever the reader") {
  Sample sample;
  sample.resource(tree::root_node, "Patient");
  sample.open("text");
  const NodeId div = sample.leaf("div", "<div xmlns=\"http://www.w3.org/1999/xhtml\"/>");
  attach_types(sample.tree, r4());
  CHECK(sample.tree[div].kind == Kind::xhtml);
}

TEST_CASE("part of a tree can be typed as a given type") {
  Sample sample;
  const NodeId part = sample.open("anything");
  const NodeId family = sample.leaf("family", "Chalmers");
  sample.builder.close();
  const NodeId outside = sample.leaf("family", "Windsor");
  attach_types(sample.tree, r4(), part, r4().type("HumanName"));
  CHECK(sample.type(family) == "string");
  CHECK(sample.tree[outside].type == no_type);
}

TEST_CASE("sorting puts siblings in the order of the definitions") {
  Sample sample;
  sample.resource(tree::root_node, "Patient");
  const NodeId strange = sample.leaf("strange", "x");
  const NodeId birth = sample.leaf("birthDate", "2001-02-03");
  const NodeId second = sample.leaf("language", "de");
  const NodeId id = sample.leaf("id", "p");
  attach_types(sample.tree, r4());
  sort_children(sample.tree, r4());
  std::vector<NodeId> order;
  for (const NodeId at : sample.tree.children(tree::root_node)) {
    order.push_back(at);
  }
  CHECK(order == std::vector<NodeId>{2, id, second, birth, strange});
}

TEST_CASE("the version of a record is the one that knows its elements") {
  Sample old;
  old.resource(tree::root_node, "Patient");
  old.open("animal");
  CHECK(library().detect(old.tree).fhir_version() == "3.0.2");

  Sample shape;  // Encounter.class is a Coding in both, Encounter.classHistory a list in both,
                 // Consent.scope is new in R4
  shape.resource(tree::root_node, "Consent");
  shape.open("scope");
  CHECK(library().detect(shape.tree).fhir_version() == "4.0.1");

  Sample codes;
  codes.resource(tree::root_node, "Observation");
  codes.open("category", Flag::list);
  codes.open("coding", Flag::list);
  codes.leaf("system", "http://hl7.org/fhir/observation-category");
  CHECK(library().detect(codes.tree).fhir_version() == "3.0.2");

  Sample either;
  either.resource(tree::root_node, "Patient");
  CHECK(library().detect(either.tree).fhir_version() == "4.0.1");

  Sample strange;
  strange.resource(tree::root_node, "Pateint");
  CHECK(library().detect(strange.tree).fhir_version() == "4.0.1");
}
