// SPDX-License-Identifier: Apache-2.0
/// What people call a resource, and values in short.
#pragma once

#include <cstddef>
#include <string>

#include "diff/rules.hpp"
#include "record/references.hpp"
#include "tree/tree.hpp"

namespace lhcr::diff {

/// Bytes of a value in a report; what is longer is cut.
inline constexpr std::size_t longest_text = 120;

/// A value on one line: "Agnes Thornbury", "84.0 kg", "Penicillin"; JSON where rules.def knows no
/// better; cut with an ellipsis.
[[nodiscard]] std::string short_text(const tree::Tree& tree, tree::NodeId node, const Rules& rules);

/// JSON of a node, of the `_name` part of one without a value; empty for no_node.
[[nodiscard]] std::string json_of(const tree::Tree& tree, tree::NodeId node);

/// Whether the short text of the value `around` a node says what the node says.
[[nodiscard]] bool is_told(const tree::Tree& tree, tree::NodeId node, tree::NodeId around,
                           const Rules& rules);

/// What a resource is about ("Penicillin"), may be empty.
[[nodiscard]] std::string label_of(const tree::Tree& tree, tree::NodeId resource,
                                   const Rules& rules);

/// What a resource says ("84.0 kg"), when that was, and whom it is about; each may be empty.
struct Gist {
  std::string value;
  std::string date;
  std::string who;
};
/// `references`: of the record that holds the resource.
[[nodiscard]] Gist gist_of(const tree::Tree& tree, tree::NodeId resource, const Rules& rules,
                           record::References& references);

}  // namespace lhcr::diff
