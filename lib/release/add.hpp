// SPDX-License-Identifier: Apache-2.0
/// From files of releases to images.
#pragma once

#include <string>
#include <vector>

#include "release/notes.hpp"
#include "release/snomed/snomed.hpp"

namespace lhcr::release {

/// Makes an image of each code system that the files are of: all of SNOMED CT's packages become one
/// edition. Throws Error{input} when a file cannot be read or none is of a release.
[[nodiscard]] std::vector<Added> add_releases(const std::vector<std::string>& paths,
                                              const std::string& folder, Notes& notes);

}  // namespace lhcr::release
