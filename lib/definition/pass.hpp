// SPDX-License-Identifier: Apache-2.0
/// What the passes that put definitions onto a tree share. For this room only.
#pragma once

#include <cstddef>
#include <span>

#include "definition/definitions.hpp"

namespace lhcr::definition {

/// The next node of the subtree of `top` in document order; no_node at its end.
[[nodiscard]] inline tree::NodeId following(const tree::Tree& tree, tree::NodeId at,
                                            tree::NodeId top) {
  if (tree[at].child != tree::no_node) {
    return tree[at].child;
  }
  while (at != top && tree[at].next == tree::no_node) {
    at = tree[at].parent;
  }
  return at == top ? tree::no_node : tree[at].next;
}

/// The row of `rows`, the children of `parent`, that is written `name`; nullptr when there is none.
/// Records mostly follow the order of the definitions: the row of the previous sibling (`guess`,
/// kept from call to call) or the one after it is tried first.
[[nodiscard]] inline const Child* find_row(const Definitions& definitions, TypeId parent,
                                           std::span<const Child> rows, Symbol name,
                                           std::size_t& guess) {
  for (std::size_t at = guess; at < rows.size() && at < guess + 2; ++at) {
    if (rows[at].written == name) {
      guess = at;
      return &rows[at];
    }
  }
  const Child* const row = definitions.child(parent, name);
  if (row != nullptr) {
    guess = static_cast<std::size_t>(row - rows.data());
  }
  return row;
}

}  // namespace lhcr::definition
