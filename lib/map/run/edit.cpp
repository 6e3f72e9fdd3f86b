// SPDX-License-Identifier: Apache-2.0
#include "map/run/edit.hpp"

#include "base/names.hpp"

namespace lhcr::map {

using tree::NodeId;
using tree::Tree;

NodeId append_node(Tree& tree, NodeId parent, Symbol name, std::string_view text) {
  tree::Node made;
  made.name = made.element = name;
  made.flags = tree::Flag::generated;
  if (!text.empty()) {
    made.kind = tree::Kind::string;
    made.bytes = text.data();
    made.length = static_cast<std::uint32_t>(text.size());
  }
  return tree.append(parent, made);
}

NodeId append_extension(Tree& tree, NodeId node, std::string_view url) {
  const NodeId extension = append_node(tree, node, name::extension);
  append_node(tree, extension, name::url, url);
  return extension;
}

void remove_node(Tree& tree, NodeId node) {
  const NodeId parent = tree[node].parent;
  if (tree[parent].child == node) {
    tree[parent].child = tree[node].next;
    return;
  }
  for (const NodeId child : tree.children(parent)) {
    if (tree[child].next == node) {
      tree[child].next = tree[node].next;
      return;
    }
  }
}

void move_node(Tree& tree, NodeId parent, NodeId node) {
  tree[node].parent = parent;
  tree[node].next = tree::no_node;
  NodeId last = tree[parent].child;
  if (last == tree::no_node) {
    tree[parent].child = node;
    return;
  }
  while (tree[last].next != tree::no_node) {
    last = tree[last].next;
  }
  tree[last].next = node;
}

void replace_text(Tree& tree, NodeId node, std::string_view text) {
  tree[node].bytes = text.data();
  tree[node].length = static_cast<std::uint32_t>(text.size());
}

}  // namespace lhcr::map
