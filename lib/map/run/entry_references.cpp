// SPDX-License-Identifier: Apache-2.0
#include "map/run/entry_references.hpp"

#include "base/names.hpp"
#include "map/run/statements.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {

std::string EntryReferences::id_of(tree::NodeId node) const {
  const tree::NodeId id = in_.source().child(node, name::id);
  if (id == tree::no_node || in_.peek(id, name::root).empty()) {
    return {};
  }
  return std::string(in_.peek(id, name::root)) + "^" + std::string(in_.peek(id, name::extension));
}

/// Of several statements with one id the first is meant; references themselves have it too.
void EntryReferences::index(tree::NodeId document) {
  const tree::Tree& source = in_.source();
  for (tree::NodeId node = 1; node < source.size(); ++node) {
    if (is_statement(source.name_of(node)) && chooser_.reference(node) == nullptr &&
        tree::is_within(source, node, document)) {
      statement_by_id_.emplace(id_of(node), node);
    }
  }
}

tree::NodeId EntryReferences::meant(tree::NodeId reference, tree::NodeId document) {
  if (!ready_) {
    ready_ = true;
    index(document);
  }
  const std::string id = id_of(reference);
  const auto found = statement_by_id_.find(id);
  return id.empty() || found == statement_by_id_.end() ? tree::no_node : found->second;
}

}  // namespace lhcr::map
