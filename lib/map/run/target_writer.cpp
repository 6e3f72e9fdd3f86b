// SPDX-License-Identifier: Apache-2.0
#include "map/run/target_writer.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {

tree::NodeId TargetWriter::fresh(Symbol name) {
  tree::Node node;
  node.name = node.element = name;
  node.flags = tree::Flag::generated;
  const tree::NodeId id = target_.insert(tree::no_node, tree::no_node, node);
  target_[tree::no_node].child = tree::no_node;
  target_[id].next = tree::no_node;
  return id;
}

void TargetWriter::attach(tree::NodeId parent, tree::NodeId child) {
  if (target_[child].child != tree::no_node && tree::is_within(target_, parent, child)) {
    return;
  }
  // Nodes know their first child only. Most have few; of those that have many (a section's entries,
  // a Bundle's) the last one is remembered, or each would cost a walk over those before it.
  constexpr int many = 16;
  tree::NodeId last = tree::no_node;
  int seen = 0;
  for (tree::NodeId at = target_[parent].child; at != tree::no_node; at = target_[at].next) {
    last = at;
    if (++seen == many) {
      const auto known = last_.find(parent);
      at = last = known != last_.end() ? known->second : at;
    }
  }
  if (last == child) {
    return;
  }
  target_[child].parent = parent;
  target_[child].next = tree::no_node;
  (last == tree::no_node ? target_[parent].child : target_[last].next) = child;
  if (seen >= many) {
    last_[parent] = child;
  }
}

void TargetWriter::detach(tree::NodeId parent, tree::NodeId child) {
  tree::NodeId previous = tree::no_node;
  for (const tree::NodeId at : target_.children(parent)) {
    if (target_[at].next == child) {
      previous = at;
    }
  }
  (previous == tree::no_node ? target_[parent].child : target_[previous].next) =
      target_[child].next;
  last_.erase(parent);
}

void TargetWriter::lead(tree::NodeId parent, tree::NodeId child) {
  detach(parent, child);
  target_[child].next = target_[parent].child;
  target_[parent].child = child;
}

void TargetWriter::remove_children(tree::NodeId parent, Symbol name) {
  tree::NodeId previous = tree::no_node;
  for (tree::NodeId at = target_[parent].child; at != tree::no_node; at = target_[at].next) {
    if (target_[at].name == name) {
      (previous == tree::no_node ? target_[parent].child : target_[previous].next) =
          target_[at].next;
    } else {
      previous = at;
    }
  }
  last_.erase(parent);
}

void TargetWriter::set_text(tree::NodeId node, std::string_view text) {
  target_[node].bytes = text.data();
  target_[node].length = static_cast<std::uint32_t>(text.size());
  target_[node].kind = tree::Kind::string;
}

void TargetWriter::set_copy(tree::NodeId node, std::string_view text) {
  set_text(node, target_.arena().copy(text));
}

void TargetWriter::set_flag(tree::NodeId node, tree::Flag flag) {
  target_[node].flags = static_cast<std::uint8_t>(target_[node].flags | flag);
}

/// XML has an attribute once.
bool TargetWriter::has_attribute(tree::NodeId node, Symbol name) const {
  const auto children = target_.children(node);
  return std::any_of(children.begin(), children.end(), [&](tree::NodeId child) {
    return target_[child].name == name && target_[child].is(tree::Flag::attribute);
  });
}

tree::NodeId TargetWriter::add(tree::NodeId parent, Symbol name, std::string_view text,
                               bool attribute) {
  if (text.empty() || (attribute && has_attribute(parent, name))) {
    return tree::no_node;
  }
  const tree::NodeId node = fresh(name);
  set_text(node, text);
  if (attribute) {
    set_flag(node, tree::Flag::attribute);
  }
  attach(parent, node);
  return node;
}

tree::NodeId TargetWriter::add_copy(tree::NodeId parent, Symbol name, std::string_view text,
                                    bool attribute) {
  return text.empty() ? tree::no_node : add(parent, name, target_.arena().copy(text), attribute);
}

void TargetWriter::forget(tree::NodeId mark) {
  target_.truncate(mark);
  while (!promised_.empty() && promised_.back().first >= mark) {
    promised_.pop_back();
  }
  last_.erase(last_.lower_bound(mark), last_.end());
}

void TargetWriter::moved(tree::NodeId draft, tree::NodeId into) {
  if (!promised_.empty() && promised_.back().first == draft) {
    promised_.back().first = into;
  }
}

}  // namespace lhcr::map
