// SPDX-License-Identifier: Apache-2.0
/// Short ways to children of nodes.
#pragma once

#include <string_view>
#include <vector>

#include "tree/tree.hpp"

namespace lhcr::tree {

/// The children whose element has the name.
[[nodiscard]] inline std::vector<NodeId> named(const Tree& tree, NodeId node, Symbol name) {
  std::vector<NodeId> found;
  for (const NodeId at : tree.children(node)) {
    if (tree[at].element == name) {
      found.push_back(at);
    }
  }
  return found;
}

/// The text of the first child with the element's name, or empty.
[[nodiscard]] inline std::string_view child_text(const Tree& tree, NodeId node, Symbol name) {
  const NodeId found = tree.child(node, name);
  return found == no_node ? std::string_view{} : tree[found].text();
}

}  // namespace lhcr::tree
