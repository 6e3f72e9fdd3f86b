// SPDX-License-Identifier: Apache-2.0
/// From the files of one or several SNOMED CT packages to one image.
#pragma once

#include <string>
#include <vector>

#include "release/source.hpp"

namespace lhcr::release {

/// What was added.
struct Added {
  std::string name;     ///< of the image: "snomed"
  std::string version;  ///< "20260826"
  std::string path;
  std::vector<std::string> lines;  ///< what it holds, for people
};

/// Makes an image in `folder` of the files that are Kind::rf2; Snapshot files count, Full ones when
/// there is no Snapshot. Throws Error{input} when there are no concepts.
[[nodiscard]] Added add_snomed(const std::vector<SourceFile>& files, const std::string& folder,
                               Notes& notes);

}  // namespace lhcr::release
