// SPDX-License-Identifier: Apache-2.0
#include "format/json/json_lines.hpp"

#include <algorithm>
#include <array>
#include <random>

#include <doctest/doctest.h>

#include "finding/id.hpp"
#include "format/read.hpp"

using namespace lhcr;
using namespace lhcr::format;

namespace {

struct Reader {
  Reader() : tree(symbols), lines(names) {}
  bool read(const std::string& text) {
    padded = text + std::string(read_padding, '\0');
    return lines.read_one({padded.data(), text.size()}, tree);
  }
  SymbolTable symbols;
  NameSet names = [this] {
    NameSet made;
    for (const std::string_view name : {"resourceType", "id", "entry"}) {
      made.add(name, symbols.intern(name));
    }
    return made;
  }();
  std::string padded;
  tree::Tree tree;
  JsonLines lines;
};

/// Whether JsonReader finds no fault of JSON in a text; what only FHIR forbids is none.
bool is_json(const std::string& text) {
  const std::array<finding::Id, 4> fhir{finding::id<"json-null">, finding::id<"json-duplicate">,
                                        finding::id<"json-empty-array">,
                                        finding::id<"json-extension-part">};
  const test::Reading reading(text);
  const auto& findings = reading.findings();
  return reading.done && std::all_of(findings.begin(), findings.end(), [&](const auto& each) {
           return std::find(fhir.begin(), fhir.end(), each.id) != fhir.end();
         });
}

}  // namespace

TEST_CASE("one record on several lines keeps the wanted members") {
  Reader reader;
  REQUIRE(
      reader.read("{ \"resourceType\" : \"Bundle\",\n \"id\":\"a\\u0041\",\n"
                  " \"other\": [ 1, {\"id\": \"not this\"} ],\n \"entry\":[{\"id\":\"b\"}]\n}\n"));
  CHECK(reader.tree.resource_type(tree::root_node) == "Bundle");
  const tree::NodeId entry = reader.tree.child(tree::root_node, reader.symbols.find("entry"));
  REQUIRE(entry != tree::no_node);
  const tree::NodeId id = reader.tree.child(tree::root_node, reader.symbols.find("id"));
  CHECK(reader.tree[id].text() == "aA");
  CHECK(reader.tree[reader.tree[entry].child].text() == "b");
}

TEST_CASE("what is stepped over has to be JSON") {
  Reader reader;
  for (const char* value :
       {"{\"a\":}", "[1,]", "[,1]", "{\"a\":1,}", "01", "1.", "nul", "\"\\q\"", "\"\\u12g4\"",
        "\"\\ud800\"", "{\"a\" 1}", "{1:2}", "[1 2]", "[}", "\"a\" \"b\"", "1 \"b\""}) {
    CAPTURE(value);
    CHECK_FALSE(reader.read("{\"resourceType\":\"Bundle\",\"x\":" + std::string(value) + "}"));
  }
  CHECK_FALSE(reader.read("{\"resourceType\":\"Bundle\"} {}"));
  CHECK_FALSE(reader.read("{\"resourceType\":\"Bundle\""));
  CHECK_FALSE(reader.read("[]"));
  CHECK_FALSE(reader.read(""));
  CHECK(
      reader.read("{\"resourceType\":\"Bundle\",\"x\":[{},[],-0.5e+3,true,null,\"\\\\\\\"\\n\"]}"));
}

TEST_CASE("a line with a slip in what is stepped over is for JsonReader, and the next one is not") {
  Reader reader;
  const std::string good = R"({"resourceType":"Patient","id":"a","x":[1,{"y":null}]})";
  for (const char* value : {"[1,]", "01", "nul", "\"\\q\"", "{\"a\" 1}", "[1 2]"}) {
    CAPTURE(value);
    const std::string bad = R"({"resourceType":"Patient","x":)" + std::string(value) + "}";
    const std::string text = good + "\n" + bad + "\n" + good + "\n";
    const std::string padded = text + std::string(read_padding, '\0');
    REQUIRE(reader.lines.start({padded.data(), text.size()}));
    std::string_view line;
    CHECK(reader.lines.next(reader.tree, line) == JsonLines::Result::record);
    CHECK(reader.lines.next(reader.tree, line) == JsonLines::Result::other);
    CHECK(line == bad);
    CHECK(reader.lines.next(reader.tree, line) == JsonLines::Result::record);
    CHECK(line == good);
    CHECK(reader.lines.next(reader.tree, line) == JsonLines::Result::end);
  }
}

TEST_CASE("texts with single bytes changed are read only when they are JSON") {
  const std::string good =
      R"({"resourceType":"Bundle","x":{"a":[1,-2.5,{"b":"c\n\u00e9"},true],"d":null},"id":"e"})";
  std::mt19937 random(7);
  constexpr std::string_view bytes = "{}[],:\"\\0159.eE+-tfnu ax_";
  Reader reader;
  std::size_t read = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = good;
    text[random() % text.size()] = bytes[random() % bytes.size()];
    if (!reader.read(text)) continue;
    ++read;
    CAPTURE(text);
    CHECK(is_json(text));
  }
  CHECK(read > 1000);
}

TEST_CASE("an escape that is none is seen wherever it stands among others") {
  std::mt19937 random(11);
  constexpr std::array<std::string_view, 8> parts{
      "a", "\\\"", "\\n", "\\\\", "\\u00e9", "\\/", "long text without any", "\\t"};
  Reader reader;
  for (int round = 0; round < 3000; ++round) {
    std::string before;
    std::string behind;
    for (std::size_t count = random() % 60; count > 0; --count) {
      before += parts[random() % parts.size()];
    }
    for (std::size_t count = random() % 60; count > 0; --count) {
      behind += parts[random() % parts.size()];
    }
    CAPTURE(before);
    CAPTURE(behind);
    const std::string head = R"({"resourceType":"Bundle","x":")" + before;
    const std::string tail = behind + R"(","id":"\u0041"})";
    REQUIRE(reader.read(head + tail));
    CHECK(reader.tree[reader.tree.child(tree::root_node, reader.symbols.find("id"))].text() == "A");
    CHECK_FALSE(reader.read(head + "\\q" + tail));
    CHECK_FALSE(reader.read(head + "\\ud800" + tail));
    CHECK_FALSE(reader.read(head + "\\u00g0" + tail));
  }
}

TEST_CASE("escapes are those of their own line, also behind a line that is for JsonReader") {
  Reader reader;
  const std::string escaped = R"({"resourceType":"Patient","id":"\u0041\"","x":"\n"})";
  const std::string broken = R"({"resourceType":"Patient","id":)";
  const std::string wrong = R"({"resourceType":"Patient","id":"a","x":"\q"})";
  const std::string text = broken + "\n" + escaped + "\n" + wrong + "\n" + escaped;
  const std::string padded = text + std::string(read_padding, '\0');
  REQUIRE(reader.lines.start({padded.data(), text.size()}));
  for (const bool good : {false, true, false, true}) {
    std::string_view line;
    const auto result = reader.lines.next(reader.tree, line);
    REQUIRE(result == (good ? JsonLines::Result::record : JsonLines::Result::other));
    if (!good) continue;
    CHECK(line == escaped);
    CHECK(reader.tree[reader.tree.child(tree::root_node, reader.symbols.find("id"))].text() ==
          "A\"");
  }
}
