// SPDX-License-Identifier: Apache-2.0
#include "map/run/statements.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "definition/cda_classes.hpp"

namespace lhcr::map {
namespace {

/// The element that a modifier's path starts from when it ends in `node`, or no_node.
tree::NodeId holder_of(const Modifier& modifier, const tree::Tree& source, tree::NodeId node) {
  for (std::size_t i = modifier.path.size(); i > 0; --i, node = source[node].parent) {
    if (node == tree::no_node || source[node].name != modifier.path[i - 1]) {
      return tree::no_node;
    }
  }
  return node;
}

/// The statement around a node, or no_node.
tree::NodeId around(const tree::Tree& source, tree::NodeId node) {
  do {
    node = source[node].parent;
  } while (node != tree::no_node && !is_statement(source.name_of(node)));
  return node;
}

}  // namespace

bool is_statement(std::string_view name) {
  static const definition::CdaClassId holder = definition::cda_class("OrganizerComponent");
  const definition::CdaChild child = definition::cda_child(holder, name);
  return child.known && !child.attribute && !definition::is_cda_data_type(child.type);
}

Statements::Statements(const Map& map, const tree::Tree& source) : templates_(source.size(), 0) {
  std::uint64_t names = bit_of(name::template_id);
  for (std::size_t i = 0; i < map.modifiers.size(); ++i) {
    names |= bit_of(map.modifiers[i].path.back());
    inherited_ |= (map.modifiers[i].inherited ? 1U : 0U) << i;
  }
  for (tree::NodeId node = tree::root_node; node < source.size(); ++node) {
    const Symbol name = source[node].name;
    if ((bit_of(name) & names) == 0) {
      continue;
    }
    if (name == name::template_id) {
      note_template(map, source, node);
    } else {
      note_modifier(map, source, node);
    }
  }
  if ((any_ & inherited_) != 0) {
    inherit(source);
  }
}

void Statements::note_modifier(const Map& map, const tree::Tree& source, tree::NodeId node) {
  for (std::size_t i = 0; i < map.modifiers.size(); ++i) {
    const Modifier& modifier = map.modifiers[i];
    if (source[node].name == modifier.path.back() && modifier.is_turned_by(source[node].text())) {
      if (const tree::NodeId holder = holder_of(modifier, source, node); holder != tree::no_node) {
        turn(source, holder, 1U << i);
      }
    }
  }
}

/// What turns the relationship to a statement turns the statement; what is inherited turns those of
/// a section.
void Statements::turn(const tree::Tree& source, tree::NodeId holder, ModifierMask bit) {
  any_ |= bit;
  if (is_statement(source.name_of(holder))) {
    turned_[holder] |= bit;
    return;
  }
  for (const tree::NodeId child : source.children(holder)) {
    if (source[child].is(tree::Flag::attribute)) {
      continue;
    }
    if (is_statement(source.name_of(child))) {
      turned_[child] |= bit;
      turned_around_[child] |= bit & ~inherited_;
    } else if ((bit & inherited_) != 0) {
      turn(source, child, bit);
    }
  }
}

/// Elements stand behind those around them.
void Statements::inherit(const tree::Tree& source) {
  for (tree::NodeId node = tree::root_node; node < source.size(); ++node) {
    if (source[node].child == tree::no_node || !is_statement(source.name_of(node))) {
      continue;
    }
    const tree::NodeId outer = around(source, node);
    const ModifierMask mask = outer == tree::no_node ? 0 : turned(outer) & inherited_;
    if (mask != 0) {
      turned_[node] |= mask;
    }
  }
}

void Statements::note_template(const Map& map, const tree::Tree& source, tree::NodeId node) {
  const tree::NodeId root = source.child(node, name::root);
  if (root == tree::no_node || !map.knows_template(source[root].text())) {
    return;
  }
  std::uint8_t& noted = templates_[source[node].parent];
  noted |= known_template;
  if (map.aliases.contains(std::string(source[root].text()))) {
    noted |= alias_template;
  }
}

std::vector<tree::NodeId> Statements::all_turned() const {
  std::vector<tree::NodeId> out;
  out.reserve(turned_.size());
  for (const auto& [node, mask] : turned_) {
    out.push_back(node);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string modifier_text(const Modifier& modifier, const tree::Tree& source,
                          tree::NodeId statement) {
  tree::NodeId node = statement;
  std::string path;
  for (const Symbol name : modifier.path) {
    node = node == tree::no_node ? node : source.child(node, name);
    path += (path.empty() ? "" : ".") + std::string(source.name(name));
  }
  const std::string_view value = node == tree::no_node ? std::string_view{} : source[node].text();
  return value.empty() ? path : path + "=" + std::string(value);
}

}  // namespace lhcr::map
