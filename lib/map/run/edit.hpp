// SPDX-License-Identifier: Apache-2.0
/// Changes to a tree that is written already. Texts must outlive the tree or be in its arena.
#pragma once

#include <string_view>

#include "tree/tree.hpp"

namespace lhcr::map {

/// A last child; without text an empty object.
tree::NodeId append_node(tree::Tree& tree, tree::NodeId parent, Symbol name,
                         std::string_view text = {});
/// An extension, to which the caller adds the value.
tree::NodeId append_extension(tree::Tree& tree, tree::NodeId node, std::string_view url);
/// Takes a node from its parent; it stays in the tree's store.
void remove_node(tree::Tree& tree, tree::NodeId node);
/// A node that hangs nowhere becomes the last child of `parent`.
void move_node(tree::Tree& tree, tree::NodeId parent, tree::NodeId node);
void replace_text(tree::Tree& tree, tree::NodeId node, std::string_view text);

}  // namespace lhcr::map
