// SPDX-License-Identifier: Apache-2.0
/// Short ways to children of nodes.
#pragma once

#include <string_view>
#include <vector>

#include "tree/tree.hpp"

namespace lhcr::validate {

/// The children whose element has the name.
[[nodiscard]] inline std::vector<tree::NodeId> named(const tree::Tree& tree, tree::NodeId node,
                                                     Symbol name) {
  std::vector<tree::NodeId> found;
  for (const tree::NodeId at : tree.children(node)) {
    if (tree[at].element == name) {
      found.push_back(at);
    }
  }
  return found;
}

/// The text of the first child with the element's name, or empty.
[[nodiscard]] inline std::string_view child_text(const tree::Tree& tree, tree::NodeId node,
                                                 Symbol name) {
  const tree::NodeId found = tree.child(node, name);
  return found == tree::no_node ? std::string_view{} : tree[found].text();
}

/// Whether one of the space separated words is `word`; an empty list has every word.
[[nodiscard]] bool has_word(std::string_view words, std::string_view word);

}  // namespace lhcr::validate
