// SPDX-License-Identifier: Apache-2.0
/// FHIRPath locations of nodes.
#include <algorithm>
#include <unordered_map>

#include "base/ascii.hpp"
#include "tree/paths.hpp"

namespace lhcr::tree {
namespace {

// Complex type names begin with a capital and primitive ones do not, and both lose the difference
// in the suffix.
std::string choice_type(const Tree& tree, NodeId id) {
  const Node& node = tree[id];
  std::string type(tree.name(node.name).substr(tree.name(node.element).size()));
  if (node.kind != Kind::object && !type.empty()) {
    type[0] = small_letter(type[0]);
  }
  return type;
}

}  // namespace

std::size_t Paths::index_of(NodeId id) {
  // Among a few siblings counting is less than remembering.
  constexpr int few = 16;
  const Node& node = tree_[id];
  std::size_t index = 0;
  int seen = 0;
  for (NodeId at = tree_[node.parent].child; at != no_node && seen < few;
       at = tree_[at].next, ++seen) {
    ++looked_at_;
    if (at == id) {
      return index;
    }
    index += tree_[at].name == node.name ? 1U : 0U;
  }
  if (seen < few) {
    return index;  // it hangs nowhere
  }
  if (places_.size() <= id || places_[id] == 0) {
    count_children(node.parent);
  }
  return places_[id] - 1U;
}

void Paths::count_children(NodeId parent) {
  places_.resize(std::max<std::size_t>(places_.size(), tree_.size()));
  std::unordered_map<Symbol, std::uint32_t> of_name;
  for (const NodeId at : tree_.children(parent)) {
    ++looked_at_;
    places_[at] = ++of_name[tree_[at].name];
  }
}

void Paths::forget(NodeId parent) noexcept {
  for (const NodeId at : tree_.children(parent)) {
    if (at < places_.size()) {
      places_[at] = 0;
    }
  }
}

std::optional<std::size_t> Paths::place_in_list(NodeId id) {
  const Node& node = tree_[id];
  const std::size_t index = index_of(id);
  const bool repeats = index > 0 || node.is(Flag::list) ||
                       (node.next != no_node && tree_[node.next].name == node.name);
  return repeats ? std::optional(index) : std::nullopt;
}

void Paths::append_step(NodeId id, std::string& path) {
  const Node& node = tree_[id];
  path += '.';
  path += tree_.name(node.element != no_symbol ? node.element : node.name);
  if (node.is(Flag::choice)) {
    path += ".ofType(" + choice_type(tree_, id) + ")";
  }
  if (const auto place = place_in_list(id)) {
    path += '[' + std::to_string(*place) + ']';
  }
}

std::string Paths::of(NodeId id) {
  steps_.clear();
  for (; id != no_node && tree_[id].parent != no_node; id = tree_[id].parent) {
    steps_.push_back(id);
  }
  std::string path(tree_.empty() ? std::string_view{} : tree_.resource_type(root_node));
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    append_step(*step, path);
  }
  if (!path.empty() && path.front() == '.') {
    path.erase(0, 1);
  }
  return path;
}

std::string path_of(const Tree& tree, NodeId id) {
  return Paths(tree).of(id);
}

}  // namespace lhcr::tree
