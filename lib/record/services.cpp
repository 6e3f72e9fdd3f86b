// SPDX-License-Identifier: Apache-2.0
#include "record/services.hpp"

namespace lhcr::record {

using tree::no_node;
using tree::NodeId;

RecordServices::RecordServices(const definition::Definitions& definitions,
                               const SymbolTable& symbols)
    : definitions_(definitions), symbols_(symbols), references_(definitions, symbols) {}

void RecordServices::reset(const tree::Tree& tree) {
  references_.reset(tree);
}

NodeId RecordServices::resolve(const tree::Tree& tree, NodeId node) {
  const NodeId reference = tree.child(node, symbols_.find("reference"));
  const NodeId text = reference == no_node ? node : reference;
  const References::Target found = references_.resolve(node, tree[text].text());
  return found.match == References::Match::ambiguous ? no_node : found.node;
}

}  // namespace lhcr::record
