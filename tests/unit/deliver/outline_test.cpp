// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/outline.hpp"

#include <doctest/doctest.h>

#include "base/names.hpp"
#include "deliver/region/region.hpp"

using namespace lhcr;
using namespace lhcr::deliver;

namespace {

const SymbolTable& fhir_names() {
  static const SymbolTable table = [] {
    SymbolTable made;
    for (const char* name : {"resourceType", "type", "entry", "fullUrl", "resource", "request",
                             "method", "url", "ifNoneMatch", "ifMatch", "ifNoneExist", "id",
                             "ifModifiedSince", "identifier", "system", "value"}) {
      made.intern(name);
    }
    return made;
  }();
  return table;
}

constexpr const char* bundle =
    R"({"resourceType":"Bundle","type":"transaction","entry":[
      {"fullUrl":"urn:uuid:a","resource":{"resourceType":"Patient","name":[{"family":"\u00c4"}]},
       "request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=s|1"}},
      {"fullUrl":"urn:uuid:b","resource":{"resourceType":"Observation","id":"o",
        "subject":{"reference":"urn:uuid:a"}},"request":{"method":"PUT","url":"Observation/o"}}]})";

std::shared_ptr<Record> record_of(const std::string& text) {
  auto record = std::make_shared<Record>(fhir_names());
  record->set_text(text, format::Format::json);
  return record;
}

}  // namespace

TEST_CASE("an outline holds what plans need, and the rest follows on demand") {
  OutlineReader outlines(fhir_names());
  const auto record = record_of(bundle);
  REQUIRE(outlines.read(*record));
  CHECK(record->outline);
  for (tree::NodeId at = tree::root_node; at < record->tree.size(); ++at)
    CHECK(record->tree[at].element != name::subject);

  const Region region = RegionBook({}).load("generic-r4");
  const auto style = make_transaction({region,
                                       "http://127.0.0.1/fhir",
                                       "application/fhir+json",
                                       "transaction",
                                       format::Format::json,
                                       fhir_names(),
                                       {}});
  const WorkPtr work = style->plan(record);
  REQUIRE(work->entries.size() == 2);
  CHECK(work->entries[0].if_none_exist == "identifier=s|1");
  CHECK(work->entries[1].url == "Observation/o");
  work->entries[0].state = State::applied;

  complete(*work, *style);
  CHECK_FALSE(record->outline);
  CHECK(work->entries[0].state == State::applied);
  CHECK(work->entries[1].url == "Observation/o");
  const tree::NodeId subject = child_node(record->tree, work->entries[1].resource, "subject");
  CHECK(child_text(record->tree, subject, "reference") == "urn:uuid:a");
}

TEST_CASE("only transactions with requests have outlines") {
  OutlineReader outlines(fhir_names());
  for (const char* text :
       {R"({"resourceType":"Patient","id":"a"})", R"({"resourceType":"Bundle","type":"batch"})",
        R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":{}}]})",
        R"({"resourceType":"Bundle","type":"transaction","entry":[{"x":1,}]})"}) {
    CAPTURE(text);
    CHECK_FALSE(outlines.read(*record_of(text)));
  }
}
