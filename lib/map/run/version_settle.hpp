// SPDX-License-Identifier: Apache-2.0
/// What one FHIR version allows in an element that both have, and the other does not: targets of
/// references, codes of required bindings, the number 0.
#pragma once

#include <unordered_set>

#include "map/model.hpp"
#include "map/run/version.hpp"

namespace lhcr::map {

/// Nodes of the target that are again what they were before another conversion.
using Restored = std::unordered_set<tree::NodeId>;

/// Goes over a tree that was written for the version that `versions` says, and is typed as such.
/// A reference whose target its element does not allow there moves into HL7's extension
/// alternate-reference, and out of it where it is allowed. A code that is not in the required value
/// set becomes the one that the concepts `version-codes` say; what it was, when that cannot be said
/// back, or a value that has no other, becomes the extension that stands for an element of the
/// other version; a target that only the version written allows has the reference as it was beside
/// it. What is `restored` stays. Linear.
void settle_version(const Map& map, const Versions& versions, const Restored& restored,
                    tree::Tree& tree);

/// Whether the definitions say of an element of a type that it is a modifier.
[[nodiscard]] bool is_modifier(const definition::Definitions& definitions, definition::TypeId type,
                               Symbol name);

}  // namespace lhcr::map
