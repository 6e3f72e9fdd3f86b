// SPDX-License-Identifier: Apache-2.0
#include "validate/resource/form.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "tree/nodes.hpp"

namespace lhcr::validate {

using tree::no_node;
using tree::NodeId;

Form::Form(const tree::Tree& tree, NodeId root) : tree_(tree), root_(root) {
  index(root);
}

void Form::index(NodeId node) {
  for (const NodeId item : named(tree_, node, name::item)) {
    items_.emplace(text(item, name::link_id), item);
    index(item);
  }
}

std::string_view Form::text(NodeId item, Symbol name) const {
  return child_text(tree_, item, name);
}

std::vector<NodeId> Form::all(NodeId item, Symbol name) const {
  return all_named(tree_, item, name);
}

NodeId Form::item(std::string_view link_id) const {
  const auto found = items_.find(link_id);
  return found == items_.end() ? no_node : found->second;
}

NodeId Form::common(NodeId left, NodeId right) const {
  std::vector<NodeId> above;
  for (NodeId at = left; at != root_ && at != no_node; at = tree_[at].parent) {
    above.push_back(at);
  }
  for (NodeId at = right; at != root_ && at != no_node; at = tree_[at].parent) {
    if (std::find(above.begin(), above.end(), at) != above.end()) {
      return at;
    }
  }
  return root_;
}

std::vector<NodeId> Form::extensions(NodeId item, std::string_view url) const {
  std::vector<NodeId> found;
  for (const NodeId at : named(tree_, item, name::extension)) {
    const NodeId value = text(at, name::url) == url ? tree_.child(at, name::value) : no_node;
    if (value != no_node) {
      found.push_back(value);
    }
  }
  return found;
}

std::string_view Form::extension_text(NodeId item, std::string_view url) const {
  const std::vector<NodeId> found = extensions(item, url);
  return found.empty() ? std::string_view{} : tree_[found.front()].text();
}

std::vector<NodeId> Form::options(NodeId item) const {
  std::vector<NodeId> found = all_named(tree_, item, name::answer_option);
  return found.empty() ? all_named(tree_, item, name::option) : found;
}

std::string_view Form::value_set(NodeId item) const {
  const std::string_view canonical = text(item, name::answer_value_set);
  const NodeId options = tree_.child(item, name::options);
  return canonical.empty() && options != no_node ? text(options, name::reference) : canonical;
}

NodeId Form::contained(std::string_view id) const {
  for (const NodeId at : named(tree_, root_, name::contained)) {
    if (text(at, name::id) == id) {
      return at;
    }
  }
  // A contained form shares its container's resources.
  const NodeId parent = tree_[root_].parent;
  for (const NodeId at : named(tree_, parent, name::contained)) {
    if (text(at, name::id) == id) {
      return at;
    }
  }
  return no_node;
}

}  // namespace lhcr::validate
