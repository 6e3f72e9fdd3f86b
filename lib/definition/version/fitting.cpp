// SPDX-License-Identifier: Apache-2.0
#include "definition/version/fitting.hpp"

#include <algorithm>
#include <span>

#include "definition/pass.hpp"

namespace lhcr::definition {

using tree::Flag;
using tree::Kind;
using tree::Node;
using tree::NodeId;
using tree::Tree;

bool Fitting::run(const Tree& tree) {
  types_.assign(tree.size(), no_type);
  fits_.assign(tree.size(), NodeFit::unreached);
  misfits_.clear();
  absences_.clear();
  // A child's id is larger than its parent's, so the parent's type is known in time.
  for (NodeId at = tree::root_node; at < tree.size(); ++at) {
    if (types_[at] == no_type && tree[at].is(Flag::resource)) {
      enter_resource(tree, at);
    }
    if (types_[at] != no_type && tree[at].child != tree::no_node) {
      place_children(tree, at);
    }
  }
  return misfits_.empty() && absences_.empty();
}

bool Fitting::lacks(const Absence& absence) const {
  const auto at =
      std::lower_bound(absences_.begin(), absences_.end(), absence.parent,
                       [](const Absence& known, NodeId parent) { return known.parent < parent; });
  return std::any_of(at, absences_.end(), [&](const Absence& known) {
    return known.parent == absence.parent && known.element == absence.element;
  });
}

void Fitting::enter_resource(const Tree& tree, NodeId node) {
  types_[node] = definitions_->type(tree.resource_type(node));
  if (types_[node] == no_type) {
    note(node, NodeFit::lacks_type);
  } else if (fits_[node] == NodeFit::unreached) {
    fits_[node] = NodeFit::fits;
  }
}

void Fitting::place_children(const Tree& tree, NodeId parent) {
  const std::span<const Child> rows = definitions_->children(types_[parent]);
  const Demands& demands = demands_.of(types_[parent]);
  std::uint64_t there = 0;
  std::size_t guess = 0;
  for (NodeId at = tree[parent].child; at != tree::no_node; at = tree[at].next) {
    const Node& node = tree[at];
    if (node.is(Flag::meta) || node.kind == Kind::text) {
      continue;
    }
    const Child* const row = find_row(*definitions_, types_[parent], rows, node.name, guess);
    if (row == nullptr) {
      // A resource is judged by its type, wherever it is.
      if (!node.is(Flag::resource)) note(at, NodeFit::lacks_element);
      continue;
    }
    // The type of a resource is read when the walk comes to it; what is in a value of another shape
    // has none.
    const auto index = static_cast<std::size_t>(row - rows.data());
    there |= demands.required[index];
    NodeFit fit = form(tree, *row, node);
    if (fit == NodeFit::fits && demands.codes[index] != no_value_set && node.length > 0 &&
        definitions_->contains(demands.codes[index], {}, node.text()) == Membership::no &&
        demands_.are_own_codes(types_[parent], *row)) {
      fit = NodeFit::lacks_code;
    }
    const bool later = (row->flags & child_resource) != 0 || fit == NodeFit::wrong_shape;
    types_[at] = later ? no_type : row->type;
    note(at, fit);
  }
  for (std::size_t bit = 0; bit < demands.names.size() && there != demands.all; ++bit) {
    if ((there >> bit & 1U) == 0) absences_.push_back({parent, demands.names[bit]});
  }
}

NodeFit Fitting::form(const Tree& tree, const Child& row, const Node& node) const {
  const bool list = (row.flags & child_list) != 0;
  const bool primitive = definitions_->info(row.type).kind == TypeKind::primitive;
  if (!tree.kinds_are_open()) {
    if (primitive != (node.kind != Kind::object)) return NodeFit::wrong_shape;
    return list != node.is(Flag::list) ? NodeFit::wrong_list : NodeFit::fits;
  }
  // XML shows a value where there is one, and a list where there are several.
  if (!primitive && node.kind != Kind::object) return NodeFit::wrong_shape;
  const bool several = node.next != tree::no_node && tree[node.next].name == node.name;
  return several && !list ? NodeFit::wrong_list : NodeFit::fits;
}

void Fitting::note(NodeId node, NodeFit fit) {
  fits_[node] = fit;
  if (fit != NodeFit::fits) {
    misfits_.push_back(node);
  }
}

}  // namespace lhcr::definition
