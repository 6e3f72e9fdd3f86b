// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "record/read.hpp"

using lhcr::record::Kind;
using lhcr::record::Reading;
using lhcr::record::RecordReader;
using lhcr::test::Bytes;
using lhcr::test::library;
namespace tree = lhcr::tree;

namespace {

const char* const immunisation =
    R"({"resourceType":"Immunization","status":"completed","notGiven":false,"primarySource":true,
        "vaccineCode":{"text":"x"},"patient":{"display":"y"},"date":"2018-01-01"})";
const char* const care_record =
    R"(<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Letter</title></ClinicalDocument>)";

}  // namespace

TEST_CASE("a record is read in its own version, or in the one asked for") {
  const Bytes bytes(immunisation);
  lhcr::finding::Collector findings;
  RecordReader own(library());
  REQUIRE(own.read(bytes.record(), findings));
  CHECK(own.kind() == Kind::fhir_json);
  CHECK(own.definitions().fhir_version().starts_with("3."));
  Reading reading;
  reading.version = library().version("4.0.1");
  RecordReader asked(library(), reading);
  REQUIRE(asked.read(bytes.record(), findings));
  CHECK(&asked.definitions() == reading.version);
  const tree::NodeId date = asked.tree().child(tree::root_node, asked.tree().find("date"));
  CHECK(asked.tree()[date].is(tree::Flag::unknown));
}

TEST_CASE("CDA is typed for checks only") {
  const Bytes bytes(care_record);
  lhcr::finding::Collector findings;
  for (const bool types : {false, true}) {
    Reading reading;
    reading.cda_types = types;
    RecordReader reader(library(), reading);
    REQUIRE(reader.read(bytes.record(), findings));
    CHECK(reader.is_cda());
    CHECK(&reader.definitions() == &library().cda());
    const tree::NodeId root = reader.tree()[tree::root_node].child;
    CHECK((reader.tree()[root].type != 0) == types);
  }
}

TEST_CASE("the user may say what XML is") {
  const Bytes bytes(care_record);
  lhcr::finding::Collector findings;
  Reading reading;
  reading.as = Reading::As::fhir;
  RecordReader reader(library(), reading);
  CHECK(reader.read(bytes.record(), findings));
  CHECK_FALSE(reader.is_cda());
  CHECK(findings.has_errors());  // of the namespace
}
