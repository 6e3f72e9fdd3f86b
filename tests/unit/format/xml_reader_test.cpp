// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "finding/id.hpp"
#include "format/read.hpp"

using namespace lhcr;
using lhcr::finding::Id;
using lhcr::finding::id;
using lhcr::test::check_faults;
using lhcr::test::FaultyText;
using lhcr::test::Reading;
using lhcr::test::repeated;
using tree::Kind;

namespace {

/// A Patient with this content; the content begins at byte `content_at`.
constexpr std::string_view start_tag = "<Patient xmlns=\"http://hl7.org/fhir\">";
constexpr std::size_t content_at = start_tag.size();

std::string patient(std::string_view content) {
  return std::string(start_tag) + std::string(content) + "</Patient>";
}

void check(const std::vector<FaultyText>& faults, bool fatal) {
  check_faults(faults, true, fatal);
}

}  // namespace

TEST_CASE("elements become nodes, value attributes their text") {
  const Reading read(
      patient(R"(<id value="1"/><name id="n"><given value="A"/><given value="B"/></name>)"), true);
  REQUIRE(read.done);
  CHECK(read.findings().empty());
  CHECK(read.tree.resource_type(tree::root_node) == "Patient");
  CHECK(read.tree[read.at({"resourceType"})].is(tree::generated));
  CHECK(read.tree[read.at({"id"})].text() == "1");
  CHECK(read.tree[read.at({"id"})].offset == content_at);
  CHECK(read.tree[read.at({"name", "id"})].is(tree::attribute));
  CHECK(read.tree[read.at({"name"})].kind == Kind::object);
  CHECK(read.tree[read.at({"name", "given"})].kind == Kind::string);
  CHECK(read.json() ==
        R"({"resourceType":"Patient","id":"1","name":{"id":"n","given":["A","B"]}})");
}

TEST_CASE("a primitive with extensions and no value") {
  const Reading read(
      patient(
          R"(<birthDate id="b"><extension url="u"><valueCode value="c"/></extension></birthDate>)"),
      true);
  CHECK(read.findings().empty());
  CHECK(read.tree[read.at({"birthDate", "extension", "url"})].is(tree::attribute));
  CHECK(read.tree[read.at({"birthDate", "extension", "valueCode"})].text() == "c");
}

TEST_CASE("an empty value is kept as an empty string") {
  const Reading read(patient(R"(<id value=""/>)"), true);
  CHECK(read.findings().empty());
  CHECK(read.tree[read.at({"id"})].kind == Kind::string);
  CHECK(read.tree[read.at({"id"})].text().empty());
}

TEST_CASE("comments, processing instructions and a declaration are accepted") {
  const Reading read("<?xml version='1.0' encoding='utf-8'?>\r\n<!-- a --><?b c?>\r\n" +
                         patient("<!-- d --><id value='1'/><?e?>") + "\r\n<!-- f -->\r\n",
                     true);
  CHECK(read.done);
  CHECK(read.findings().empty());
}

TEST_CASE("prefixes are resolved") {
  const Reading read(
      R"(<f:Patient xmlns:f="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" )"
      R"(xsi:schemaLocation="a b"><f:id value="1"/><name xmlns="http://hl7.org/fhir"/></f:Patient>)",
      true);
  CHECK(read.findings().empty());
  CHECK(read.at({"id"}) != tree::no_node);
  CHECK(read.at({"name"}) != tree::no_node);
}

