// SPDX-License-Identifier: Apache-2.0
#include "deliver/region/region.hpp"

#include <set>

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "deliver/job/source.hpp"
#include "deliver/region/settings.hpp"

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
