// SPDX-License-Identifier: Apache-2.0
/// Parts of CDA: what one class of the model has, one element of a document alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "format/cda/cda.hpp"

namespace lhcr::format {

/// The names of the elements of a class, in no order.
[[nodiscard]] std::vector<std::string_view> cda_children(CdaClassId parent);

/// Appends the element `node` as a document of its own: with the namespaces it needs, in one line.
void write_cda_alone(const tree::Tree& tree, tree::NodeId node, std::string& out);

}  // namespace lhcr::format
