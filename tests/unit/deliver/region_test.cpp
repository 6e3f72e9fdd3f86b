// SPDX-License-Identifier: Apache-2.0
#include "deliver/region/region.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "deliver/job/source.hpp"
#include "deliver/region/record_texts.hpp"
#include "deliver/region/settings.hpp"
#include "finding/finding.hpp"
#include "folder.hpp"
#include "format/format.hpp"

using namespace lhcr;
using namespace lhcr::deliver;

namespace {

const SecretAccess no_access{[](const std::string&) { return std::optional<std::string>(); },
                             [](const std::string&) { return std::string("from command\n"); }};

}  // namespace

TEST_CASE(
    "every built-in region can be read, and says where its facts come from or that there are "
    "none") {
  const RegionBook book({});
  CHECK(built_in_regions().size() >= 14);
  for (const EmbeddedFile& builtin : built_in_regions()) {
    CAPTURE(std::string(builtin.stem()));
    const Region region = book.load(std::string(builtin.stem()));
    CHECK_FALSE(region.text("title").empty());
    CHECK((region.has("sources") || region.has("notes")));
    CHECK_FALSE(describe(region).empty());
    // Nobody can push without having said where to.
    CHECK_THROWS_AS((void)job_settings(region, "", no_access), Error);
  }
}

TEST_CASE("a key that no region has is refused with its place") {
  try {
    (void)Region::parse("[endpoint]\nurll = \"x\"\n", "r", "r.toml");
    FAIL("taken");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find("r.toml:2") == 0);
    CHECK(std::string(error.what()).find("endpoint.url") != std::string::npos);
  }
  CHECK_THROWS_AS((void)Region::parse("a = ", "r", "r.toml"), Error);
}

TEST_CASE("a path of a region leads nowhere else") {
  for (const char* key : {"message.path", "document.path", "pointer.path", "event.path",
                          "operation.path", "endpoint.check", "mesh.mailbox"}) {
    Region region = Region::parse("title = \"r\"", "r", "r.toml");
    for (const char* wrong : {"https://elsewhere.example/x", "../admin", "a/%2e%2E/b"}) {
      CHECK_THROWS_AS(region.set(key, wrong), Error);
    }
    CHECK_NOTHROW(region.set(key, "Group/$do-this"));
  }
}

TEST_CASE("no credential travels in clear to an index with an address of its own") {
  for (const char* credential : {"[auth]\nmethod = \"bearer\"\nsecret.command = \"x\"\n",
                                 "[headers]\napikey = \"k-e-y\"\n"}) {
    Region region =
        Region::parse(std::string("[endpoint]\nurl = \"https://h.example/fhir\"\n[pix]\npatient = "
                                  "\"https://h.example/pix/Patient\"\n") +
                          credential,
                      "r", "r.toml");
    region.set("pix.linkage", "https://h.example/pix/Linkage");
    CHECK_NOTHROW(check_endpoint(job_settings(region, "pix", no_access)));
    for (const char* wrong : {"http://h.example/pix/Linkage", "https://u:p@h.example/pix/Linkage",
                              "https://h.example/Linkage?x=1", "Linkage"}) {
      region.set("pix.linkage", wrong);
      CHECK_THROWS_AS(check_endpoint(job_settings(region, "pix", no_access)), Error);
    }
  }
}

TEST_CASE("what is required must be supplied") {
  Region region = Region::parse(
      "[endpoint]\nurl = {required = \"where\"}\n[auth]\nmethod = \"bearer\"\nsecret = {required = "
      "\"what\"}\n"
      "[mesh]\nto = {required = \"whom\"}\n",
      "r", "r.toml");
  CHECK(region.needs("transaction").size() == 2);
  CHECK(region.needs("mesh").size() == 3);
  region.set("endpoint.url", "https://h/fhir/");
  region.set("auth.secret.command", "x");
  const JobSettings settings = job_settings(region, "", no_access);
  CHECK(settings.base_url == "https://h/fhir");
  CHECK(settings.auth.secret == "from command");
  CHECK_THROWS_AS(region.set("endpoint.port", "1"), Error);
}

TEST_CASE("what is delivered without an endpoint needs none") {
  Region region = RegionBook({}).load("generic-r4");
  CHECK_THROWS_AS((void)job_settings(region, "resource-put", no_access), Error);
  region.set("drop.folder", "somewhere");
  CHECK(job_settings(region, "drop", no_access).style == "drop");
}

TEST_CASE("an option that stands for a key has its limits") {
  Region region = Region::parse("title = \"r\"", "r", "r.toml");
  CHECK_NOTHROW(region.set("endpoint.timeout", "2.5", "--timeout"));
  for (const char* wrong : {"0.0001", "nan", "1e9", "-1", "soon"}) {
    try {
      region.set("endpoint.timeout", wrong, "--timeout");
      FAIL("taken");
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find("--timeout: endpoint.timeout is not a number") == 0);
    }
  }
  CHECK(region.number("endpoint.timeout") == 2.5);
}

TEST_CASE("what is no file is no region") {
  const Folder folder;
  std::filesystem::create_directory(folder.path("folder.toml"));
  REQUIRE(mkfifo(folder.path("pipe.toml").c_str(), S_IRUSR) == 0);
  folder.write("own.toml", "title = \"own\"\n");
  const std::vector<std::string> names = RegionBook({folder.path()}).names();
  CHECK(std::count(names.begin(), names.end(), "own") == 1);
  CHECK(std::count(names.begin(), names.end(), "pipe") == 0);
  CHECK(std::count(names.begin(), names.end(), "folder") == 0);
}

