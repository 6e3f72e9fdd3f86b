// SPDX-License-Identifier: Apache-2.0
/// FHIRPath locations of nodes.
#include <algorithm>
#include <cctype>
#include <vector>

#include "tree/tree.hpp"

namespace lhcr::tree {
namespace {

/// How many siblings of the same element stand before `id`.
std::size_t index_of(const Tree& tree, NodeId id) {
  std::size_t index = 0;
  for (const NodeId at : tree.children(tree[id].parent)) {
    if (at == id) {
      break;
    }
    index += tree[at].name == tree[id].name ? 1U : 0U;
  }
  return index;
}

bool repeats(const Tree& tree, NodeId id) {
  if (tree[id].is(Flag::list)) {
    return true;
  }
  const NodeId next = tree[id].next;
  return (next != no_node && tree[next].name == tree[id].name) || index_of(tree, id) > 0;
}

// Complex type names begin with a capital and primitive ones do not, and both lose the difference in the suffix.
std::string choice_type(const Tree& tree, NodeId id) {
  const Node& node = tree[id];
  std::string type(tree.name(node.name).substr(tree.name(node.element).size()));
  if (node.kind != Kind::object && !type.empty()) {
    type[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(type[0])));
  }
  return type;
}

void append_step(const Tree& tree, NodeId id, std::string& path) {
  const Node& node = tree[id];
  path += '.';
  path += tree.name(node.element != no_symbol ? node.element : node.name);
  if (node.is(Flag::choice)) {
    path += ".ofType(" + choice_type(tree, id) + ")";
  }
  if (repeats(tree, id)) {
    path += '[' + std::to_string(index_of(tree, id)) + ']';
  }
}

}  // namespace

std::string path_of(const Tree& tree, NodeId id) {
  std::vector<NodeId> steps;
  for (; id != no_node && tree[id].parent != no_node; id = tree[id].parent) {
    steps.push_back(id);
  }
  std::string path(tree.empty() ? std::string_view{} : tree.resource_type(root_node));
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    append_step(tree, *step, path);
  }
  if (!path.empty() && path.front() == '.') {
    path.erase(0, 1);
  }
  return path;
}

}  // namespace lhcr::tree
