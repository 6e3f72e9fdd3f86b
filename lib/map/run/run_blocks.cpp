// SPDX-License-Identifier: Apache-2.0
// Which block a statement or a resource is: by template, by section and class, by type.
#include <algorithm>

#include "base/names.hpp"
#include "map/run/run.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {

const Block* Run::statement_block(tree::NodeId node, bool entry) const {
  if (!forward_) {
    const auto found = map_.by_resource.find(std::string(source_.resource_type(node)));
    if (found == map_.by_resource.end()) {
      return nullptr;
    }
    for (const Block* block : found->second) {
      if (block->direction != Direction::forward &&
          !(entry ? block->nested_only : block->entry_only) &&
          holds(block->right.steps[0].tests, node)) {
        return block;
      }
    }
    return nullptr;
  }
  const Block* known = block_by_template(node);
  return known != nullptr ? known : block_by_section(node);
}

const Block* Run::block_by_template(tree::NodeId node) const {
  for (const tree::NodeId child : tree::named(source_, node, name::template_id)) {
    std::string root(peek(child, name::root));
    if (const auto alias = map_.aliases.find(root); alias != map_.aliases.end()) {
      root = alias->second;
    }
    const auto found = map_.by_template.find(root);
    if (found == map_.by_template.end()) {
      continue;
    }
    for (const Block* block : found->second) {
      if (block->direction != Direction::backward && is_block_of(*block, node)) {
        return block;
      }
    }
  }
  return nullptr;
}

bool Run::is_block_of(const Block& block, tree::NodeId node) const {
  const Path& outer = block.wrapper.empty() ? block.left : block.wrapper;
  return step_fits(outer.steps[0], source_, node) && has_core(block, node);
}

/// A statement whose templates no map knows is what its section and class say; every statement is
/// what its class says where that is enough.
const Block* Run::block_by_section(tree::NodeId node) const {
  const auto family = statements_.is_strange(node) && leads_section(node)
                          ? map_.families.find(section_code(node))
                          : map_.families.end();
  if (family != map_.families.end()) {
    for (const Block* block : family->second) {
      if (is_block_of(*block, node)) {
        return block;
      }
    }
  }
  note_stranger(node);
  for (const Block* block : map_.plain_statements) {
    if (is_block_of(*block, node)) {
      return block;
    }
  }
  return nullptr;
}

/// A statement that has templates, none of which says what it is.
void Run::note_stranger(tree::NodeId node) const {
  const bool strange =
      statements_.is_strange(node) && source_.child(node, name::template_id) != tree::no_node;
  if (strange && std::find(strangers_.begin(), strangers_.end(), node) == strangers_.end()) {
    strangers_.push_back(node);
  }
}

/// Whether a statement is an entry, or a member of an organizer that is one.
bool Run::leads_section(tree::NodeId node) const {
  tree::NodeId holder = source_[node].parent;
  if (source_[holder].name == name::component) {
    holder = source_[source_[holder].parent].parent;
  }
  return holder != tree::no_node && source_[holder].name == name::entry;
}

std::string Run::section_code(tree::NodeId node) const {
  while (node != tree::no_node && source_[node].name != name::section) {
    node = source_[node].parent;
  }
  const tree::NodeId code = node == tree::no_node ? node : source_.child(node, name::code);
  return code == tree::no_node ? std::string() : std::string(peek(code, name::code));
}

bool Run::has_core(const Block& block, tree::NodeId node) const {
  return block.wrapper.empty() || has_match(block.left, 0, node);
}

bool Run::has_match(const Path& path, std::size_t step, tree::NodeId node) const {
  if (step == path.steps.size()) {
    return true;
  }
  for (const tree::NodeId child : source_.children(node)) {
    if (step_fits(path.steps[step], source_, child) && has_match(path, step + 1, child)) {
      return true;
    }
  }
  return false;
}

}  // namespace lhcr::map
