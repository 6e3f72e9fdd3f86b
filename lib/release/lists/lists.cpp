// SPDX-License-Identifier: Apache-2.0
#include "release/lists/lists.hpp"

#include <algorithm>
#include <array>

namespace lhcr::release {
namespace {

struct Row {
  std::array<Kind, 3> kinds;
  ListReader read;
};
constexpr std::array readers = {
    Row{{Kind::icd10, Kind::icd10, Kind::icd10}, read_icd10},
    Row{{Kind::opcs4, Kind::opcs4, Kind::opcs4}, read_opcs4},
    Row{{Kind::read_map, Kind::read_map, Kind::read_map}, read_read_map},
    Row{{Kind::ctv3_map, Kind::ctv3_map, Kind::ctv3_map}, read_ctv3_map},
    Row{{Kind::ods_xml, Kind::ods_csv, Kind::ods_csv}, read_ods},
    Row{{Kind::loinc, Kind::loinc, Kind::loinc}, read_loinc},
    Row{{Kind::athena_concept, Kind::athena_relationship, Kind::athena_vocabulary}, read_athena},
    Row{{Kind::dmd, Kind::dmd, Kind::dmd}, read_dmd},
};

}  // namespace

void add_lists(const std::vector<SourceFile>& files, const std::string& folder, Notes& notes,
               std::vector<Added>& added) {
  for (const Row& row : readers) {
    std::vector<const SourceFile*> own;
    for (const SourceFile& file : files) {
      if (std::find(row.kinds.begin(), row.kinds.end(), file.kind) != row.kinds.end()) {
        own.push_back(&file);
      }
    }
    if (own.empty()) {
      continue;
    }
    ListBuilder list;
    ListName name = row.read(own, list, notes);
    if (list.size() > 0) {
      added.push_back(list.write(folder, std::move(name)));
    }
  }
  for (const SourceFile& file : files) {
    if (file.kind != Kind::fhir) {
      continue;
    }
    ListBuilder list;
    ListName name = read_code_system(file, list, notes);
    if (list.size() > 0) {
      added.push_back(list.write(folder, std::move(name)));
    }
  }
}

}  // namespace lhcr::release
