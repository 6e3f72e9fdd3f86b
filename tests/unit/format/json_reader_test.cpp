// SPDX-License-Identifier: Apache-2.0
/// Well-formed JSON into the tree.
#include <string>

#include <doctest/doctest.h>

#include "finding/id.hpp"
#include "format/read.hpp"

using namespace lhcr;
using lhcr::finding::Id;
using lhcr::finding::id;
using lhcr::test::Reading;
using tree::Kind;

TEST_CASE("an object's members become children in their order") {
  const Reading read(
      R"({"resourceType":"Patient","active":true,"count":-1.50e+3,"name":{"text":"A"}})");
  REQUIRE(read.done);
  CHECK(read.findings().empty());
  CHECK(read.tree.resource_type(tree::root_node) == "Patient");
  const tree::Node& type = read.tree[read.at({"resourceType"})];
  CHECK(type.is(tree::meta));
  const tree::Node& active = read.tree[read.at({"active"})];
  CHECK(active.kind == Kind::boolean);
  CHECK(active.text() == "true");
  const tree::Node& count = read.tree[read.at({"count"})];
  CHECK(count.kind == Kind::number);
  CHECK(count.text() == "-1.50e+3");
  CHECK(read.tree[read.at({"name"})].kind == Kind::object);
  CHECK(read.tree[read.at({"name", "text"})].text() == "A");
}

TEST_CASE("offsets are those of values, and of names for objects") {
  const Reading read("{\n \"a\" : \"x\", \"b\" : {\"c\": 1}, \"d\": [ {\"e\": true} ]}");
  CHECK(read.tree[read.at({"a"})].offset == 9);
  CHECK(read.tree[read.at({"b"})].offset == 14);
  CHECK(read.tree[read.at({"b", "c"})].offset == 26);
  CHECK(read.tree[read.at({"d"})].offset == 37);
  CHECK(read.tree[read.at({"d", "e"})].offset == 43);
}

TEST_CASE("arrays are repeated siblings flagged as a list, also arrays of one") {
  const Reading read(R"({"a":["x","y"],"b":[{"c":1}],"d":"z"})");
  CHECK(read.findings().empty());
  CHECK(read.tree[read.at({"a"})].is(tree::list));
  CHECK(read.tree[read.at({"b"})].is(tree::list));
  CHECK_FALSE(read.tree[read.at({"d"})].is(tree::list));
  CHECK(read.json() == R"({"a":["x","y"],"b":[{"c":1}],"d":"z"})");
}

TEST_CASE("escapes are decoded, plain strings are views into the input") {
  const Reading read(
      R"({"a":"\"\\\/\b\f\n\r\t\u00e9\u20AC\uD83D\uDE00z","b":"caf\u00E9","plain":"p"})");
  CHECK(read.findings().empty());
  CHECK(read.tree[read.at({"a"})].text() == "\"\\/\b\f\n\r\t\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z");
  CHECK(read.tree[read.at({"b"})].text() == "caf\xC3\xA9");
  const std::string_view source = read.tree.source();
  const std::string_view plain = read.tree[read.at({"plain"})].text();
  CHECK(plain.data() >= source.data());
  CHECK(plain.data() < source.data() + source.size());
}

TEST_CASE("names are compared after decoding") {
  const Reading read(R"({"n\u0061me":"x"})");
  CHECK(read.at({"name"}) != tree::no_node);
}

TEST_CASE("white space of all kinds, CRLF included, means nothing") {
  const Reading read("\r\n { \"a\"\t:\r\n [ 1 , 2 ] } \r\n");
  CHECK(read.done);
  CHECK(read.findings().empty());
  CHECK(read.json() == R"({"a":[1,2]})");
}

TEST_CASE("resources inside resources are flagged") {
  const Reading read(
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"1"}}]})");
  const tree::NodeId inner = read.at({"entry", "resource"});
  CHECK(read.tree[inner].is(tree::resource));
  CHECK(read.tree.resource_type(inner) == "Patient");
  CHECK_FALSE(read.tree[read.at({"entry"})].is(tree::resource));
}

// --- `_name` ---

TEST_CASE("a primitive gets the id and extensions of its underscore part, whichever comes first") {
  for (const std::string text : {R"({"a":"x","_a":{"id":"i","extension":[{"url":"u"}]}})",
                                 R"({"_a":{"id":"i","extension":[{"url":"u"}]},"a":"x"})"}) {
    const Reading read(text);
    CHECK(read.findings().empty());
    const tree::Node& node = read.tree[read.at({"a"})];
    CHECK(node.text() == "x");
    CHECK(node.is(tree::extended));
    CHECK(read.tree[read.at({"a", "id"})].text() == "i");
    CHECK(read.tree[read.at({"a", "extension", "url"})].text() == "u");
    CHECK(read.tree[read.at({"a", "id"})].parent == read.at({"a"}));
    CHECK(read.json() == R"({"a":"x","_a":{"id":"i","extension":[{"url":"u"}]}})");
  }
}

