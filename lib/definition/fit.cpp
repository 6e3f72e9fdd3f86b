// SPDX-License-Identifier: Apache-2.0
#include "definition/fit.hpp"

#include <vector>

namespace lhcr::definition {
namespace {

using tree::Flag;
using tree::Kind;
using tree::Node;
using tree::NodeId;
using tree::Tree;

class Fitting {
 public:
  Fitting(const Tree& tree, const Definitions& definitions)
      : tree_(tree),
        definitions_(definitions),
        meta_(tree.find("meta")),
        profile_(tree.find("profile")),
        uri_(definitions.type("uri")),
        types_(tree.size(), no_type) {}

  Fit run() {
    if (tree_.empty()) {
      return {};
    }
    types_[tree::root_node] = definitions_.type(tree_.resource_type(tree::root_node));
    fit_.misfits += types_[tree::root_node] == no_type ? 1U : 0U;
    // A child's id is larger than its parent's, so the parent's type is known in time.
    for (NodeId at = tree::root_node + 1; at < tree_.size(); ++at) {
      const Node& node = tree_[at];
      if (!node.is(Flag::meta) && node.kind != Kind::text && types_[node.parent] != no_type) {
        place(at, node);
      }
    }
    return fit_;
  }

 private:
  void place(NodeId id, const Node& node) {
    const Child* row = definitions_.child(types_[node.parent], node.name);
    if (row == nullptr) {
      ++fit_.misfits;
      return;
    }
    types_[id] =
        (row->flags & child_resource) != 0 ? definitions_.type(tree_.resource_type(id)) : row->type;
    fit_.misfits += form_differs(*row, node) ? 1U : 0U;
    if (types_[id] != no_type && node.length > 0 && definitions_.derives(types_[id], uri_)) {
      count_canonical(node);
    }
    if (node.name == profile_ && tree_[node.parent].name == meta_ &&
        tree_[tree_[node.parent].parent].is(Flag::resource)) {
      fit_.unknown_profiles += definitions_.structure(node.text()) == no_structure ? 1U : 0U;
    }
  }

  /// Versions of FHIR file the same code system under different urls.
  void count_canonical(const Node& node) {
    if (definitions_.canonical_type(node.text()).empty()) {
      ++fit_.other_uris;
    } else {
      ++fit_.known_canonicals;
    }
  }

  /// An array where there is none, or a primitive in the place of an object, as far as the reader
  /// can tell.
  [[nodiscard]] bool form_differs(const Child& row, const Node& node) const {
    const bool list = (row.flags & child_list) != 0;
    const bool primitive = definitions_.info(row.type).kind == TypeKind::primitive;
    const bool was_primitive = node.kind != Kind::object;
    if (tree_.kinds_are_open()) {
      return was_primitive != primitive && node.kind != Kind::object;
    }
    return list != node.is(Flag::list) || primitive != was_primitive;
  }

  const Tree& tree_;
  const Definitions& definitions_;
  Symbol meta_, profile_;
  TypeId uri_;
  std::vector<TypeId> types_;
  Fit fit_;
};

}  // namespace

Fit fit(const Tree& tree, const Definitions& definitions) {
  return Fitting(tree, definitions).run();
}

}  // namespace lhcr::definition
