// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "definition/depths.hpp"
#include "definition/library.hpp"
#include "definition/version/judge.hpp"
#include "finding/finding.hpp"
#include "format/format.hpp"

using namespace lhcr;
using namespace lhcr::definition;

namespace {

struct Judged {
  std::string version;
  std::string rival;
  bool certain = false;
  bool contradictory = false;
  std::vector<Fact> facts;
  std::string elsewhere;

  [[nodiscard]] bool has(Evidence kind, std::string_view thing) const {
    return std::any_of(facts.begin(), facts.end(),
                       [&](const Fact& fact) { return fact.kind == kind && fact.thing == thing; });
  }
};

Judged judge(std::string text, Depth depth = Depth::evidence) {
  tree::Tree tree(library().symbols());
  finding::Collector sink;
  const bool xml = text.starts_with('<');
  text.reserve(text.size() + format::read_padding);
  if (xml) {
    REQUIRE(format::read_xml(text, tree, sink));
  } else {
    format::JsonReader reader;
    REQUIRE(reader.read(text, tree, sink));
  }
  VersionJudge judge(library());
  const Judgement& found = judge.judge(tree, depth);
  return {std::string(found.version->fhir_version()),
          found.rival == nullptr ? "" : std::string(found.rival->fhir_version()),
          found.certain(),
          found.contradictory(),
          found.facts,
          std::string(found.elsewhere)};
}

std::string resource(std::string_view type, std::string_view members) {
  return "{\"resourceType\":\"" + std::string(type) + "\"" + (members.empty() ? "" : ",") +
         std::string(members) + "}";
}
std::string bundle(std::string_view entry) {
  return resource("Bundle",
                  "\"type\":\"collection\",\"entry\":[{\"resource\":" + std::string(entry) + "}]");
}

constexpr std::string_view r4_name = "4.0.1";
constexpr std::string_view r3_name = "3.0.2";

}  // namespace

TEST_CASE("nothing speaks for a version: the default, which is not certain and not doubted") {
  const Judged found = judge(resource("Patient", "\"gender\":\"male\""));
  CHECK(found.version == r4_name);
  CHECK(found.rival == r3_name);
  CHECK_FALSE(found.certain);
  CHECK_FALSE(found.contradictory);
  CHECK(found.facts.empty());
  CHECK(judge(resource("Pateint", "")).version == r4_name);
  CHECK(judge("{\"a\":1}").version == r4_name);
}

TEST_CASE("a nested resource of a type that one version lacks decides, whatever it is in") {
  const Judged r4_type = judge(bundle(resource("ServiceRequest", "\"status\":\"active\"")));
  CHECK(r4_type.version == r4_name);
  CHECK(r4_type.certain);
  CHECK(r4_type.has(Evidence::resource_type, "ServiceRequest"));
  CHECK(judge(bundle(resource("ReferralRequest", "\"status\":\"active\""))).version == r3_name);
  // Contained in a resource whose own type decides nothing, and below an element that nobody knows.
  CHECK(judge(resource("Patient", "\"contained\":[" + resource("ProcedureRequest", "") + "]"))
            .version == r3_name);
  CHECK(judge(resource("Patient", "\"odd\":{\"deep\":" + resource("ProcedureRequest", "") + "}"))
            .version == r3_name);
  CHECK(judge("<Bundle xmlns=\"http://hl7.org/fhir\"><entry><resource><ReferralRequest/></resource>"
              "</entry></Bundle>")
            .version == r3_name);
}

TEST_CASE("elements, choice types and forms that one version lacks") {
  const Judged element = judge(resource("Condition", "\"assertedDate\":\"2020\""));
  CHECK(element.version == r3_name);
  CHECK(element.certain);
  CHECK(element.has(Evidence::element, "Condition.assertedDate"));
  CHECK(judge(resource("MessageHeader", "\"eventUri\":\"urn:x\"")).version == r4_name);
  CHECK(judge(resource("Condition", "\"clinicalStatus\":\"active\"")).version == r3_name);
  CHECK(judge(resource("Condition", "\"clinicalStatus\":{\"text\":\"x\"}"))
            .has(Evidence::shape, "Condition.clinicalStatus"));
  const std::string xml =
      "<Condition xmlns=\"http://hl7.org/fhir\"><clinicalStatus value=\"active\"/></Condition>";
  CHECK(judge(xml).version == r3_name);
  // What no version has says nothing.
  CHECK(judge(resource("Patient", "\"nmae\":[]")).facts.empty());
}