TEST_CASE("references and line ends in values") {
  const Reading read(patient("<a value=\"&lt;&amp;&gt;&quot;&apos;&#65;&#x20AC;&#x1F600;\"/><b "
                             "value=\"x\r\ny\tz\n\"/>"),
                     true);
  CHECK(read.findings().empty());
  CHECK(read.tree[read.at({"a"})].text() == "<&>\"'A\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(read.tree[read.at({"b"})].text() == "x y z ");
}

TEST_CASE("a resource inside is one node with the element that holds it") {
  const Reading read(
      patient(
          R"(<contained><Group><id value="g"/></Group></contained><contained><List/></contained>)"),
      true);
  CHECK(read.findings().empty());
  CHECK(
      read.json() ==
      R"({"resourceType":"Patient","contained":[{"resourceType":"Group","id":"g"},{"resourceType":"List"}]})");
  const tree::NodeId contained = read.at({"contained"});
  CHECK(read.tree[contained].is(tree::resource));
  CHECK(tree::path_of(read.tree, read.at({"contained", "id"})) == "Patient.contained[0].id");
}

TEST_CASE("narrative keeps its source") {
  const std::string div =
      "<div xmlns=\"http://www.w3.org/1999/xhtml\">\r\n a &amp; b<br/><!-- <p> "
      "--><![CDATA[<&x;]]><p title='>'>&#160;</p></div>";
  const Reading read(
      patient("<text><status value=\"generated\"/>" + div + "</text><id value='1'/>"), true);
  CHECK(read.findings().empty());
  const tree::Node& node = read.tree[read.at({"text", "div"})];
  CHECK(node.kind == Kind::xhtml);
  CHECK(node.text() == div);
  CHECK(node.offset == content_at + 33);
  CHECK(read.at({"id"}) != tree::no_node);
}

TEST_CASE("narrative whose namespace is declared further out says it itself") {
  const Reading read(
      R"(<Patient xmlns="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"><text><h:div>x</h:div></text></Patient>)",
      true);
  CHECK(read.findings().empty());
  CHECK(read.tree[read.at({"text", "div"})].text() ==
        R"(<h:div xmlns:h="http://www.w3.org/1999/xhtml">x</h:div>)");
}

TEST_CASE("narrative says every namespace it needs from further out") {
  const Reading read(
      R"(<Patient xmlns="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:g="urn:g" xmlns:n="urn:n">)"
      R"(<text xmlns:g="urn:a&amp;b"><h:div><g:b/>(n:)</h:div></text></Patient>)",
      true);
  CHECK(
      read.tree[read.at({"text", "div"})].text() ==
      R"(<h:div xmlns:g="urn:a&amp;b" xmlns:h="http://www.w3.org/1999/xhtml"><g:b/>(n:)</h:div>)");
}

TEST_CASE("other encodings are decoded") {
  const Reading latin(
      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + patient("<id value='\xE9'/>"), true);
  CHECK(latin.findings().empty());
  CHECK(latin.tree[latin.at({"id"})].text() == "\xC3\xA9");
  const std::string text = patient("<id value='q'/>");
  std::string little = "\xFF\xFE";
  std::string big;
  for (const char byte : text) {
    little += byte == 'q' ? std::string("\x3D\xD8\x00\xDE", 4) : std::string{byte, '\0'};
    big += std::string{'\0', byte};
  }
  const Reading utf16(little, true);
  CHECK(utf16.findings().empty());
  CHECK(utf16.tree[utf16.at({"id"})].text() == "\xF0\x9F\x98\x80");
  const Reading utf16_big(big, true);
  CHECK(utf16_big.findings().empty());
  CHECK(utf16_big.tree[utf16_big.at({"id"})].text() == "q");
  CHECK(Reading("\xEF\xBB\xBF" + text, true).findings().empty());
}

TEST_CASE("XML that is not well-formed") {
  check({{"", id<"input-empty">, 0},
         {" \n", id<"input-empty">, 0},
         {"<!-- only -->", id<"xml-syntax">, 13},
         {"<Patient", id<"xml-syntax">, 8},
         {std::string(start_tag), id<"xml-syntax">, content_at},
         {patient("<a></b>"), id<"xml-syntax">, content_at + 3},
         {patient("<a b=1/>"), id<"xml-syntax">, content_at + 5},
         {patient("<a value='&reg;'/>"), id<"xml-syntax">, content_at + 10},
         {patient("<a value='a & b'/>"), id<"xml-syntax">, content_at + 12},
         {patient("<a value='&#0;'/>"), id<"xml-syntax">, content_at + 10},
         {patient("<a value='&#xD800;'/>"), id<"xml-syntax">, content_at + 10},
         {patient("<a value='a<b'/>"), id<"xml-syntax">, content_at + 11},
         {patient("<a value='1' value='2'/>"), id<"xml-syntax">, content_at + 13},
         {patient("<div xmlns='http://www.w3.org/1999/xhtml'>&nbsp;</div>"), id<"xml-syntax">,
          content_at + 42},
         {patient("<p:a/>"), id<"xml-syntax">, content_at},
         {patient("") + "<b/>", id<"xml-syntax">, content_at + 10},
         {patient("") + " text", id<"xml-syntax">, content_at + 11},
         {"text " + patient(""), id<"xml-syntax">, 0},
         {patient("<a value='\x01'/>"), id<"input-not-text">, content_at + 10},
         {patient("<a value='\xFF'/>"), id<"input-not-utf8">, content_at + 10},
         {"<?xml version='1.0' encoding='EBCDIC'?>" + patient(""), id<"xml-encoding">, 0}},
        true);
}

TEST_CASE("a document type declaration is refused, bombs included") {
  check({{"<!DOCTYPE Patient>" + patient(""), id<"xml-doctype">, 0},
         {"<?xml version='1.0'?>\n<!DOCTYPE b [<!ENTITY a 'aaaa'><!ENTITY b "
          "'&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>" +
              patient("<id value='&c;'/>"),
          id<"xml-doctype">, 22},
         {"<!DOCTYPE b SYSTEM 'file:///etc/passwd'>" + patient("&b;"), id<"xml-doctype">, 0}},
        true);
}

TEST_CASE("what FHIR does not allow in XML") {
  check({{patient("<name>text</name>"), id<"xml-text">, content_at + 6},
         {patient("<name><![CDATA[text]]><given value='a'/>more</name>"), id<"xml-text">,
          content_at + 6},
         {patient("<id value='1' other='2'/>"), id<"xml-unknown-attribute">, content_at + 14},
         {patient("<id value='1' xml:lang='en'/>"), id<"xml-unknown-attribute">, content_at + 14},
         {"<Patient xmlns=\"http://hl7.org/fhir\" id=\"1\"/>", id<"xml-unknown-attribute">, 37},
         {"<Patient><id value='1'/></Patient>", id<"xml-namespace">, 0},
         {"<Patient xmlns='urn:other'><id value='1'/></Patient>", id<"xml-namespace">, 0},
         {patient("<a xmlns='urn:other'><b/></a>"), id<"xml-namespace">, content_at},
         {patient("<text><div><p>x</p></div></text>"), id<"xml-namespace">, content_at + 6},
         {patient("<text><div xmlns='urn:other'><p>x</p></div></text>"), id<"xml-namespace">,
          content_at + 6},
         {patient("<contained><Group/><List/></contained>"), id<"xml-resource-count">,
          content_at + 19}},
        false);
}

TEST_CASE("findings carry the path of their element") {
  const Reading read(
      patient("<name><given value='a'>x</given></name><contained><Group q='1'/></contained>"),
      true);
  REQUIRE(read.findings().size() == 2);
  CHECK(read.findings()[0].path == "Patient.name.given");
  CHECK(read.findings()[1].path == "Patient.contained");
}

TEST_CASE("depth and number of elements are limited") {
  const std::string deep = patient(repeated("<a>", 10'000) + repeated("</a>", 10'000));
  // The 501st element may be the value of a primitive, the next one may not.
  CHECK(Reading(deep, true).fatal(id<"nesting-too-deep">, content_at + 500 * 3));
  format::ReadLimits limits;
  limits.nodes = 10;
  const Reading many(patient(repeated("<a/>", 100)), true, limits);
  CHECK_FALSE(many.done);
  CHECK(many.findings()[0].id == id<"input-too-large">);
  std::string tag = "<a";
  for (int at = 0; at < 100; ++at) {
    tag += " b" + std::to_string(at) + "='1'";
  }
  const Reading attributes(patient(tag + "/>"), true, limits);
  CHECK(attributes.findings()[0].id == id<"input-too-large">);
}

TEST_CASE("namespace declarations are limited, and may not be repeated") {
  std::string many = "<a";
  for (int at = 0; at < 1000; ++at) {
    many += " xmlns:n" + std::to_string(at) + "='u'";
  }
  CHECK(Reading(patient(many + "/>"), true).findings()[0].id == id<"input-too-large">);
  CHECK(Reading(patient("<a xmlns:b='u' xmlns:b='u'/>"), true)
            .fatal(id<"xml-syntax">, content_at + 15));
}

TEST_CASE("no cut of a document crashes or passes") {
  const std::string text =
      "<?xml version='1.0'?><!-- c -->" +
      patient(
          "<text><div xmlns='http://www.w3.org/1999/xhtml'><p a='&lt;'>x</p></div></text>"
          "<contained><Group><id value='&#65;'/></Group></contained>");
  REQUIRE(Reading(text, true).findings().empty());
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    const Reading read(text.substr(0, size), true);
    CHECK_FALSE(read.done);
    CHECK(read.findings().size() == 1);
  }
}
