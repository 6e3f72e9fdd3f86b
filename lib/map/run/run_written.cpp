// SPDX-License-Identifier: Apache-2.0
// Backward: a resource as a statement, all of it or nothing; and which resources there are.
#include <algorithm>
#include <utility>

#include "base/names.hpp"
#include "map/run/run.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {

tree::NodeId Run::start_statement(const Block& block, tree::NodeId parent, Places& places) {
  const Path& outer = block.wrapper.empty() ? block.left : block.wrapper;
  const tree::NodeId node = fresh(outer.steps[0].name);
  write_tests(outer.steps[0], node);
  attach(parent, node);
  if (block.wrapper.empty()) {
    return node;
  }
  places.wrapper = node;
  const tree::NodeId core = fresh();
  place_at(block.left, 0, node, core);
  return core;
}

bool Run::write_statement(tree::NodeId resource, tree::NodeId link, tree::NodeId parent,
                          Places places, bool entry) {
  const Block* block = statement_block(resource, entry);
  if (block == nullptr || depth_ > 60 || is_stopped(resource) ||
      std::find(active_.begin(), active_.end(), resource) != active_.end()) {
    return false;
  }
  places.link = link;
  return write_as(*block, resource, parent, places);
}

bool Run::write_as(const Block& block, tree::NodeId resource, tree::NodeId parent, Places places) {
  const std::size_t mark = ledger_.mark();
  const std::size_t used = used_.size();
  const tree::NodeId size = target_.size();
  Places inside = places;
  inside.wrapper = tree::no_node;
  inside.left = start_statement(block, parent, inside);
  inside.right = inside.resource = resource;
  active_.push_back(resource);
  const Taken before = give_back(resource);
  const bool outer = std::exchange(unsaid_inside_, false);
  take_header(block, inside);
  run_block(block, inside);
  active_.pop_back();
  const bool stated = block.fact || says_all(resource);  // a fact is no more than what it says
  unsaid_inside_ = outer;
  if (!stated) {
    detach(parent, inside.wrapper == tree::no_node ? inside.left : inside.wrapper);
    take_back(mark, used, size);
    return false;
  }
  take_again(before);
  mark_used(resource);
  return true;
}

/// Whether a resource was not written before, which would be no other way now.
bool Run::is_stopped(tree::NodeId resource) const {
  return stopped_.contains(resource);
}

/// Whether everything that turns the meaning of a resource is in what was just written of it.
bool Run::says_all(tree::NodeId resource) {
  std::vector<tree::NodeId> missing = turning_.unsaid(source_, resource, ledger_);
  if (missing.empty() && unsaid_inside_) {
    missing = unsaid_.back().modifiers;
  }
  if (missing.empty()) {
    return true;
  }
  stopped_.insert(resource);
  unsaid_.push_back({resource, std::move(missing)});
  return false;
}

/// As if nothing had been written since then.
void Run::take_back(std::size_t ledger, std::size_t used, tree::NodeId size) {
  ledger_.undo(ledger);
  for (; used_.size() > used; used_.pop_back()) {
    resources_[used_.back()].used = false;
  }
  forget(size);
}

// --- backward: finding resources ---

void Run::index_source(tree::NodeId node) {
  if (source_[node].is(tree::Flag::resource)) {
    index_resource(node);
  }
  for (const tree::NodeId child : source_.children(node)) {
    if (source_[child].child != tree::no_node) {
      index_source(child);
    }
  }
}

void Run::index_resource(tree::NodeId node) {
  Resource found;
  found.node = node;
  found.type = source_.resource_type(node);
  found.id = peek(node, name::id);
  index_of_.emplace(node, resources_.size());
  resources_.push_back(found);
}

void Run::link_provenance() {
  for (const Resource& resource : resources_) {
    if (resource.type != "Provenance") {
      continue;
    }
    for (const tree::NodeId child : tree::named(source_, resource.node, name::target)) {
      const tree::NodeId target = resolve(peek(child, name::reference), child);
      if (target != tree::no_node) {
        std::vector<tree::NodeId>& targets = targets_[about(resource.node, target)];
        if (targets.empty()) provenance_[target].push_back(resource.node);
        targets.push_back(child);
      }
    }
  }
}

tree::NodeId Run::resolve(std::string_view reference, tree::NodeId from) const {
  return references_.meant(from, reference);
}

}  // namespace lhcr::map
