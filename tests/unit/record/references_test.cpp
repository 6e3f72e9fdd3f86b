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
