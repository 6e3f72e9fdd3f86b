// SPDX-License-Identifier: Apache-2.0
/// The definition compiler: FHIR packages in, one image out. Serves the build and packages given at
/// run time alike.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lhcr::definition::compiler {

/// Compiles packages (tarballs or folders), the most important first: of resources with the same
/// canonical, the one of the earlier package is found without a version. Equal packages give equal
/// bytes. Throws Error{input}.
[[nodiscard]] std::vector<std::byte> compile(const std::vector<std::string>& packages);

}  // namespace lhcr::definition::compiler
