// SPDX-License-Identifier: Apache-2.0
#include "cmd/record_references.hpp"

namespace lhcr::cmd {

std::int64_t RecordReferences::concept_id(std::string_view system, std::string_view code,
                                          bool standard) {
  if (vocabulary_ == nullptr) return 0;
  const view::Vocabulary::Concept found = vocabulary_->find(system, code);
  return standard ? found.standard : found.id;
}

void RecordReferences::forget() {
  targets_.clear();
  listed_ = false;
}

tree::NodeId RecordReferences::resolve(const tree::Tree& tree, tree::NodeId node) {
  if (!listed_) list(tree);
  const tree::NodeId reference = tree.child(node, tree.find("reference"));
  if (reference == tree::no_node) return tree::no_node;
  const auto found = targets_.find(std::string(tree[reference].text()));
  return found == targets_.end() ? tree::no_node : found->second;
}

void RecordReferences::list(const tree::Tree& tree) {
  listed_ = true;
  const Symbol id = tree.find("id");
  const Symbol full_url = tree.find("fullUrl");
  for (tree::NodeId node = tree::root_node; node < tree.size(); ++node) {
    if (!tree[node].is(tree::Flag::resource)) continue;
    const tree::NodeId own = tree.child(node, id);
    const tree::NodeId url = tree.child(tree[node].parent, full_url);
    if (own != tree::no_node) {
      const std::string text(tree[own].text());
      targets_.emplace(std::string(tree.resource_type(node)) + "/" + text, node);
      targets_.emplace("#" + text, node);
    }
    if (url != tree::no_node) targets_.emplace(std::string(tree[url].text()), node);
  }
}

}  // namespace lhcr::cmd
