// SPDX-License-Identifier: Apache-2.0
/// Packages given at run time, laid over the embedded definitions.
#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "definition/definitions.hpp"
#include "definition/packages.hpp"
#include "folder.hpp"

using namespace lhcr;
using namespace lhcr::definition;

namespace {

constexpr std::string_view profile_xml =
    R"(<StructureDefinition xmlns="http://hl7.org/fhir"><url value="http://e.org/P"/>
<version value="1.2"/><name value="P"/><status value="active"/><fhirVersion value="4.0.1"/>
<kind value="resource"/><abstract value="false"/><type value="Patient"/>
<baseDefinition value="http://hl7.org/fhir/StructureDefinition/Patient"/><derivation value="constraint"/>
<snapshot><element id="Patient"><path value="Patient"/><min value="0"/><max value="*"/></element>
<element id="Patient.gender"><path value="Patient.gender"/><min value="1"/><max value="1"/>
<base><path value="Patient.gender"/><min value="0"/><max value="1"/></base><type><code value="code"/></type>
<mustSupport value="true"/><binding><strength value="required"/><valueSet value="http://e.org/VS"/></binding>
</element></snapshot></StructureDefinition>)";
constexpr std::string_view set_json =
    R"({"resourceType":"ValueSet","url":"http://e.org/VS","compose":{"include":[
  {"valueSet":["http://hl7.org/fhir/ValueSet/administrative-gender"]},{"system":"http://e.org/CS"}],
  "exclude":[{"system":"http://hl7.org/fhir/administrative-gender","concept":[{"code":"unknown"}]}]}})";
constexpr std::string_view system_json =
    R"({"resourceType":"CodeSystem","url":"http://e.org/CS","content":"complete","caseSensitive":true,
  "concept":[{"code":"x","display":"X"}]})";

PackageRequest request(const std::string& source) {
  PackageRequest made;
  made.sources = {source};
  return made;
}

}  // namespace

TEST_CASE("a folder of XML and JSON is found by canonical and refers to what is embedded") {
  const Folder folder;
  folder.write("profiles/p.xml", profile_xml);
  folder.write("sets/v.json", set_json);
  folder.write("sets/c.json", system_json);
  folder.write("schema.xml", "<schema xmlns='urn:other'/>");
  Library library;
  const Definitions& r4 = *library.version("R4");
  const TypeId patient = r4.type("Patient");
  CHECK(load_packages(library, request(folder.path())).notes.empty());
  CHECK(r4.type("Patient") == patient);
  CHECK(r4.structure("http://e.org/P|1.1") == no_structure);
  const Structure profile = r4.structure_info(r4.structure("http://e.org/P|1.2"));
  CHECK(profile.constraint);
  CHECK(profile.type == "Patient");
  const Element root = r4.element(profile.root);
  CHECK(root.path == "Patient");
  const Element gender = r4.element(root.first_child);
  CHECK(gender.path == "Patient.gender");
  CHECK(gender.parent == profile.root);
  CHECK(gender.min == 1);
  CHECK(gender.must_support);
  CHECK(r4.element_types(root.first_child).at(0).type == r4.type("code"));
  CHECK(r4.contains(gender.binding.set, "http://hl7.org/fhir/administrative-gender", "male") ==
        Membership::yes);
  CHECK(r4.contains(gender.binding.set, "http://hl7.org/fhir/administrative-gender", "unknown") ==
        Membership::no);
  CHECK(r4.contains(gender.binding.set, "http://e.org/CS", "x") == Membership::yes);
  CHECK(r4.displays(r4.code_system("http://e.org/CS"), "x").at(0) == "X");
  CHECK(library.version("STU3")->structure("http://e.org/P") == no_structure);
  CHECK(r4.structure("http://hl7.org/fhir/StructureDefinition/Patient") != no_structure);
}

TEST_CASE("versions of a code system add up, and a new one takes the place of an equal one") {
  const Folder folder;
  const std::string url = "http://hl7.org/fhir/administrative-gender";
  const auto file = [&](const std::string& version) {
    return R"({"resourceType":"CodeSystem","url":")" + url + R"(","version":")" + version +
           R"(","content":"complete","concept":[{"code":"none"}]})";
  };
  Library other;
  CHECK(load_packages(other, request(folder.write("a.json", file("99")))).notes.empty());
  const Definitions& both = *other.version("R4");
  CHECK(both.code_system_has(both.code_system(url), "none"));
  CHECK(both.code_system_has(both.code_system(url), "male"));
  CHECK_FALSE(both.code_system_has(both.code_system(url + "|98"), "none"));
  Library same;
  CHECK(load_packages(same, request(folder.write("b.json", file("4.0.1")))).notes.empty());
  const Definitions& one = *same.version("R4");
  CHECK(one.code_system_has(one.code_system(url), "none"));
  CHECK_FALSE(one.code_system_has(one.code_system(url), "male"));
}

