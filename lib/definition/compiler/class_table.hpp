// SPDX-License-Identifier: Apache-2.0
/// The classes of CDA as the source file of definition/cda_class_rows.hpp.
#pragma once

#include <string>
#include <vector>

namespace lhcr::definition::compiler {

/// Source text made of the tables at `paths`, in their order (cda_model.hpp). Throws Error{input}
/// for a file that cannot be read.
[[nodiscard]] std::string class_table(const std::vector<std::string>& paths);

}  // namespace lhcr::definition::compiler
