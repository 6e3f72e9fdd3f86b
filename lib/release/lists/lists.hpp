// SPDX-License-Identifier: Apache-2.0
/// Releases that are lists of codes: one image a code system.
#pragma once

#include <string>
#include <vector>

#include "release/lists/list_builder.hpp"
#include "release/rows.hpp"

namespace lhcr::release {

/// Adds an image of each list that the files are of. Throws Error{input}.
void add_lists(const std::vector<SourceFile>& files, const std::string& folder, Notes& notes,
               std::vector<Added>& added);

/// The reader of one kind of file; returns what its list is called.
using ListReader = ListName (*)(const std::vector<const SourceFile*>& files, ListBuilder& list,
                                Notes& notes);
ListName read_icd10(const std::vector<const SourceFile*>& files, ListBuilder& list, Notes& notes);
ListName read_opcs4(const std::vector<const SourceFile*>& files, ListBuilder& list, Notes& notes);
ListName read_read_map(const std::vector<const SourceFile*>& files, ListBuilder& list,
                       Notes& notes);
ListName read_ctv3_map(const std::vector<const SourceFile*>& files, ListBuilder& list,
                       Notes& notes);
ListName read_ods(const std::vector<const SourceFile*>& files, ListBuilder& list, Notes& notes);
ListName read_loinc(const std::vector<const SourceFile*>& files, ListBuilder& list, Notes& notes);
ListName read_athena(const std::vector<const SourceFile*>& files, ListBuilder& list, Notes& notes);
ListName read_dmd(const std::vector<const SourceFile*>& files, ListBuilder& list, Notes& notes);
/// One CodeSystem of FHIR in JSON.
ListName read_code_system(const SourceFile& file, ListBuilder& list, Notes& notes);

}  // namespace lhcr::release