TEST_CASE("a file by itself goes to the version that records are read as, too") {
  const Folder folder;
  PackageRequest asked = request(folder.write("p.json", R"({"resourceType":"StructureDefinition",
    "url":"http://e.org/P","name":"P","status":"draft","fhirVersion":"4.0.1","kind":"resource","abstract":false,
    "type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint",
    "differential":{"element":[{"id":"Patient","path":"Patient"}]}})"));
  Library plain;
  CHECK(load_packages(plain, asked).notes.empty());
  CHECK(plain.version("R4")->structure("http://e.org/P") != no_structure);
  CHECK(plain.version("R5")->structure("http://e.org/P") == no_structure);
  asked.read_as = "R5";
  Library chosen;
  CHECK(load_packages(chosen, asked).notes.empty());
  CHECK(chosen.version("R4")->structure("http://e.org/P") != no_structure);
  const Definitions& r5 = *chosen.version("R5");
  CHECK(r5.structure_info(r5.structure("http://e.org/P")).fhir_version == "4.0.1");
  CHECK(chosen.version("R4B")->structure("http://e.org/P") == no_structure);
}

TEST_CASE("resources without a place in the image are kept as they are") {
  const Folder folder;
  const std::string text =
      R"({"resourceType":"Questionnaire","url":"http://e.org/Q","item":[{"linkId":"1.0"}]})";
  Library library;
  CHECK(load_packages(library, request(folder.write("q.json", text))).notes.empty());
  CHECK(library.version("R4")->resource("http://e.org/Q") == text);
  CHECK(library.version("R4")->canonical_type("http://e.org/Q|3") == "Questionnaire");
  CHECK(library.version("STU3")->resource("http://e.org/Q") == text);
}

TEST_CASE("what a package depends on is loaded or named") {
  const Folder folder;
  const std::string package = folder.path("a");
  folder.write("a/package.json", R"({"name":"e.a","version":"1","fhirVersions":["4.0.1"],
    "dependencies":{"hl7.fhir.r4.core":"4.0.1","e.b":"1.0.x","e.c":"2.0.0"}})");
  folder.write("store/e.b#1.0.9/package/package.json", R"({"name":"e.b","version":"1.0.9"})");
  folder.write("store/e.b#1.0.10/package/package.json", R"({"name":"e.b","version":"1.0.10"})");
  folder.write("store/e.b#1.0.10/package/c.json", system_json);
  PackageRequest asked = request(package);
  asked.stores = {folder.path("store"), folder.path("nowhere")};
  Library library;
  const auto notes = load_packages(library, asked).notes;
  REQUIRE(notes.size() == 1);
  CHECK(notes.front().find("e.c#2.0.0") != std::string::npos);
  CHECK(library.version("R4")->code_system("http://e.org/CS") != no_code_system);
  asked.sources = {"e.b#1.0.9"};
  Library older;
  const auto empty = load_packages(older, asked).notes;
  REQUIRE(empty.size() == 1);
  CHECK(empty.front().find("e.b#1.0.9: holds no definitions") != std::string::npos);
  CHECK(older.version("R4")->code_system("http://e.org/CS") == no_code_system);
  asked.sources = {"e.b#3"};
  CHECK_THROWS_AS(load_packages(older, asked), Error);
}

TEST_CASE("a malformed file of a package is a note and keeps nothing else away") {
  const Folder folder;
  folder.write("p/package.json", R"({"name":"e.m","fhirVersions":["4.0.1"]})");
  folder.write("p/a.json", R"({"resourceType":"Patient",)");
  folder.write("p/b.xml", "<Patient xmlns='http://hl7.org/fhir'>");
  folder.write("p/c.json",
               R"({"resourceType":"CodeSystem","url":"http://e.org/CS","status":"active",
    "content":"complete","concept":[{"code":"a"}]})");
  Library library;
  const auto notes = load_packages(library, request(folder.path("p"))).notes;
  REQUIRE(notes.size() == 2);
  CHECK(notes.front().find("a.json") != std::string::npos);
  CHECK(notes.back().find("b.xml") != std::string::npos);
  CHECK(library.version("R4")->code_system("http://e.org/CS") != no_code_system);
}

TEST_CASE("a package for another FHIR version, or that cannot be read, is an error") {
  const Folder folder;
  folder.write("r6/package.json", R"({"name":"e.5","fhirVersions":["6.0.0"]})");
  folder.write("r6/x.json", "{}");
  folder.write("broken/x.xml", "<Patient xmlns='http://hl7.org/fhir'>");
  folder.write("text.txt", "no resource");
  Library library;
  for (const char* name : {"r6", "broken", "none", "text.txt"}) {
    CHECK_THROWS_AS(load_packages(library, request(folder.path(name))), Error);
  }
}
