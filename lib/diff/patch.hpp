// SPDX-License-Identifier: Apache-2.0
/// Scripts as patches that servers take: RFC 6902 JSON Patch and FHIRPath Patch (FHIR R4, 3.1.0.8).
#pragma once

#include <span>
#include <string>

#include "diff/diff.hpp"
#include "tree/paths.hpp"

namespace lhcr::diff {

/// What a script is about; both records begin at the roots of their trees.
struct Script {
  Record left;
  Record right;
  std::span<const Change> changes;
};

/// The JSON Pointer (RFC 6901) of a node in the JSON form of its record; the value of a primitive,
/// not its `_name`.
[[nodiscard]] std::string json_pointer(tree::Paths& paths, tree::NodeId node);

/// Appends a JSON array of operations for the JSON form of the left record, one a line.
void write_json_patch(const Script& script, std::string& out);

/// Fills `parameters` with a FHIRPath Patch, typed. Throws Error{usage} when a change cannot be
/// said in one (another resource type).
void make_fhirpath_patch(const Script& script, const definition::Definitions& definitions,
                         tree::Tree& parameters);

/// Copies a node and what is below it behind `previous` (no_node: as first child of `parent`).
/// Text stays where it is: it must outlive the copy.
tree::NodeId copy_node(const tree::Tree& from, tree::NodeId node, tree::Tree& to,
                       tree::NodeId parent, tree::NodeId previous);

}  // namespace lhcr::diff
