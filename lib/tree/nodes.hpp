// SPDX-License-Identifier: Apache-2.0
/// Short ways to children of nodes.
#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>
#include <vector>

#include "tree/tree.hpp"

namespace lhcr::tree {

/// The children whose element has the name, for a range-for: walked while they are asked for, so
/// that nodes may not be unlinked meanwhile.
class NamedChildren {
 public:
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = NodeId;
    using difference_type = std::ptrdiff_t;
    using pointer = const NodeId*;
    using reference = NodeId;
    iterator() = default;
    iterator(const Tree& tree, NodeId id, Symbol name) : tree_(&tree), id_(id), name_(name) {
      settle();
    }
    NodeId operator*() const noexcept { return id_; }
    iterator& operator++() noexcept {
      id_ = (*tree_)[id_].next;
      settle();
      return *this;
    }
    iterator operator++(int) noexcept {
      const iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const iterator& other) const noexcept { return id_ == other.id_; }

   private:
    void settle() noexcept {
      while (id_ != no_node && (*tree_)[id_].element != name_) id_ = (*tree_)[id_].next;
    }

    const Tree* tree_ = nullptr;
    NodeId id_ = no_node;
    Symbol name_ = no_symbol;
  };
  NamedChildren(const Tree& tree, NodeId node, Symbol name)
      : tree_(tree), node_(node), name_(name) {}
  [[nodiscard]] iterator begin() const noexcept { return {tree_, tree_[node_].child, name_}; }
  [[nodiscard]] iterator end() const noexcept { return {}; }

 private:
  const Tree& tree_;
  NodeId node_;
  Symbol name_;
};

[[nodiscard]] inline NamedChildren named(const Tree& tree, NodeId node, Symbol name) {
  return {tree, node, name};
}

/// The same as a list, for who counts them or changes the tree meanwhile.
[[nodiscard]] inline std::vector<NodeId> all_named(const Tree& tree, NodeId node, Symbol name) {
  const NamedChildren children = named(tree, node, name);
  return {children.begin(), children.end()};
}

/// Whether a node is `top` or stands below it.
[[nodiscard]] inline bool is_within(const Tree& tree, NodeId node, NodeId top) noexcept {
  while (node != no_node && node != top) node = tree[node].parent;
  return node == top;
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
