// SPDX-License-Identifier: Apache-2.0
#include "tree/tree.hpp"

#include <algorithm>

#include "base/names.hpp"

namespace lhcr::tree {

void NodeList::grow() {
  constexpr std::size_t first = 256;
  const std::size_t capacity = std::max(capacity_ * 2, first);
  // NOLINTNEXTLINE(bugprone-suspicious-realloc-usage): the old piece stays owned when there is no
  // larger one
  void* const larger = std::realloc(nodes_.get(), capacity * sizeof(Node));
  if (larger == nullptr) {
    throw std::bad_alloc();
  }
  static_cast<void>(nodes_.release());
  nodes_.reset(static_cast<Node*>(larger));
  capacity_ = capacity;
}

void NodeList::release() {
  nodes_.reset();
  size_ = capacity_ = 0;
  add();
}

void Tree::release_nodes() {
  constexpr std::size_t much = std::size_t{1} << 16U;
  if (nodes_.size() > much) {
    nodes_.release();
  }
}

void Tree::clear() {
  nodes_.shrink(1);
  arena_.clear();
  names_.clear();
  source_ = {};
  kinds_open_ = false;
}

NodeId Tree::child(NodeId id, Symbol element) const noexcept {
  for (const NodeId at : children(id)) {
    if (nodes_[at].element == element) {
      return at;
    }
  }
  return no_node;
}

std::string_view Tree::resource_type(NodeId id) const noexcept {
  if (!nodes_[id].is(Flag::resource)) {
    return {};
  }
  for (const NodeId at : children(id)) {
    if (nodes_[at].is(Flag::meta) && nodes_[at].name == name::resource_type) {
      return nodes_[at].text();
    }
  }
  return {};
}

NodeId Tree::enclosing_resource(NodeId id) const noexcept {
  while (nodes_[id].parent != no_node && !nodes_[id].is(Flag::resource)) {
    id = nodes_[id].parent;
  }
  return id;
}

NodeId Tree::append(NodeId parent, const Node& node) {
  NodeId last = no_node;
  for (const NodeId at : children(parent)) {
    last = at;
  }
  return insert(parent, last, node);
}

Builder::Builder(Tree& tree) : tree_(tree) {
  tree_.clear();
  const NodeId root = tree_.insert(no_node, no_node, Node{});
  tree_[no_node] = Node{};
  stack_.push_back({root, no_node});
}

Builder::Builder(Tree& tree, NodeId parent) : tree_(tree) {
  reopen(parent);
}

NodeId Builder::open(const Node& node) {
  const NodeId id = leaf(node);
  stack_.push_back({id, no_node});
  return id;
}

void Builder::close() {
  stack_.pop_back();
}

NodeId Builder::leaf(const Node& node) {
  Level& level = stack_.back();
  level.last = tree_.insert(level.node, level.last, node);
  return level.last;
}

void Builder::reopen(NodeId node) {
  stack_.push_back({node, last_child(node)});
}

NodeId Builder::last_child(NodeId node) const {
  NodeId last = no_node;
  for (const NodeId at : tree_.children(node)) {
    last = at;
  }
  return last;
}

}  // namespace lhcr::tree
