// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "definition/compiler/compile.hpp"
#include "definition/compiler/expand.hpp"
#include "definition/compiler/package.hpp"
#include "definition/compiler/read.hpp"
#include "definition/embedded.hpp"
#include "definition/library.hpp"

using namespace lhcr;
using namespace lhcr::definition;
using namespace lhcr::definition::compiler;

namespace {

using Names = std::set<std::string>;
using SystemCode = std::pair<std::string_view, std::string_view>;

std::vector<std::string> packages(const std::vector<std::string>& names) {
  std::vector<std::string> paths;
  paths.reserve(names.size());
  for (const std::string& name : names) {
    paths.push_back(std::string(LHCR_PACKAGE_CACHE) + "/" + name + ".tgz");
  }
  return paths;
}

const std::vector<std::string>& r3_packages() {
  static const auto paths =
      packages({"hl7.fhir.r3.expansions-3.0.2", "hl7.fhir.r3.examples-3.0.2"});
  return paths;
}

const std::vector<std::string>& r4_packages() {
  static const auto paths =
      packages({"hl7.terminology.r4-7.0.1", "hl7.fhir.r4.expansions-4.0.1",
                "hl7.fhir.r4.examples-4.0.1", "hl7.fhir.uv.extensions.r4-5.3.0-ballot-tc1"});
  return paths;
}

bool equals_official(const Expansion& computed, const ValueSetModel& set) {
  std::vector<SystemCode> codes;
  bool open = computed.incomplete;
  for (const auto& [system, part] : computed.systems) {
    open = open || part.open;
    for (const std::string_view code : part.codes) {
      codes.emplace_back(system, code);
    }
  }
  const std::set<SystemCode> official(set.expansion.begin(), set.expansion.end());
  return !open && std::equal(codes.begin(), codes.end(), official.begin(), official.end());
}

/// Last segments of the sets whose complete official expansion differs from the computed one, and
/// how many were compared.
Names differing_sets(const Model& model, std::size_t& compared) {
  Below nothing(nullptr);
  Expander expander(model, nothing);
  Names different;
  for (std::size_t at = 0; at < model.value_sets.size(); ++at) {
    const ValueSetModel& set = model.value_sets[at];
    if (set.expansion_complete && set.has_compose) {
      ++compared;
      if (!equals_official(expander.compose(at), set)) {
        different.insert(set.url.substr(set.url.rfind('/') + 1));
      }
    }
  }
  return different;
}

/// How many files of the packages hold each type of resource, by their names.
std::map<std::string, std::size_t> files_by_type(const std::vector<std::string>& paths) {
  std::map<std::string, std::size_t> files;
  for (const std::string& path : paths) {
    visit_package(path, [&](std::string_view name, std::string_view) {
      ++files[std::string(name.substr(0, name.find('-')))];
    });
  }
  return files;
}

}  // namespace

TEST_CASE("computed expansions equal the official ones, with known exceptions") {
  // The expansions of the packages were made from other editions of some code systems than the
  // packages hold; LOINC and the IHE format codes are not here; one leaves out inactive codes that
  // its definition asks for.
  const Names r4_exceptions{"detectedissue-category",
                            "diagnostic-service-sections",
                            "example-expansion",
                            "example-hierarchical",
                            "formatcodes",
                            "inactive",
                            "observation-interpretation",
                            "patient-contactrelationship",
                            "relatedperson-relationshiptype",
                            "security-labels",
                            "v2-0487",
                            "v2-0916",
                            "v3-ActCode",
                            "v3-ActPharmacySupplyType"};
  const Names r3_exceptions{"example-expansion", "inactive"};
  std::size_t compared = 0;
  CHECK(differing_sets(read_packages({r4_packages().begin() + 1, r4_packages().begin() + 3}),
                       compared) == r4_exceptions);
  CHECK(compared == 465);
  CHECK(differing_sets(read_packages(r3_packages()), compared) == r3_exceptions);
  CHECK(compared == 465 + 380);
}

TEST_CASE("images hold every structure, value set, code system and canonical of their packages") {
  for (const auto& [definitions, paths] :
       {std::pair{&r4(), r4_packages()}, std::pair{&r3(), r3_packages()}}) {
    const Model model = read_packages(paths);
    auto files = files_by_type(paths);
    CHECK(definitions->structure_urls().size() == model.structures.size());
    // HL7's extensions repeat what R4 defines itself.
    CHECK(model.structures.size() <= files["StructureDefinition"]);
    CHECK(model.structures.size() > files["StructureDefinition"] - 400);
    CHECK(model.code_systems.size() == files["CodeSystem"]);
    // The expansions repeat value sets.
    CHECK(model.value_sets.size() < files["ValueSet"]);
    CHECK(model.value_sets.size() > files["ValueSet"] - 700);
    for (const StructureModel& item : model.structures) {
      CHECK(definitions->structure_info(definitions->structure(item.url)).url == item.url);
    }
    for (const ValueSetModel& item : model.value_sets) {
      CHECK(definitions->value_set_url(definitions->value_set(item.url)) == item.url);
    }
    for (const CodeSystemModel& item : model.code_systems) {
      const CodeSystemId id = definitions->code_system(item.url);
      CHECK((item.concepts.empty() || definitions->code_system_has(id, item.concepts.back().code)));
    }
    for (const CanonicalModel& item : model.canonicals) {
      CHECK(definitions->canonical_type(item.url) == item.type);
    }
    CHECK(model.canonicals.size() > 5000);
  }
}

TEST_CASE("equal packages give equal images") {
  const auto embedded = embedded_images();
  REQUIRE(embedded.size() == 5);
  for (const auto& [image, paths] :
       {std::pair{embedded[0], r4_packages()}, std::pair{embedded[3], r3_packages()}}) {
    const std::vector<std::byte> again = compile(paths);
    REQUIRE(again.size() == image.size());
    CHECK(std::memcmp(again.data(), image.data(), image.size()) == 0);
  }
}