TEST_CASE("codes that the required binding of one version lacks") {
  const auto procedure = [](std::string_view status) {
    return resource("Procedure", "\"status\":\"" + std::string(status) + "\",\"subject\":{}");
  };
  const Judged aborted = judge(procedure("aborted"));
  CHECK(aborted.version == r3_name);
  CHECK(aborted.has(Evidence::code, "Procedure.status"));
  CHECK(judge(procedure("stopped")).certain);
  CHECK(judge(procedure("completed")).facts.empty());
  // What no version permits says nothing.
  CHECK(judge(procedure("dreamt")).facts.empty());
  CHECK(judge("<Procedure xmlns=\"http://hl7.org/fhir\"><status value=\"aborted\"/><subject/>"
              "</Procedure>")
            .version == r3_name);
}

TEST_CASE("what one version demands and the record does not have, unless it is a part of one") {
  const Judged without = judge(resource("Encounter", "\"status\":\"planned\""));
  CHECK(without.version == r3_name);
  CHECK_FALSE(without.certain);
  CHECK(without.has(Evidence::absence, "Encounter.class"));
  CHECK(
      judge(resource("Encounter", "\"status\":\"planned\",\"class\":{\"code\":\"AMB\"}")).version ==
      r4_name);
  CHECK(judge(resource("Encounter", "\"language\":\"en\"")).facts.empty());
}

TEST_CASE("a resource in an element that nobody knows is judged by its type") {
  const Judged found =
      judge(resource("Bundle", "\"contained\":[" + resource("MolecularSequence", "") + "]"));
  CHECK(found.version == r4_name);
  CHECK(found.has(Evidence::resource_type, "MolecularSequence"));
}

TEST_CASE("releases that are not here are named where more speaks for them than for the version") {
  const auto claims = [](std::string_view type, std::string_view profile, std::string_view more) {
    return resource(
        type, "\"meta\":{\"profile\":[\"" + std::string(profile) + "\"]}" + std::string(more));
  };
  constexpr std::string_view dstu2 = "http://fhir.nhs.net/StructureDefinition/x";
  CHECK(judge(claims("Patient", dstu2, "")).elsewhere == "DSTU2");
  CHECK(judge(claims("Patient", dstu2, ""), Depth::version).elsewhere == "DSTU2");
  CHECK(judge(resource("MedicationOrder", "")).elsewhere == "DSTU2");
  CHECK(judge(resource("StructureDefinition", "\"fhirVersion\":\"6.0.0\"")).elsewhere == "R6");
  CHECK(judge(resource("Patient", "")).elsewhere.empty());
  // A profile that was left over: the elements are those of STU3.
  CHECK(judge(claims("Condition", dstu2, ",\"assertedDate\":\"2020\",\"context\":{}"))
            .elsewhere.empty());
}

TEST_CASE("R4B and R5 are taken for what only they have, and make nothing else doubtful") {
  const Judged r5 = judge(resource(
      "MedicationStatement", "\"status\":\"recorded\",\"adherence\":{\"code\":{\"text\":\"x\"}}"));
  CHECK(r5.version == "5.0.0");
  CHECK(r5.certain);
  CHECK(judge(resource("Ingredient", "\"status\":\"active\"")).version == "4.3.0");
  CHECK(judge(bundle(resource("InventoryItem", ""))).version == "5.0.0");
  CHECK(judge(resource("StructureDefinition", "\"fhirVersion\":\"5.0.0\"")).version == "5.0.0");
  CHECK(judge(resource("Appointment", "\"status\":\"booked\"")).version == r4_name);
  // A code or an element of R5 alone is a slip, and an extension of its package is for all
  // versions.
  CHECK(judge(resource("Encounter", "\"status\":\"completed\",\"class\":{}")).version == r4_name);
  CHECK(judge(resource("OperationOutcome",
                       "\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/"
                       "operationoutcome-file\",\"valueString\":\"x\"}]"))
            .version == r4_name);
  const Judged mixed = judge(bundle(resource("Encounter", "\"actualPeriod\":{},\"period\":{}")));
  CHECK_FALSE(mixed.certain);
  CHECK(mixed.contradictory);
}

