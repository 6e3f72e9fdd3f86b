// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "finding/id.hpp"
#include "format/json/json_walker.hpp"

namespace lhcr::format {

using finding::Id;
using finding::id;
using tree::Kind;
using tree::no_node;
using tree::Node;
using tree::NodeId;

void PartFolder::fold(NodeId object, std::span<ExtensionPart> parts, NodeId& last) {
  groups_.clear();
  Symbol previous = no_symbol;
  for (const NodeId child : tree_.children(object)) {
    if (tree_[child].name != previous) {
      previous = tree_[child].name;
      groups_.emplace_back(previous, child);
    }
  }
  std::sort(groups_.begin(), groups_.end());
  // Backwards, so that two parts without element that follow the same sibling keep their order.
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    const NodeId element = find_group(part->name);
    if (element != no_node) {
      merge(element, *part, last);
    } else {
      place(object, part->before, part->head, last);
    }
  }
}

NodeId PartFolder::find_group(Symbol name) const {
  const auto found = std::lower_bound(groups_.begin(), groups_.end(), Group{name, no_node});
  return found != groups_.end() && found->first == name ? found->second : no_node;
}

void PartFolder::give_children(NodeId from, NodeId to) {
  tree_[to].child = tree_[from].child;
  tree_[to].flags =
      static_cast<std::uint8_t>(tree_[to].flags | (tree_[from].flags & tree::extended));
  for (const NodeId child : tree_.children(to)) {
    tree_[child].parent = to;
  }
  tree_[from].child = no_node;
}

void PartFolder::merge(NodeId element, const ExtensionPart& part, NodeId& last) {
  if (part.head == no_node) {
    return;
  }
  const Symbol name = tree_[element].name;
  const Place where{element, no_symbol};
  if (tree_[element].is(tree::list) != part.array) {
    issues_.add(id<"json-extension-part">, where, part.offset,
                {std::string(tree_.name(name)), "one is an array and the other is not"});
  }
  NodeId from = part.head;
  NodeId to = element;
  for (; from != no_node; from = tree_[from].next) {
    if (tree_[to].kind != Kind::object) {
      give_children(from, to);
    } else if (tree_[from].child != no_node) {
      issues_.add(id<"json-extension-part">, {to, no_symbol}, part.offset,
                  {std::string(tree_.name(name)), "it is not a primitive"});
    }
    const NodeId next = tree_[to].next;
    if (next == no_node || tree_[next].name != name) {
      break;
    }
    to = next;
  }
  const bool longer = from != no_node && tree_[from].next != no_node;
  if (longer) {
    place(tree_[to].parent, to, tree_[from].next, last);
  }
  if (part.array && (longer || from == no_node)) {
    issues_.add(id<"json-extension-length">, where, part.offset, {std::string(tree_.name(name))});
  }
}

void PartFolder::place(NodeId object, NodeId after, NodeId head, NodeId& last) {
  if (head == no_node) {
    return;
  }
  NodeId tail = head;
  for (NodeId at = head; at != no_node; at = tree_[at].next) {
    tree_[at].kind = Kind::null;
    tail = at;
  }
  NodeId& link = after == no_node ? tree_[object].child : tree_[after].next;
  tree_[tail].next = link;
  if (link == no_node) {
    last = tail;
  }
  link = head;
}

void PartFolder::drop_nulls(NodeId object, NodeId& last) {
  NodeId kept = no_node;
  for (NodeId at = tree_[object].child; at != no_node; at = tree_[at].next) {
    const Node& node = tree_[at];
    if (node.kind != Kind::null || node.child != no_node) {
      kept = at;
      continue;
    }
    // What stood in a `_name` part has been told already.
    if (node.is(tree::list) && !node.is(tree::extended)) {
      issues_.add(id<"json-null">, {object, node.name}, node.offset,
                  {std::string(tree_.name(node.name))});
    }
    (kept == no_node ? tree_[object].child : tree_[kept].next) = node.next;
  }
  last = kept;
}

}  // namespace lhcr::format
