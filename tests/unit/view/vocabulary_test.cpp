// SPDX-License-Identifier: Apache-2.0
#include "view/vocabulary.hpp"

#include <string>

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "folder.hpp"

using namespace lhcr;

namespace {

const std::string concept_header =
    "concept_id\tconcept_name\tvocabulary_id\tstandard_concept\tconcept_code\tinvalid_reason\n";
const std::string relation_header = "concept_id_1\tconcept_id_2\trelationship_id\tinvalid_reason\n";

}  // namespace

TEST_CASE("codes are found by their system") {
  const Folder folder;
  folder.write("CONCEPT.csv", concept_header +
                                  "1\tA \"name\tSNOMED\tS\t22\t\n2\tB\tLOINC\t\t22\t\n"
                                  "3\tC\tOwn\tS\t22\t\n");
  const view::Vocabulary vocabulary(folder.path());
  CHECK(vocabulary.size() == 2);
  CHECK(vocabulary.find("http://snomed.info/sct", "22").id == 1);
  CHECK(vocabulary.find("http://snomed.info/sct", "22").standard == 1);
  CHECK(vocabulary.find("http://loinc.org", "22").id == 2);
  CHECK(vocabulary.find("http://loinc.org", "22").standard == 0);
  CHECK(vocabulary.find("http://loinc.org", "23").id == 0);
  CHECK(vocabulary.find("http://example.org/own", "22").id == 0);
}

TEST_CASE("codes that are no standard ones map to the lowest that is valid") {
  const Folder folder;
  folder.write("CONCEPT.csv", concept_header + "9\tA\tICD10\t\tJ00\t\n");
  folder.write(
      "CONCEPT_RELATIONSHIP.csv",
      relation_header +
          "9\t1\tMaps to\tD\n9\t5\tMaps to\t\n9\t4\tMaps to\t\n9\t2\tIs a\t\n8\t3\tMaps to\t\n");
  const view::Vocabulary vocabulary(folder.path());
  CHECK(vocabulary.find("http://hl7.org/fhir/sid/icd-10", "J00").standard == 4);
}

TEST_CASE("many codes are kept apart") {
  const Folder folder;
  constexpr int count = 200'000;
  std::string text = concept_header;
  for (int i = 1; i <= count; ++i) {
    text += std::to_string(i) + "\tn\tSNOMED\tS\t" + std::to_string(i * 7) + "\t\n";
  }
  folder.write("CONCEPT.csv", text);
  const view::Vocabulary vocabulary(folder.path());
  CHECK(vocabulary.size() == count);
  bool good = true;
  for (std::uint32_t i = 1; i <= count; ++i) {
    good = good && vocabulary.find("http://snomed.info/sct", std::to_string(i * 7)).id == i;
  }
  CHECK(good);
  CHECK(vocabulary.find("http://snomed.info/sct", "8").id == 0);
}

TEST_CASE("files that are wrong are refused") {
  const Folder folder;
  CHECK_THROWS_AS(view::Vocabulary{folder.path()}, Error);
  folder.write("CONCEPT.csv", "concept_id\tconcept_code\n");
  CHECK_THROWS_AS(view::Vocabulary{folder.path()}, Error);
  folder.write("CONCEPT.csv", concept_header + "one\tA\tSNOMED\tS\t22\t\n");
  CHECK_THROWS_AS(view::Vocabulary{folder.path()}, Error);
  folder.write("CONCEPT.csv", concept_header + "1\tA\n");
  CHECK_THROWS_AS(view::Vocabulary{folder.path()}, Error);
}