TEST_CASE("a part without its primitive makes a primitive without value at its place") {
  const Reading read(R"({"x":1,"_a":{"id":"i"},"_b":{"id":"j"},"y":2})");
  CHECK(read.findings().empty());
  CHECK(read.tree[read.at({"a"})].kind == Kind::null);
  CHECK(read.json() == R"({"x":1,"_a":{"id":"i"},"_b":{"id":"j"},"y":2})");
}

TEST_CASE("parts of arrays match by position, with null for nothing") {
  const std::string text = R"({"a":["x",null,"z"],"_a":[null,{"id":"i"},{"id":"j"}]})";
  const Reading read(text);
  CHECK(read.findings().empty());
  CHECK(read.json() == text);
}

TEST_CASE("an array of which only parts are there") {
  const std::string text = R"({"_a":[{"id":"i"},{"id":"j"}]})";
  const Reading read(text);
  CHECK(read.findings().empty());
  CHECK(read.tree[read.at({"a"})].is(tree::list));
  CHECK(read.json() == text);
}

TEST_CASE("arrays of different lengths are told and nothing is lost") {
  const Reading longer(R"({"a":["x"],"_a":[null,{"id":"i"}]})");
  CHECK(longer.error(id<"json-extension-length">, 11));
  CHECK(longer.json() == R"({"a":["x",null],"_a":[null,{"id":"i"}]})");
  const Reading shorter(R"({"a":["x","y"],"_a":[{"id":"i"}]})");
  CHECK(shorter.error(id<"json-extension-length">, 15));
  CHECK(shorter.json() == R"({"a":["x","y"],"_a":[{"id":"i"},null]})");
}

TEST_CASE("parts nest: extensions of a primitive inside an extension") {
  const std::string text =
      R"({"_a":{"extension":[{"url":"u","valueString":"v","_valueString":{"extension":[{"url":"w"}]}}]}})";
  const Reading read(text);
  CHECK(read.findings().empty());
  CHECK(read.json() == text);
}

TEST_CASE("a name that is only an underscore is a name like any other") {
  const Reading read(R"({"_":{"a":1},"__a":{"id":"i"}})");
  CHECK(read.findings().empty());
  CHECK(read.at({"_"}) != tree::no_node);
  CHECK(read.tree[read.at({"_a"})].kind == Kind::null);
}

// --- canonical text stays as it is ---

TEST_CASE("canonical compact JSON is written back byte for byte") {
  for (
      const std::string text : {
          R"({})",
          R"({"resourceType":"Patient"})",
          R"({"resourceType":"Observation","valueQuantity":{"value":1.10,"unit":"\"\\\n\u0001é"}})",
          R"({"resourceType":"X","a":[0,-0,1e2,1E-2,100000000000000000000.000]})",
          R"({"a":{},"b":[{}],"c":"","d":[""]})",
      }) {
    const Reading read(text);
    CHECK(read.findings().empty());
    CHECK(read.json() == text);
  }
}

TEST_CASE("pretty JSON has a line for each member and two spaces for each level") {
  const Reading read(R"({"resourceType":"P","a":["x"],"_a":[{"id":"i"}],"b":{"c":[]},"d":{}})");
  CHECK(read.json(true) ==
        "{\n  \"resourceType\": \"P\",\n  \"a\": [\n    \"x\"\n  ],\n  \"_a\": [\n    {\n      "
        "\"id\": \"i\"\n    }\n  ],\n"
        "  \"b\": {},\n  \"d\": {}\n}");
}

TEST_CASE("the resource type is written first wherever it was") {
  const Reading read(R"({"id":"1","resourceType":"Patient","active":true})");
  CHECK(read.json() == R"({"resourceType":"Patient","id":"1","active":true})");
}

TEST_CASE("a reader is used for record after record") {
  const SymbolTable symbols;
  tree::Tree tree(symbols);
  format::JsonReader reader;
  finding::Collector sink;
  const std::string padding(format::read_padding, ' ');
  for (int at = 1; at < 2000; at *= 2) {
    std::string text =
        R"({"a":")" + std::string(static_cast<std::size_t>(at), 'x') + R"("})" + padding;
    const std::string_view record(text.data(), text.size() - padding.size());
    REQUIRE(reader.read(record, tree, sink));
    std::string out;
    format::write_json(tree, tree::root_node, {false}, out);
    CHECK(out == record);
  }
  CHECK(sink.findings().empty());
}
