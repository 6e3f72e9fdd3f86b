// SPDX-License-Identifier: Apache-2.0
#include "record/services.hpp"

namespace lhcr::record {

using tree::NodeId;

RecordServices::RecordServices(const definition::Definitions& definitions,
                               const SymbolTable& symbols)
    : definitions_(definitions), symbols_(symbols), references_(&definitions) {}

void RecordServices::reset(const tree::Tree& tree) {
  references_.reset(tree);
}

NodeId RecordServices::resolve(const tree::Tree& tree, NodeId node) {
  return tree[node].kind == tree::Kind::object ? references_.meant_by(node)
                                               : references_.meant(node, tree[node].text());
}

}  // namespace lhcr::record
