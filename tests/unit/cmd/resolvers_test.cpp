// SPDX-License-Identifier: Apache-2.0
// Validation and query, views, comparison and delivery say of the same reference that it means the
// same resource.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cmd/convert/view_services.hpp"
#include "deliver/style/references.hpp"
#include "deliver/style/style.hpp"
#include "diff/rules.hpp"
#include "diff/side.hpp"
#include "record/record_reader.hpp"
#include "validate/services.hpp"

using namespace lhcr;

namespace {

struct Case {
  const char* what;
  const char* reference;  ///< the members of a Reference in MedicationStatement `s`
  const char* rest;       ///< further entries
  const char* meant;      ///< code.text of the Medication, or ""
};

constexpr Case cases[] = {
    {"contained in its own resource", R"("reference":"#m")",
     R"({"fullUrl":"http://a.test/MedicationStatement/t","resource":{"resourceType":"MedicationStatement","id":"t",
       "contained":[{"resourceType":"Medication","id":"m","code":{"text":"of t"}}]}})",
     "of s"},
    {"contained elsewhere", R"("reference":"#n")",
     R"({"fullUrl":"http://a.test/MedicationStatement/t","resource":{"resourceType":"MedicationStatement","id":"t",
       "contained":[{"resourceType":"Medication","id":"n","code":{"text":"of t"}}]}})",
     ""},
    {"relative", R"("reference":"Medication/1")",
     R"({"fullUrl":"http://a.test/Medication/1","resource":{"resourceType":"Medication","id":"1","code":{"text":"a"}}})",
     "a"},
    {"relative, at its own server", R"("reference":"Medication/1")",
     R"({"fullUrl":"http://b.test/Medication/1","resource":{"resourceType":"Medication","id":"1","code":{"text":"b"}}},
        {"fullUrl":"http://a.test/Medication/1","resource":{"resourceType":"Medication","id":"1","code":{"text":"a"}}})",
     "a"},
    {"relative, but only another server has it", R"("reference":"Medication/1")",
     R"({"fullUrl":"http://b.test/Medication/1","resource":{"resourceType":"Medication","id":"1","code":{"text":"b"}}})",
     ""},
    {"relative, of an entry without a server", R"("reference":"Medication/1")",
     R"({"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520","resource":{"resourceType":"Medication","id":"1",
       "code":{"text":"u"}}})",
     "u"},
    {"absolute", R"("reference":"http://b.test/Medication/1")",
     R"({"fullUrl":"http://a.test/Medication/1","resource":{"resourceType":"Medication","id":"1","code":{"text":"a"}}},
        {"fullUrl":"http://b.test/Medication/1","resource":{"resourceType":"Medication","id":"1","code":{"text":"b"}}})",
     "b"},
    {"urn", R"("reference":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520")",
     R"({"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520","resource":{"resourceType":"Medication",
       "code":{"text":"u"}}})",
     "u"},
    {"of a version", R"("reference":"Medication/1/_history/2")",
     R"({"fullUrl":"http://a.test/Medication/1","resource":{"resourceType":"Medication","id":"1",
       "meta":{"versionId":"2"},"code":{"text":"2"}}})",
     "2"},
    {"of one of two versions", R"("reference":"http://a.test/Medication/1/_history/2")",
     R"({"fullUrl":"http://a.test/Medication/1","resource":{"resourceType":"Medication","id":"1",
       "meta":{"versionId":"3"},"code":{"text":"3"}}},
        {"fullUrl":"http://a.test/Medication/1","resource":{"resourceType":"Medication","id":"1",
       "meta":{"versionId":"2"},"code":{"text":"2"}}})",
     "2"},
    {"of a version that is not here", R"("reference":"Medication/1/_history/1")",
     R"({"fullUrl":"http://a.test/Medication/1","resource":{"resourceType":"Medication","id":"1",
       "meta":{"versionId":"2"},"code":{"text":"2"}}})",
     ""},
    {"two have the name", R"("reference":"Medication/1")",
     R"({"resource":{"resourceType":"Medication","id":"1","code":{"text":"x"}}},
        {"resource":{"resourceType":"Medication","id":"1","code":{"text":"y"}}})",
     ""},
};

