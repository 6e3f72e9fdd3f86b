// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include "format/read.hpp"

using namespace lhcr;
using lhcr::test::Reading;
using tree::Kind;

namespace {

constexpr std::string_view declaration = R"(<?xml version="1.0" encoding="UTF-8"?>)";

std::string patient_with(std::string_view content) {
  return std::string(declaration) + R"(<Patient xmlns="http://hl7.org/fhir">)" +
         std::string(content) + "</Patient>";
}

}  // namespace

TEST_CASE("canonical compact XML is written back byte for byte") {
  for (const std::string content : {
           R"(<id value="1"/>)",
           R"(<name id="n"><given value="&lt;&amp;&gt;&quot;'"/></name>)",
           R"(<birthDate><extension url="u"><valueCode value="c"/></extension></birthDate>)",
           R"(<contained><Group><id value="g"/></Group></contained><contained><List/></contained>)",
           R"(<text><div xmlns="http://www.w3.org/1999/xhtml"><p>a &amp; b</p></div></text>)",
           R"(<a value="line&#10;tab&#9;return&#13;"/>)",
       }) {
    const Reading read(patient_with(content), true);
    CHECK(read.findings().empty());
    CHECK(read.xml() == patient_with(content));
  }
}

TEST_CASE("pretty XML has a line for each element") {
  const Reading read(
      patient_with(R"(<id value="1"/><contained><Group><id value="g"/></Group></contained>)"),
      true);
  CHECK(read.xml(true) == std::string(declaration) +
                              "\n<Patient xmlns=\"http://hl7.org/fhir\">\n  <id value=\"1\"/>\n  "
                              "<contained>\n    <Group>\n"
                              "      <id value=\"g\"/>\n    </Group>\n  </contained>\n</Patient>");
}

TEST_CASE("attributes are told by their flag") {
  Reading read(R"({"resourceType":"Patient","extension":[{"url":"u","valueString":"v"}]})");
  read.tree[read.at({"extension", "url"})].flags |= tree::attribute;
  CHECK(read.xml() == patient_with(R"(<extension url="u"><valueString value="v"/></extension>)"));
}

TEST_CASE("what XML cannot say becomes well-formed XML") {
  Reading read(
      R"({"resourceType":"Patient","a b":"\u0001","1":"x","<":{},"text":{"div":"<div><br></div>"}})");
  read.tree[read.at({"text", "div"})].kind = Kind::xhtml;
  const std::string xml = read.xml();
  CHECK(
      xml ==
      patient_with(
          "<a_b value=\"\xEF\xBF\xBD\"/><_1 value=\"x\"/><_/>"
          "<text><div "
          "xmlns=\"http://www.w3.org/1999/xhtml\">&lt;div&gt;&lt;br&gt;&lt;/div&gt;</div></text>"));
  CHECK(Reading(xml, true).findings().empty());
}

TEST_CASE("narrative that is not one well-formed element is written as text") {
  for (const std::string text :
       {"plain", "<div>&nbsp;</div>", "<div/><div/>", "<div>", "<!DOCTYPE a><div/>", ""}) {
    CAPTURE(text);
    Reading read(R"({"resourceType":"Patient","text":{"div":")" + text + "\"}}");
    read.tree[read.at({"text", "div"})].kind = Kind::xhtml;
    CHECK(Reading(read.xml(), true).findings().empty());
  }
}
