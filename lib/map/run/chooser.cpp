// SPDX-License-Identifier: Apache-2.0
#include "map/run/chooser.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "map/run/entry_references.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {

const Block* Chooser::statement(tree::NodeId node, bool entry) {
  if (!forward_) {
    return by_resource(node, entry);
  }
  const Block* known = by_template(node);
  return known != nullptr ? known : by_section(node);
}

const Block* Chooser::by_resource(tree::NodeId node, bool entry) const {
  const auto found = map_.by_resource.find(std::string(source_.resource_type(node)));
  if (found == map_.by_resource.end()) {
    return nullptr;
  }
  for (const Block* block : found->second) {
    if (block->direction != Direction::forward &&
        !(entry ? block->nested_only : block->entry_only) &&
        matcher_.holds(block->right.steps[0].tests, node)) {
      return block;
    }
  }
  return nullptr;
}

const Block* Chooser::by_template(tree::NodeId node) const {
  const bool nested = !leads_section(node);
  for (const tree::NodeId child : tree::named(source_, node, name::template_id)) {
    std::string root(in_.peek(child, name::root));
    if (const auto alias = map_.aliases.find(root); alias != map_.aliases.end()) {
      root = alias->second;
    }
    const auto found = map_.by_template.find(root);
    if (found == map_.by_template.end()) {
      if (nested && map_.known_templates.contains(root)) {
        return nullptr;  // a part that is a problem, too: a reaction in CCD 1.1
      }
      continue;
    }
    for (const Block* block : found->second) {
      if (block->direction != Direction::backward && is_statement_of(*block, node)) {
        return block;
      }
    }
  }
  return nullptr;
}

/// A block with a wrapper needs its core as well.
bool Chooser::is_statement_of(const Block& block, tree::NodeId node) const {
  const Path& outer = block.wrapper.empty() ? block.left : block.wrapper;
  return matcher_.step_fits(outer.steps[0], source_, node) &&
         (block.wrapper.empty() || matcher_.has_match(block.left, node));
}

/// A statement whose templates no map knows is what its section and class say; every statement is
/// what its class says where that is enough.
const Block* Chooser::by_section(tree::NodeId node) {
  const auto family = statements_.is_strange(node) && leads_section(node)
                          ? map_.families.find(section_code(node))
                          : map_.families.end();
  if (family != map_.families.end()) {
    for (const Block* block : family->second) {
      if (is_statement_of(*block, node)) {
        return block;
      }
    }
  }
  note_stranger(node);
  for (const Block* block : map_.plain_statements) {
    if (is_statement_of(*block, node)) {
      return block;
    }
  }
  return nullptr;
}

/// A statement that has templates, none of which says what it is.
void Chooser::note_stranger(tree::NodeId node) {
  const bool strange =
      statements_.is_strange(node) && source_.child(node, name::template_id) != tree::no_node;
  if (strange && std::find(strangers_.begin(), strangers_.end(), node) == strangers_.end()) {
    strangers_.push_back(node);
  }
}

/// Whether a statement is an entry, or a member of an organizer that is one.
bool Chooser::leads_section(tree::NodeId node) const {
  tree::NodeId holder = source_[node].parent;
  if (source_[holder].name == name::component) {
    holder = source_[source_[holder].parent].parent;
  }
  return holder != tree::no_node && source_[holder].name == name::entry;
}

std::string Chooser::section_code(tree::NodeId node) const {
  while (node != tree::no_node && source_[node].name != name::section) {
    node = source_[node].parent;
  }
  const tree::NodeId code = node == tree::no_node ? node : source_.child(node, name::code);
  return code == tree::no_node ? std::string() : std::string(in_.peek(code, name::code));
}

const Block* Chooser::of(const Row& row, tree::NodeId node) const {
  for (const Block* block : row.blocks) {
    if (fits(*block, node)) {
      return block;
    }
  }
  return nullptr;
}

bool Chooser::fits(const Block& block, tree::NodeId node) const {
  const Path& header = forward_ ? block.left : block.right;
  if (header.steps.empty()) {
    return true;
  }
  if (forward_) {
    return matcher_.step_fits(header.steps[0], source_, node);
  }
  return (block.resource_type.empty() || source_.resource_type(node) == block.resource_type) &&
         matcher_.holds(header.steps[0].tests, node);
}

/// What is taken for whatever a template's place says is no reference: those say it themselves.
const Block* Chooser::reference(tree::NodeId statement) const {
  for (const ReferenceKind& kind : reference_kinds) {
    const auto found = map_.by_name.find(kind.block);
    if (found == map_.by_name.end() || !forward_) {
      continue;
    }
    const Step& step = found->second->left.steps[0];
    if (!(step.is_template && statements_.is_strange(statement)) &&
        matcher_.step_fits(step, source_, statement)) {
      return found->second;
    }
  }
  return nullptr;
}

void Chooser::adopt(const Chooser& other) {
  strangers_.insert(strangers_.begin(), other.strangers_.begin(), other.strangers_.end());
}

}  // namespace lhcr::map
