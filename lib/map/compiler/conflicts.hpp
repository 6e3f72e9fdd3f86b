// SPDX-License-Identifier: Apache-2.0
/// Rows of a block that write one place.
#pragma once

#include <vector>

#include "map/model.hpp"

namespace lhcr::map {

/// Two rows that both fill a place which one value has: the second would be lost, or melt into the
/// first. Throws Error{input} with the second one's place. `written`: the rows as written, in the
/// order of `rows`.
void refuse_conflicts(const std::vector<Row>& rows, const std::vector<const SourceRow*>& written);

/// Between FHIR versions a block behind one that takes every resource of its type would never run.
/// `before`: those of the same type that come first, of the map `name`. Throws Error{input} with
/// the block's place.
void refuse_shadowed(const Source& source, std::string_view name, const Block& block,
                     const std::vector<const Block*>& before);

}  // namespace lhcr::map
