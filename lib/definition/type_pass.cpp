// SPDX-License-Identifier: Apache-2.0
/// The type pass: definitions onto a tree.
#include <span>

#include "definition/definitions.hpp"
#include "definition/pass.hpp"
#include "format/json/json_scan.hpp"

namespace lhcr::definition {
namespace {

using tree::Flag;
using tree::Kind;
using tree::Node;
using tree::NodeId;
using tree::Tree;

/// Whether JSON can show a text as this kind; what cannot be stays a string, so that JSON stays
/// JSON.
bool fits(Kind kind, std::string_view text) {
  return (kind != Kind::number || format::is_number(text)) &&
         (kind != Kind::boolean || text == "true" || text == "false");
}

class TypePass {
 public:
  TypePass(Tree& tree, const Definitions& definitions)
      : tree_(tree), definitions_(definitions), kinds_(tree.kinds_are_open()) {}

  void run(NodeId top) {
    for (NodeId at = top; at != tree::no_node; at = following(tree_, at, top)) {
      if (tree_[at].child != tree::no_node) {
        type_children(tree_[at].type, tree_[at].child);
      }
    }
  }

  /// The type of the resource at `id`, no_type when its resourceType is not known.
  [[nodiscard]] TypeId resource_type(NodeId id) const {
    return definitions_.type(tree_.resource_type(id));
  }

 private:
  void type_children(TypeId parent, NodeId first) {
    const std::span<const Child> rows = definitions_.children(parent);
    std::size_t guess = 0;
    for (NodeId at = first; at != tree::no_node; at = tree_[at].next) {
      Node& node = tree_[at];
      if (node.kind == Kind::text || (node.is(Flag::meta) && !is_element(parent, node))) {
        continue;
      }
      const Child* row = find_row(definitions_, parent, rows, node.name, guess);
      if (row != nullptr) {
        apply(*row, at, node);
      } else {
        leave(parent, node);
      }
    }
  }

  // ExampleScenario.instance has an element of its own named resourceType, which no reader can tell
  // from the other kind.
  bool is_element(TypeId parent, Node& node) {
    if (definitions_.child(parent, node.name) == nullptr) {
      return false;
    }
    node.flags = static_cast<std::uint8_t>(node.flags & ~unsigned{Flag::meta});
    Node& holder = tree_[node.parent];
    holder.flags = static_cast<std::uint8_t>(holder.flags & ~unsigned{Flag::resource});
    return true;
  }

  void apply(const Child& row, NodeId id, Node& node) const {
    node.element = row.element;
    node.type = row.type;
    unsigned flags = node.flags & ~(unsigned{Flag::unknown} | Flag::choice | Flag::attribute);
    flags |= (row.flags & child_choice) != 0 ? unsigned{Flag::choice} : 0U;
    flags |= (row.flags & child_attribute) != 0 ? unsigned{Flag::attribute} : 0U;
    if ((row.flags & child_resource) != 0) {
      node.type = resource_type(id);
    }
    if ((row.flags & child_xhtml) != 0 && node.kind == Kind::string) {
      node.kind = Kind::xhtml;
    }
    if (kinds_) {
      flags |= (row.flags & child_list) != 0 ? unsigned{Flag::list} : 0U;
      settle_kind(node);
    }
    node.flags = static_cast<std::uint8_t>(flags);
  }

  /// Gives a primitive that was read without a kind the one that JSON would show.
  void settle_kind(Node& node) const {
    const TypeInfo& type = definitions_.info(node.type);
    if (type.kind != TypeKind::primitive) {
      return;
    }
    if (node.kind == Kind::string) {
      node.kind = fits(type.json_kind, node.text()) ? type.json_kind : Kind::string;
    } else if (node.kind == Kind::object) {
      node.kind = Kind::null;
    }
  }

  // Below an unknown element nothing can be said, so only the element itself is marked.
  static void leave(TypeId parent, Node& node) {
    unsigned flags = node.flags & ~(unsigned{Flag::unknown} | Flag::choice);
    flags |= parent != no_type ? unsigned{Flag::unknown} : 0U;
    node.flags = static_cast<std::uint8_t>(flags);
    node.element = node.name;
    node.type = no_type;
  }

  Tree& tree_;
  const Definitions& definitions_;
  bool kinds_;
};

}  // namespace

void attach_types(Tree& tree, const Definitions& definitions) {
  if (!tree.empty()) {
    const TypeId type = TypePass(tree, definitions).resource_type(tree::root_node);
    attach_types(tree, definitions, tree::root_node, type);
  }
}

void attach_types(Tree& tree, const Definitions& definitions, NodeId node, TypeId type) {
  tree[node].type = type;
  TypePass(tree, definitions).run(node);
}

}  // namespace lhcr::definition
