// SPDX-License-Identifier: Apache-2.0
#include "record/references.hpp"

#include <doctest/doctest.h>

#include "record/read.hpp"
#include "record/rest_url.hpp"

using lhcr::record::References;
using lhcr::test::Bytes;
using lhcr::test::library;

namespace {

/// Two statements, each with a contained medication of the same id, and one medication of its own.
constexpr const char* statements = R"({"resourceType":"Bundle","type":"collection","entry":[
  {"fullUrl":"http://a.test/MedicationStatement/a","resource":{"resourceType":"MedicationStatement","id":"a",
   "contained":[{"resourceType":"Medication","id":"m","code":{"text":"aspirin"}}],
   "medicationReference":{"reference":"#m"}}},
  {"fullUrl":"http://a.test/MedicationStatement/b","resource":{"resourceType":"MedicationStatement","id":"b",
   "contained":[{"resourceType":"Medication","id":"m","code":{"text":"warfarin"}}],
   "medicationReference":{"reference":"#m"}}},
  {"fullUrl":"http://a.test/MedicationStatement/c","resource":{"resourceType":"MedicationStatement","id":"c",
   "medicationReference":{"reference":"Medication/m/_history/2"}}},
  {"fullUrl":"http://a.test/Medication/m","resource":{"resourceType":"Medication","id":"m","code":{"text":"digoxin"}}}]})";

}  // namespace

TEST_CASE(
    "a contained resource belongs to its own container, a version does not change who is meant") {
  const Bytes bytes(statements);
  lhcr::record::RecordReader reader(library());
  lhcr::finding::Collector findings;
  REQUIRE(reader.read(bytes.record(), findings));
  const lhcr::tree::Tree& tree = reader.tree();
  References references(&reader.definitions());
  references.reset(tree);
  std::vector<std::string> found;
  for (const References::Entry& entry : references.entries()) {
    const auto medication = tree.child(entry.resource, tree.find("medication"));
    if (medication == lhcr::tree::no_node) continue;
    const auto reference = tree.child(medication, tree.find("reference"));
    const auto target = references.resolve(medication, tree[reference].text());
    REQUIRE(target.node != lhcr::tree::no_node);
    const auto code = tree.child(target.node, tree.find("code"));
    found.emplace_back(tree[tree.child(code, tree.find("text"))].text());
  }
  CHECK(found == std::vector<std::string>{"aspirin", "warfarin", "digoxin"});
}

TEST_CASE("of many contained resources each is found, those of one id are counted") {
  std::string text = R"({"resourceType":"List","id":"l","contained":[)";
  for (int number = 0; number < 100; ++number) {
    text += R"({"resourceType":"Basic","id":"c)" + std::to_string(number % 90) + R"("},)";
  }
  const Bytes bytes(text + R"({"resourceType":"Basic"}]})");
  lhcr::record::RecordReader reader(library());
  lhcr::finding::Collector findings;
  REQUIRE(reader.read(bytes.record(), findings));
  const lhcr::tree::Tree& tree = reader.tree();
  References references(&reader.definitions());
  references.reset(tree);
  // Twice: by looking through them, and by the table that is made then.
  for (int round = 0; round < 2; ++round) {
    for (int number = 0; number < 90; ++number) {
      const std::string reference = "#c" + std::to_string(number);
      const References::Target target = references.resolve(lhcr::tree::root_node, reference);
      REQUIRE(target.node != lhcr::tree::no_node);
      CHECK(tree[tree.child(target.node, tree.find("id"))].text() == reference.substr(1));
      CHECK(target.candidates == (number < 10 ? 2 : 1));
    }
    CHECK(references.resolve(lhcr::tree::root_node, "#d").node == lhcr::tree::no_node);
  }
  references.reset(tree);
  CHECK(references.resolve(lhcr::tree::root_node, "#c1").candidates == 2);
}

TEST_CASE("entries that share a fullUrl or an id are all found, in their order") {
  std::string text = R"({"resourceType":"Bundle","type":"history","entry":[)";
  for (int number = 0; number < 300; ++number) {
    // Every url comes three times, every id six times: as a Patient and as a Group.
    const std::string id = "i" + std::to_string(number % 50);
    const std::string type = number % 100 < 50 ? "Patient" : "Group";
    text += std::string(number == 0 ? "" : ",") + R"({"fullUrl":"http://a.test/)" + type + "/" +
            id + R"(","resource":{"resourceType":")" + type + R"(","id":")" + id + R"("}})";
  }
  const Bytes bytes(text + R"(,{"fullUrl":"urn:uuid:0","resource":{"resourceType":"Basic"}}]})");
  lhcr::record::RecordReader reader(library());
  lhcr::finding::Collector findings;
  REQUIRE(reader.read(bytes.record(), findings));
  References references(&reader.definitions());
  for (int again = 0; again < 2; ++again) {
    references.reset(reader.tree());
    const std::vector<References::Entry>& entries = references.entries();
    REQUIRE(entries.size() == 301);
    const auto absolute = references.resolve(entries[7].resource, "http://a.test/Group/i49");
    CHECK(absolute.node == entries[99].resource);
    CHECK(absolute.match == References::Match::exact);
    CHECK(absolute.candidates == 3);
    const auto by_id = references.resolve(entries[300].resource, "Patient/i3");
    CHECK(by_id.node == entries[3].resource);
    CHECK(by_id.match == References::Match::ambiguous);
    CHECK(by_id.candidates == 3);
    CHECK(references.resolve(entries[7].resource, "http://a.test/Group/i50").candidates == 0);
  }
}

TEST_CASE("an address of a resource on a server") {
  const auto& r4 = *library().version("4.0.1");
  using lhcr::record::is_rest_url;
  CHECK(is_rest_url("https://a.test/fhir/Patient/1", &r4));
  CHECK(is_rest_url("http://a.test/Patient/a-1.b", &r4));
  CHECK_FALSE(is_rest_url("https://a.test/fhir/Patient/1/_history/2", &r4));
  CHECK_FALSE(is_rest_url("https://a.test/fhir/Patient/1#x", &r4));
  CHECK_FALSE(is_rest_url("https://a.test/fhir/Period/1", &r4));
  CHECK_FALSE(is_rest_url("https://a.test/fhir/Patient/a b", &r4));
  CHECK_FALSE(is_rest_url("https://a.test/fhir/Patient/", &r4));
  CHECK_FALSE(is_rest_url("urn:uuid:33333333-3333-4333-8333-333333333333", &r4));
  CHECK_FALSE(is_rest_url("Patient/1", &r4));
  // Without definitions any name that begins like a type's is one.
  CHECK(is_rest_url("https://a.test/fhir/Odd/1", nullptr));
  CHECK_FALSE(is_rest_url("https://a.test/fhir/odd/1", nullptr));
}
