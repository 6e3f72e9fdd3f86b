// SPDX-License-Identifier: Apache-2.0
/// Releases that are lists of codes: one image a code system.
#pragma once

#include <string>
#include <vector>

#include "release/lists/fhir_json.hpp"
#include "release/lists/list_builder.hpp"
#include "release/rows.hpp"

namespace lhcr::release {

/// Adds an image of each list that the files are of. Throws Error{input}.
void add_lists(const std::vector<SourceFile>& files, const std::string& folder,
               const XmlAsJson& xml_as_json, Notes& notes, std::vector<Added>& added);

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

// --- FHIR ---
/// A CodeSystem; without a name when the resource is none.
ListName read_code_system(JsonElement resource, ListBuilder& list);
/// Adds a ValueSet to a list of sets; false when the resource is none.
bool read_value_set(JsonElement resource, ListBuilder& list);
/// Adds a ConceptMap to a list of maps; false when the resource is none.
bool read_concept_map(JsonElement resource, ListBuilder& list);

}  // namespace lhcr::release
