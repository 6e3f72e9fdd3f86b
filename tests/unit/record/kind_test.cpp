// SPDX-License-Identifier: Apache-2.0
#include "record/kind.hpp"

#include <doctest/doctest.h>

#include "record/read.hpp"

using lhcr::record::Kind;
using lhcr::record::kind_of;
using lhcr::test::Bytes;

namespace {

Kind kind(const std::string& text) {
  return kind_of(Bytes(text).record());
}

/// As UTF-16, little endian, with a byte order mark or without.
std::string wide(const std::string& text, bool mark) {
  std::string made = mark ? "\xFF\xFE" : "";
  for (const char byte : text) {
    made += byte;
    made += '\0';
  }
  return made;
}

const std::string document = R"(<ClinicalDocument xmlns="urn:hl7-org:v3"><id/></ClinicalDocument>)";
const std::string message = R"(<m:PRPA_IN201305UV02 xmlns:m='urn:hl7-org:v3'/>)";

}  // namespace

TEST_CASE("the namespace of the outermost element decides") {
  CHECK(kind(R"({"resourceType":"Patient"})") == Kind::fhir_json);
  CHECK(kind(R"(<Patient xmlns="http://hl7.org/fhir"/>)") == Kind::fhir_xml);
  CHECK(kind(R"(<f:Patient xmlns="urn:x" xmlns:f = "http://hl7.org/fhir" />)") == Kind::fhir_xml);
  CHECK(kind(document) == Kind::cda);
  CHECK(kind(message) == Kind::hl7_v3);
  CHECK(kind("<ClinicalDocument/>") == Kind::unknown);
  CHECK(kind("<a") == Kind::unknown);
  CHECK(kind("") == Kind::unknown);
  CHECK(kind("MSH|^~\\&|") == Kind::unknown);
}

TEST_CASE("what a value says does not") {
  CHECK(
      kind(R"(<NamingSystem xmlns="http://hl7.org/fhir"><uniqueId><value value="urn:hl7-org:v3"/>)"
           R"(</uniqueId><description value="ClinicalDocument"/></NamingSystem>)") ==
      Kind::fhir_xml);
  CHECK(kind(R"(<ClinicalDocument title="http://hl7.org/fhir" xmlns="urn:hl7-org:v3"/>)") ==
        Kind::cda);
}

TEST_CASE("what stands before the outermost element is stepped over") {
  const std::string before =
      "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- <Patient xmlns=\"http://hl7.org/fhir\"/> -->"
      "<?style x='>'?><!DOCTYPE a [<!ENTITY b \"c\">]>\n";
  CHECK(kind(before + document) == Kind::cda);
  CHECK(kind("<!-- never closed " + document) == Kind::unknown);
}

TEST_CASE("an envelope holds a document, or does not") {
  CHECK(kind("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>" +
             document + "</s:Body></s:Envelope>") == Kind::cda);
  CHECK(kind("<RCMR_IN000030UK06 xmlns=\"urn:hl7-org:v3\">" + document + "</RCMR_IN000030UK06>") ==
        Kind::cda);
  CHECK(kind("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>" +
             message + "</s:Body></s:Envelope>") == Kind::hl7_v3);
}

TEST_CASE("encodings do not matter") {
  for (const bool mark : {true, false}) {
    const std::string declaration = R"(<?xml version="1.0" encoding="UTF-16"?>)";
    CHECK(kind(wide(declaration + document, mark)) == Kind::cda);
    CHECK(kind(wide(declaration + R"(<Patient xmlns="http://hl7.org/fhir"/>)", mark)) ==
          Kind::fhir_xml);
  }
}