TEST_CASE("values are filled into headers") {
  Region region = Region::parse(
      "[endpoint]\nurl = \"https://h\"\n[headers]\nX-Org = \"${ods}\"\nX-Id = "
      "\"${uuid}\"\n[values]\nods = \"RCF\"\n",
      "r", "r.toml");
  const JobSettings settings = job_settings(region, "", no_access);
  CHECK(settings.headers == std::vector<std::string>{"X-Id: ${uuid}", "X-Org: RCF"});
  region.set("headers.X-Bad", "a\r\nb");
  CHECK_THROWS_AS((void)job_settings(region, "", no_access), Error);
}

TEST_CASE("what is referred to has the lower rank") {
  CHECK(rank_of_type("Organization") < rank_of_type("Patient"));
  CHECK(rank_of_type("Patient") < rank_of_type("Encounter"));
  CHECK(rank_of_type("Encounter") < rank_of_type("Observation"));
  CHECK(rank_of_record(
            R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}},)"
            R"({"resource":{"resourceType" : "Observation"}}]})") == rank_of_type("Observation"));
  CHECK(rank_of_record("{}") == rank_of_type("Observation"));
}

TEST_CASE(
    "a list where one value belongs, and a style that is none, are refused with their place") {
  const auto refusal = [](const char* toml) {
    try {
      (void)Region::parse(toml, "r", "r.toml");
      return std::string();
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  CHECK(refusal("title = [\"a\", \"b\"]") == "r.toml:1:9: title has one value, no list");
  CHECK(refusal("[headers]\nX = [\"a\"]").starts_with("r.toml:2:5: headers.X has one value"));
  CHECK(refusal("[style]\nname = \"transacton\"").find("did you mean 'transaction'?") !=
        std::string::npos);
  CHECK(
      refusal("[style]\nallowed = [\"mesh\", \"mash\"]").starts_with("r.toml:2:11: style.allowed"));
  CHECK(refusal("fhir = \"4.1\"").starts_with("r.toml:1:8: fhir is not one of 4.0.1"));
  CHECK(refusal("fhir = \"STU3\"").empty());
  CHECK(release_digit("STU3") == release_digit("3.0.1"));
  CHECK(refusal("title = 2020-01-01").starts_with("r.toml:1:9: title is not a text"));
  CHECK(refusal("notes = [\"a\", [\"b\"]]").starts_with("r.toml:1:9: notes is not a text"));
  CHECK(refusal("notes = [\"a\", \"b\"]\n[style]\nallowed = [\"mesh\", \"drop\"]").empty());
}

TEST_CASE("arrays among the claims have a key for each item") {
  const Region region = Region::parse(
      "[auth.claims.who]\nidentifier = [{system = \"s\", value = {required = \"v\"}}]\n"
      "given = [\"A\", \"B\"]\n",
      "r", "r.toml");
  CHECK(region.text("auth.claims.who.identifier.0.system") == "s");
  CHECK(region.text("auth.claims.who.given.1") == "B");
  CHECK(region.needs("").size() == 1);
}

namespace {

/// What a region asks of a Patient in JSON: the texts, or the problem.
std::string asked(const std::string& toml, std::string json) {
  definition::Library library;
  const definition::Definitions& r4 = *library.version("4.0.1");
  const Region region = Region::parse(toml, "r", "r.toml");
  RecordPaths paths(region, "transaction", r4, library.symbols());
  tree::Tree tree(library.symbols());
  const std::size_t size = json.size();
  json.append(format::read_padding, '\0');
  finding::Collector findings;
  format::JsonReader reader;
  REQUIRE(reader.read(std::string_view(json).substr(0, size), tree, findings));
  definition::attach_types(tree, r4);
  RecordTexts texts;
  std::string said = paths.answer(tree, tree::root_node, texts);
  for (const auto& [key, text] : texts) said += key + "=" + text + ";";
  return said;
}

}  // namespace

TEST_CASE("what a region asks of each record is one text, or none where it may be") {
  const char* patient =
      R"({"resourceType":"Patient","id":"p","name":[{"family":"F","given":["A","B"]}],"gender":"male"})";
  CHECK(asked("[headers]\nX = \"fhirpath:name.family + '-${v}'\"\n[values]\nv = \"7\"", patient) ==
        "headers.X=F-7;");
  CHECK(asked("[headers]\nX = \"fhirpath?:birthDate\"", patient).empty());
  CHECK(asked("[headers]\nX = \"fhirpath:birthDate\"", patient) ==
        "headers.X needs one value of it, and birthDate gives none");
  CHECK(asked("[headers]\nX = \"fhirpath?:name.given\"", patient) ==
        "headers.X needs one value of it, and name.given gives 2");
  CHECK(asked("[headers]\nX = \"fhirpath:name\"", patient).find("an object") != std::string::npos);
  CHECK(asked("[headers]\nX = \"fhirpath:'a\\\\n'\"", patient).find("control characters") !=
        std::string::npos);
  CHECK_THROWS_AS((void)asked("[headers]\nX = \"fhirpath:name.\"", patient), Error);
  CHECK_THROWS_AS((void)Region::parse("[endpoint]\nurl = \"fhirpath:id\"", "r", "r.toml"), Error);
}
