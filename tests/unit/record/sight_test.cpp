// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include "record/kind.hpp"

using lhcr::format::Sight;
using lhcr::record::sight_of;

TEST_CASE("JSON is a record when it, or what it holds, has a resourceType") {
  CHECK(sight_of(R"({"resourceType":"Patient"})", true) == Sight::wanted);
  CHECK(sight_of("\xEF\xBB\xBF {\"id\":\"resourceType\",\n \"resourceType\" : 1", true) ==
        Sight::wanted);
  CHECK(sight_of("{\"id\":1}\n{\"resourceType\":\"Patient\"}\n", true) == Sight::wanted);
  CHECK(sight_of(R"([{"resourceType":"Patient"}])", true) == Sight::wanted);
  CHECK(sight_of(R"({"name":"fhir-tool","keywords":["resourceType"]})", true) == Sight::other);
  CHECK(sight_of(R"({"definitions":{"Patient":{"properties":{"resourceType":{}}}}})", true) ==
        Sight::other);
  CHECK(sight_of(R"({"a\"resourceType":1,"b":"\\"})", true) == Sight::other);
  CHECK(sight_of(R"({"a":1,)", false) == Sight::unsure);
  CHECK(sight_of(R"({"resourceTy)", false) == Sight::unsure);
  CHECK(sight_of("MSH|^~\\&|", false) == Sight::other);
}

TEST_CASE("XML is a record by the name and namespace of its root") {
  CHECK(sight_of("<Patient xmlns=\"http://hl7.org/fhir\"/>", true) == Sight::wanted);
  CHECK(
      sight_of("<?xml version='1.0'?>\n<!-- <a> -->\n<f:Patient\n xmlns:f = 'http://hl7.org/fhir'>",
               false) == Sight::wanted);
  CHECK(sight_of("<ClinicalDocument xmlns=\"urn:hl7-org:v3\">", false) == Sight::wanted);
  CHECK(sight_of("<Patient><id value=\"a\"/></Patient>", true) == Sight::wanted);
  CHECK(sight_of("<section xmlns=\"urn:hl7-org:v3\">", false) == Sight::unsure);
  CHECK(sight_of("<section xmlns=\"urn:hl7-org:v3\"/>", true) == Sight::other);
  CHECK(sight_of("<a xmlns=\"urn:hl7-org:v3\"><ClinicalDocument", false) == Sight::wanted);
  CHECK(sight_of("<section><title>a</title></section>", true) == Sight::other);
  CHECK(sight_of("<project xmlns=\"http://maven.apache.org/POM/4.0.0\">", false) == Sight::other);
  CHECK(sight_of("<!DOCTYPE a [<!ENTITY b \"c\">]><a/>", true) == Sight::other);
  CHECK(sight_of("<!-- long", false) == Sight::unsure);
  CHECK(sight_of("<!-- long", true) == Sight::wanted);
}

TEST_CASE("an empty file may have been a record") {
  CHECK(sight_of("", true) == Sight::wanted);
  CHECK(sight_of(" \n", true) == Sight::wanted);
  CHECK(sight_of(" \n", false) == Sight::unsure);
}
