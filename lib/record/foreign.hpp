// SPDX-License-Identifier: Apache-2.0
/// What a record is that is neither FHIR nor CDA: named as what it is, in one finding.
#pragma once

#include <optional>

#include "definition/definitions.hpp"
#include "finding/finding.hpp"
#include "format/format.hpp"
#include "record/kind.hpp"
#include "tree/tree.hpp"

namespace lhcr::record {

/// Says so when the beginning of a record that is taken for `kind`, or its outermost XML element,
/// shows that it is something else. Whether it is well-formed is not looked at.
[[nodiscard]] std::optional<finding::Finding> foreign(const format::Record& record, Kind kind,
                                                      const definition::Library& library);

/// The same for JSON that has been read: an object without resourceType.
[[nodiscard]] std::optional<finding::Finding> foreign(const tree::Tree& tree);

}  // namespace lhcr::record
