// SPDX-License-Identifier: Apache-2.0
/// The second half of a primitive in FHIR JSON.
#pragma once

#include <string>

#include "format/format.hpp"

namespace lhcr::format {

/// Appends what JSON writes into `_name` for the primitive at `node`: an object with its id and
/// extensions, or null.
void write_json_part(const tree::Tree& tree, tree::NodeId node, const WriteStyle& style,
                     std::string& out);

}  // namespace lhcr::format
