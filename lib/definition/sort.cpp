// SPDX-License-Identifier: Apache-2.0
/// Siblings in the order of the definitions.
#include <algorithm>
#include <limits>
#include <vector>

#include "definition/definitions.hpp"

namespace lhcr::definition {
namespace {

using tree::NodeId;
using tree::Tree;

struct Ranked {
  NodeId node;
  std::uint32_t rank;
};

/// What is not an element comes first (resourceType), what is not known last.
std::uint32_t rank_of(const Tree& tree, const Definitions& definitions, TypeId parent, NodeId id) {
  if (tree[id].is(tree::Flag::meta)) {
    return 0;
  }
  const Child* row = definitions.child(parent, tree[id].name);
  return row != nullptr ? row->order : std::numeric_limits<std::uint32_t>::max();
}

void relink(Tree& tree, NodeId parent, const std::vector<Ranked>& children) {
  NodeId previous = tree::no_node;
  for (const Ranked& child : children) {
    (previous == tree::no_node ? tree[parent].child : tree[previous].next) = child.node;
    previous = child.node;
  }
  tree[previous].next = tree::no_node;
}

void sort_one(Tree& tree, const Definitions& definitions, NodeId parent,
              std::vector<Ranked>& children) {
  children.clear();
  bool sorted = true;
  for (const NodeId at : tree.children(parent)) {
    const std::uint32_t rank = rank_of(tree, definitions, tree[parent].type, at);
    sorted = sorted && (children.empty() || children.back().rank <= rank);
    children.push_back({at, rank});
  }
  if (!sorted) {
    std::stable_sort(children.begin(), children.end(), [](const Ranked& left, const Ranked& right) {
      return left.rank < right.rank;
    });
    relink(tree, parent, children);
  }
}

}  // namespace

void sort_children(Tree& tree, const Definitions& definitions) {
  std::vector<Ranked> children;
  for (NodeId at = tree::root_node; at < tree.size(); ++at) {
    // Elements of unknown types, among them mixed text, keep their order.
    if (tree[at].child != tree::no_node && tree[at].type != no_type) {
      sort_one(tree, definitions, at, children);
    }
  }
}

}  // namespace lhcr::definition