TEST_CASE("profiles and extensions whose address names a release, with or without their package") {
  const auto profile = [](std::string_view url) {
    return resource("Patient", "\"meta\":{\"profile\":[\"" + std::string(url) + "\"]}");
  };
  CHECK(judge(profile("https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Patient-1"))
            .version == r3_name);
  CHECK(judge(profile("https://example.org/stu3/StructureDefinition/x")).version == r3_name);
  CHECK(judge(profile("https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient")).certain);
  CHECK(judge(profile("http://hl7.org/fhir/StructureDefinition/Patient|3.0.1")).version == r3_name);
  CHECK(judge(profile("https://example.org/StructureDefinition/x")).facts.empty());
  const auto extension = [](std::string_view url) {
    return resource("Patient", "\"extension\":[{\"url\":\"" + std::string(url) + "\"}]");
  };
  CHECK(judge(extension("https://fhir.nhs.uk/STU3/StructureDefinition/Extension-X-1")).version ==
        r3_name);
  // HL7's extension for an element of STU3 stands in records of every version but STU3.
  CHECK(judge(extension("http://hl7.org/fhir/3.0/StructureDefinition/extension-Patient.animal"))
            .has(Evidence::extension_named,
                 "http://hl7.org/fhir/3.0/StructureDefinition/extension-Patient.animal"));
  CHECK(judge(extension("http://hl7.org/fhir/4.0/StructureDefinition/extension-Consent.scope"))
            .version == r3_name);
}

TEST_CASE("code systems that the versions file under different addresses") {
  const auto coded = [](std::string_view system) {
    return resource("Condition", "\"category\":[{\"coding\":[{\"system\":\"" + std::string(system) +
                                     "\",\"code\":\"x\"}]}]");
  };
  CHECK(judge(coded("http://hl7.org/fhir/condition-category")).version == r3_name);
  const Judged r4_system = judge(coded("http://terminology.hl7.org/CodeSystem/condition-category"));
  CHECK(r4_system.version == r4_name);
  CHECK(r4_system.certain);
  CHECK(judge(coded("http://snomed.info/sct")).facts.empty());
  CHECK(judge(coded("http://hl7.org/fhir/sid/icd-10")).facts.empty());
}

TEST_CASE("versions that the record states") {
  CHECK(judge(resource("CapabilityStatement", "\"fhirVersion\":\"3.0.1\"")).version == r3_name);
  CHECK(judge(resource("StructureDefinition", "\"fhirVersion\":\"4.0.1\"")).certain);
  CHECK(judge(resource("ImplementationGuide", "\"fhirVersion\":[\"4.0.1\"]")).certain);
  CHECK(judge(resource("Binary", "\"contentType\":\"application/fhir+json; fhirVersion=3.0\""))
            .version == r3_name);
  CHECK(judge(resource("Bundle",
                       "\"link\":[{\"relation\":\"self\",\"url\":"
                       "\"https://example.org/STU3/Patient?x=1\"}]"))
            .version == r3_name);
}

TEST_CASE("evidence that contradicts itself is not certain, and outweighed evidence is") {
  const Judged both = judge(bundle(
      resource("Condition", "\"assertedDate\":\"2020\",\"recordedDate\":\"2020\",\"context\":{}")));
  CHECK(both.contradictory);
  CHECK_FALSE(both.certain);
  // One address that was left over does not make an R4 referral doubtful.
  const Judged left_over = judge(bundle(resource(
      "ServiceRequest",
      "\"category\":[{\"coding\":[{\"system\":\"http://hl7.org/fhir/condition-category\"}]}]")));
  CHECK(left_over.version == r4_name);
  CHECK(left_over.certain);
}

TEST_CASE("a habit counts once, however often a record has it") {
  std::string entries;
  for (int i = 0; i < 50; ++i) {
    entries += "{\"resource\":" + resource("Condition", "\"context\":{}") + "},";
  }
  entries += "{\"resource\":" + resource("ServiceRequest", "") + "}";
  const Judged found =
      judge(resource("Bundle", "\"type\":\"collection\",\"entry\":[" + entries + "]"));
  CHECK(found.version == r4_name);
  const auto fact = std::find_if(found.facts.begin(), found.facts.end(), [](const Fact& item) {
    return item.thing == "Condition.context";
  });
  REQUIRE(fact != found.facts.end());
  CHECK(fact->count == 50);
  CHECK(fact->text() == "the element Condition.context (50 times)");
}

