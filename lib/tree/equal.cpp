// SPDX-License-Identifier: Apache-2.0
/// Equality of subtrees. Siblings are grouped by name with a stable sort, so that wide nodes cost n
/// log n.
#include <algorithm>
#include <utility>
#include <vector>

#include "tree/tree.hpp"

namespace lhcr::tree {
namespace {

using NamedNode = std::pair<std::string_view, NodeId>;

std::vector<NamedNode> grouped_children(const Tree& tree, NodeId id) {
  std::vector<NamedNode> children;
  for (const NodeId at : tree.children(id)) {
    children.emplace_back(tree.name_of(at), at);
  }
  std::stable_sort(children.begin(), children.end(),
                   [](const NamedNode& a, const NamedNode& b) { return a.first < b.first; });
  return children;
}

bool same_value(const Node& left, const Node& right) {
  constexpr unsigned compared = Flag::attribute | Flag::list | Flag::meta;
  return left.kind == right.kind && left.text() == right.text() &&
         (left.flags & compared) == (right.flags & compared);
}

using NodePair = std::pair<NodeId, NodeId>;

/// Pushes the pairs of children to compare; false when the two nodes have not the same names in the
/// same numbers.
bool pair_children(const Tree& left, const Tree& right, NodePair pair,
                   std::vector<NodePair>& todo) {
  const auto lefts = grouped_children(left, pair.first);
  const auto rights = grouped_children(right, pair.second);
  const bool same =
      std::equal(lefts.begin(), lefts.end(), rights.begin(), rights.end(),
                 [](const NamedNode& a, const NamedNode& b) { return a.first == b.first; });
  if (!same) {
    return false;
  }
  for (std::size_t at = lefts.size(); at-- > 0;) {
    todo.emplace_back(lefts[at].second, rights[at].second);
  }
  return true;
}

/// The left node where the trees first differ, or no_node.
NodeId differing_node(const Tree& left, NodeId left_id, const Tree& right, NodeId right_id) {
  std::vector<NodePair> todo{{left_id, right_id}};
  while (!todo.empty()) {
    const NodePair pair = todo.back();
    todo.pop_back();
    if (!same_value(left[pair.first], right[pair.second]) ||
        !pair_children(left, right, pair, todo)) {
      return pair.first;
    }
  }
  return no_node;
}

}  // namespace

bool equal(const Tree& left, NodeId left_id, const Tree& right, NodeId right_id) {
  return differing_node(left, left_id, right, right_id) == no_node;
}

std::string first_difference(const Tree& left, NodeId left_id, const Tree& right, NodeId right_id) {
  const NodeId node = differing_node(left, left_id, right, right_id);
  if (node == no_node) {
    return {};
  }
  const std::string path = path_of(left, node);
  return path.empty() ? "(root)" : path;
}

}  // namespace lhcr::tree
