// SPDX-License-Identifier: Apache-2.0
/// The type pass for CDA documents.
#include <span>
#include <vector>

#include "base/names.hpp"
#include "definition/definitions.hpp"
#include "definition/pass.hpp"

namespace lhcr::definition {
namespace {

using tree::Flag;
using tree::Kind;
using tree::Node;
using tree::NodeId;
using tree::Tree;

class CdaPass {
 public:
  CdaPass(Tree& tree, const Definitions& definitions)
      : tree_(tree),
        definitions_(definitions),
        text_rows_(definitions.types().size(), nullptr),
        known_(definitions.types().size(), false) {}

  void run(NodeId top) {
    for (NodeId at = top; at != tree::no_node; at = following(tree_, at, top)) {
      type_children(at);
    }
  }

 private:
  void type_children(NodeId parent) {
    const TypeId type = tree_[parent].type;
    if (type == no_type) {
      return;
    }
    const std::span<const Child> rows = definitions_.children(type);
    std::size_t guess = 0;
    for (NodeId at = tree_[parent].child; at != tree::no_node; at = tree_[at].next) {
      if (tree_[at].kind == Kind::text) {
        name_text(type, at);
      } else {
        apply(find_row(definitions_, type, rows, tree_[at].name, guess), at);
      }
    }
    add_text(type, parent);
  }

  void apply(const Child* row, NodeId id) {
    Node& node = tree_[id];
    const bool attribute = node.is(Flag::attribute);
    if (row == nullptr || attribute != ((row->flags & child_attribute) != 0)) {
      node.flags = static_cast<std::uint8_t>(node.flags | Flag::unknown);
      return;
    }
    node.element = row->element;
    node.type = attribute ? row->type : said_type(id, row->type);
    if ((row->flags & child_list) != 0 && !attribute) {
      node.flags = static_cast<std::uint8_t>(node.flags | Flag::list);
    }
    if ((row->flags & child_xhtml) != 0) {
      node.kind = Kind::xhtml;
      node.type = no_type;
    }
  }

  /// The type that xsi:type names, where it is one.
  [[nodiscard]] TypeId said_type(NodeId node, TypeId otherwise) const {
    for (NodeId at = tree_[node].child; at != tree::no_node && tree_[at].is(Flag::attribute);
         at = tree_[at].next) {
      if (tree_[at].name == name::xsi_type) {
        const TypeId said = definitions_.type(tree_[at].text());
        return said != no_type ? said : otherwise;
      }
    }
    return otherwise;
  }

  /// The row of a type for its text, or nullptr.
  const Child* text_row(TypeId type) {
    if (!known_[type]) {
      known_[type] = true;
      for (const Child& row : definitions_.children(type)) {
        text_rows_[type] = (row.flags & child_text) != 0 ? &row : text_rows_[type];
      }
    }
    return text_rows_[type];
  }

  void name_text(TypeId type, NodeId id) {
    if (const Child* const row = text_row(type); row != nullptr) {
      tree_[id].element = row->element;
      tree_[id].type = row->type;
    }
  }

  void add_text(TypeId type, NodeId id) {
    const Child* const row = tree_[id].kind == Kind::string ? text_row(type) : nullptr;
    if (row == nullptr || tree_[id].is(Flag::attribute)) {
      return;
    }
    NodeId last = tree::no_node;
    for (const NodeId at : tree_.children(id)) {
      last = at;
    }
    Node made = tree_[id];
    made.name = made.element = row->element;
    made.type = row->type;
    made.child = tree::no_node;
    made.flags = Flag::generated;
    tree_.insert(id, last, made);
  }

  Tree& tree_;
  const Definitions& definitions_;
  std::vector<const Child*> text_rows_;
  std::vector<bool> known_;
};

NodeId find_document(const Tree& tree, Symbol name) {
  for (NodeId at = tree::root_node + 1; at < tree.size(); ++at) {
    if (tree[at].name == name) {
      return at;
    }
  }
  return tree::no_node;
}

}  // namespace

NodeId attach_cda_types(Tree& tree, const Definitions& definitions) {
  constexpr std::string_view document = "ClinicalDocument";
  const Symbol name = tree.find(document);
  const NodeId top = name == no_symbol ? tree::no_node : find_document(tree, name);
  if (top != tree::no_node) {
    tree[top].type = definitions.type(document);
    CdaPass(tree, definitions).run(top);
  }
  return top;
}

}  // namespace lhcr::definition
