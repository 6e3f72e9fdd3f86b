// SPDX-License-Identifier: Apache-2.0
#include "release/add.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "release/lists/lists.hpp"

namespace lhcr::release {

std::vector<Added> add_releases(const std::vector<std::string>& paths, const std::string& folder,
                                const XmlAsJson& xml_as_json, Notes& notes) {
  const std::vector<SourceFile> files = find_files(paths, notes);
  std::vector<Added> added;
  const bool snomed = std::any_of(files.begin(), files.end(),
                                  [](const SourceFile& file) { return file.kind == Kind::rf2; });
  if (snomed) {
    added.push_back(add_snomed(files, folder, notes));
  }
  add_lists(files, folder, xml_as_json, notes, added);
  if (added.empty()) {
    throw Error(ErrorKind::input,
                "none of these files is of a release that is known: SNOMED CT RF2, dm+d, ICD-10, "
                "OPCS-4, NHS Data Migration, ODS, LOINC, OMOP Athena, FHIR CodeSystem, "
                "ValueSet, ConceptMap");
  }
  return added;
}

}  // namespace lhcr::release
