// SPDX-License-Identifier: Apache-2.0
/// Parts of CDA: one element of a document alone.
#pragma once

#include <string>

#include "format/cda/cda.hpp"

namespace lhcr::format {

/// Appends the element `node` as a document of its own: with the namespaces it needs, in one line.
void write_cda_alone(const tree::Tree& tree, tree::NodeId node, std::string& out);

}  // namespace lhcr::format