std::string bundle(const Case& one) {
  std::string text = R"({"resourceType":"Bundle","type":"collection","entry":[
    {"fullUrl":"http://a.test/MedicationStatement/s","resource":{"resourceType":"MedicationStatement","id":"s",
     "contained":[{"resourceType":"Medication","id":"m","code":{"text":"of s"}}],"medicationReference":{)";
  return text.append(one.reference).append("}}},").append(one.rest).append("]}");
}

/// The record, and where the reference is.
struct Read {
  Read(const definition::Library& library, const Case& one) : reader(library) {
    bytes = bundle(one);
    record.format = format::Format::json;
    const std::size_t size = bytes.size();
    bytes.append(format::read_padding, '\0');
    record.bytes = std::string_view(bytes).substr(0, size);
    finding::Collector findings;
    REQUIRE(reader.read(record, findings));
    const tree::Tree& tree = reader.tree();
    for (tree::NodeId node = tree::root_node; node < tree.size(); ++node) {
      if (tree.name_of(node) == "medicationReference") reference = node;
    }
    text = tree.child(reference, tree.find("reference"));
  }

  std::string bytes;
  format::Record record;
  record::RecordReader reader;
  tree::NodeId reference = tree::no_node;
  tree::NodeId text = tree::no_node;
};

/// code.text of a Medication.
std::string shown(const tree::Tree& tree, tree::NodeId medication) {
  if (medication == tree::no_node) return "";
  const tree::NodeId code = tree.child(medication, tree.find("code"));
  return std::string(tree[tree.child(code, tree.find("text"))].text());
}

std::string delivered(const Case& one) {
  static const SymbolTable symbols;
  auto record = std::make_shared<deliver::Record>(symbols);
  record->set_text(bundle(one), format::Format::json);
  finding::Collector findings;
  record::PlainReader reader;
  REQUIRE(reader.read_json(record->text(), record->tree, findings));
  const deliver::WorkPtr work = deliver::open_record(record);
  deliver::find_targets(*work);
  const auto& targets = work->targets.front();
  return targets.empty() ? "" : shown(record->tree, work->entries[targets.front()].resource);
}

}  // namespace

TEST_CASE("every resolver gives the same answer") {
  const definition::Library library;
  for (const Case& one : cases) {
    CAPTURE(one.what);
    Read read(library, one);
    const tree::Tree& tree = read.reader.tree();
    const definition::Definitions& definitions = read.reader.definitions();
    validate::ProfileServices query(definitions, library.symbols());
    query.reset(tree);
    CHECK(shown(tree, query.resolve(tree, read.reference)) == one.meant);
    cmd::ViewServices view(definitions, library.symbols(), nullptr);
    view.reset(tree);
    CHECK(shown(tree, view.resolve(tree, read.reference)) == one.meant);
    const diff::Rules rules(definitions, library.symbols());
    const diff::Options options;
    const diff::Side side({&tree}, rules, options);
    CHECK(shown(tree, side.resolve(read.text, tree[read.text].text())) == one.meant);
    // Contained resources travel within their own.
    if (tree[read.text].text().front() != '#') CHECK(delivered(one) == one.meant);
  }
}

TEST_CASE("a logical reference means the one resource that has the identifier") {
  const definition::Library library;
  constexpr const char* entry =
      R"({"resource":{"resourceType":"Medication","identifier":[{"system":"urn:x","value":"1"}],"code":{"text":"a"}}})";
  const std::string both = std::string(entry) + "," + entry;
  const char* const reference = R"("identifier":{"system":"urn:x","value":"1"})";
  const Case one{"one", reference, entry, "a"};
  const Case two{"two", reference, both.c_str(), ""};
  for (const Case& asked : {one, two}) {
    CAPTURE(asked.what);
    Read read(library, asked);
    record::RecordServices services(read.reader.definitions(), library.symbols());
    services.reset(read.reader.tree());
    CHECK(shown(read.reader.tree(), services.resolve(read.reader.tree(), read.reference)) ==
          asked.meant);
  }
}