TEST_CASE("a judge that looks for the version only finds the same") {
  for (const std::string& text :
       {resource("Patient", ""), resource("Condition", "\"assertedDate\":\"2020\""),
        bundle(resource("ServiceRequest", "")), bundle(resource("ReferralRequest", ""))}) {
    CHECK(judge(text, Depth::version).version == judge(text, Depth::evidence).version);
  }
}

namespace {

/// Parts of records that no version, or another one than the rest, may have. The same for a seed.
class Scribe {
 public:
  explicit Scribe(unsigned seed) : random_(seed) {}

  std::string record() {
    const Definitions& version = some_version();
    std::vector<TypeId> resources;
    for (std::size_t type = 1; type < version.types().size(); ++type) {
      const TypeInfo& info = version.types()[type];
      if (info.kind == TypeKind::resource && !info.abstract) {
        resources.push_back(static_cast<TypeId>(type));
      }
    }
    const TypeId type = resources[below(resources.size())];
    return resource(version.info(type).name, members(version, type, 3));
  }

 private:
  std::size_t below(std::size_t end) { return random_() % end; }
  const Definitions& some_version() {
    const auto names = library().versions();
    return *library().version(names[below(names.size())]);
  }

  std::string members(const Definitions& version, TypeId type, int depth) {
    const std::span<const Child> rows = version.children(type);
    std::string text;
    std::vector<Symbol> written;
    for (std::size_t left = rows.empty() ? 0 : 1 + below(5); left > 0; --left) {
      const Child& row = rows[below(rows.size())];
      if (std::find(written.begin(), written.end(), row.written) != written.end()) continue;
      written.push_back(row.written);
      text += (text.empty() ? "\"" : ",\"") + std::string(library().symbols().name(row.written)) +
              "\":" + value(version, row, depth);
    }
    return text;
  }

  std::string value(const Definitions& version, const Child& row, int depth) {
    const bool list = ((row.flags & child_list) != 0) != (below(20) == 0);
    std::string one = code(version, row);
    if ((row.flags & child_resource) != 0) {
      one = depth > 0 ? record() : resource("Basic", "");
    } else if (version.info(row.type).kind != TypeKind::primitive) {
      one = "{" + (depth > 0 ? members(version, row.type, depth - 1) : "") + "}";
    }
    return list ? "[" + one + "]" : one;
  }

  std::string code(const Definitions& version, const Child& row) {
    constexpr const char* addresses[] = {
        "http://hl7.org/fhir/4.3/StructureDefinition/x", "http://fhir.nhs.uk/STU3/x",
        "http://terminology.hl7.org/CodeSystem/v3-ActCode", "http://hl7.org/fhir/v3/ActCode"};
    const std::string_view name = library().symbols().name(row.written);
    if (name == "url" || name == "system" || name == "profile") {
      return "\"" + std::string(addresses[below(std::size(addresses))]) + "\"";
    }
    if (row.definition == no_element || below(10) == 0) return "\"other\"";
    const auto codes = version.sample_codes(version.element(row.definition).binding.set, 100);
    return codes.empty() ? "\"x\"" : "\"" + std::string(codes[below(codes.size())]) + "\"";
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("versions in little use are asked only where that changes something") {
  constexpr unsigned records = 4000;
  VersionJudge judge(library());
  tree::Tree tree(library().symbols());
  finding::Collector sink;
  format::JsonReader reader;
  std::size_t rare = 0;
  for (unsigned seed = 0; seed < records; ++seed) {
    std::string text = Scribe(seed).record();
    text.reserve(text.size() + format::read_padding);
    REQUIRE(reader.read(text, tree, sink));
    CAPTURE(text);
    CHECK(difference_of_depths(judge, tree).empty());
    const std::string_view version = judge.judge(tree).version->fhir_version();
    rare += version != r4_name && version != r3_name ? 1U : 0U;
  }
  CHECK(rare > records / 20);
}
