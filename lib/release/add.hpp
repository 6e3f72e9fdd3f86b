// SPDX-License-Identifier: Apache-2.0
/// From files of releases to images.
#pragma once

#include <string>
#include <vector>

#include "release/lists/fhir_json.hpp"
#include "release/notes.hpp"
#include "release/snomed/snomed.hpp"

namespace lhcr::release {

/// Makes an image of each code system that the files are of: all of SNOMED CT's packages become one
/// edition. `xml_as_json` is for resources of FHIR. Throws Error{input} when a file cannot be read
/// or none is of a release.
[[nodiscard]] std::vector<Added> add_releases(const std::vector<std::string>& paths,
                                              const std::string& folder,
                                              const XmlAsJson& xml_as_json, Notes& notes);

}  // namespace lhcr::release
