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

/// The same by the element's name, for who asks once: a name that no record and no definition has
/// is looked up in vain.
[[nodiscard]] inline NodeId child_node(const Tree& tree, NodeId node, std::string_view name) {
  const Symbol symbol = tree.find(name);
  return symbol == no_symbol || node == no_node ? no_node : tree.child(node, symbol);
}
[[nodiscard]] inline std::string_view child_text(const Tree& tree, NodeId node,
                                                 std::string_view name) {
  const NodeId found = child_node(tree, node, name);
  return found == no_node ? std::string_view{} : tree[found].text();
}

}  // namespace lhcr::tree
