// SPDX-License-Identifier: Apache-2.0
// Entry references: an act that has nothing but the id of a statement elsewhere in the document.
#include "base/names.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {
namespace {

// The block of such acts, whose right side is an extension of the Reference.
constexpr const char* reference_block = "entry-reference";
constexpr const char* written_block = "entry-reference-written";
constexpr std::string_view reference_url = "urn:hl7-org:v3:entryReference";

}  // namespace

const Block* Run::reference_block_of(tree::NodeId statement) const {
  const auto found = map_.by_name.find(reference_block);
  const bool fits = found != map_.by_name.end() && forward_ &&
                    step_fits(found->second->left.steps[0], source_, statement);
  return fits ? found->second : nullptr;
}

std::string Run::id_of(tree::NodeId node) const {
  const tree::NodeId id = source_.child(node, name::id);
  if (id == tree::no_node || peek(id, name::root).empty()) {
    return {};
  }
  return std::string(peek(id, name::root)) + "^" + std::string(peek(id, name::extension));
}

/// The statement that an entry reference means, or no_node.
tree::NodeId Run::referenced(tree::NodeId reference) {
  if (!statements_ready_) {
    statements_ready_ = true;
    for (tree::NodeId node = 1; node < source_.size(); ++node) {
      if (is_statement(source_.name_of(node)) && reference_block_of(node) == nullptr &&
          is_inside(node, document_)) {
        statement_by_id_.emplace(id_of(node), node);
      }
    }
  }
  const std::string id = id_of(reference);
  const auto found = statement_by_id_.find(id);
  return id.empty() || found == statement_by_id_.end() ? tree::no_node : found->second;
}

bool Run::refer(const Row& row, tree::NodeId statement, Places places, Visit made) {
  const Block* block = reference_block_of(statement);
  const tree::NodeId target = block == nullptr ? tree::no_node : referenced(statement);
  const Block* meant = target == tree::no_node ? nullptr : statement_block(target);
  if (meant == nullptr || !may_mean(row, *meant)) {
    return false;
  }
  places.link = fresh();
  places.left = statement;
  places.right = fresh(name::extension);
  add(places.right, name::url, reference_url);
  take_header(*block, places);
  run_block(*block, places);
  take(statement);
  attach(places.link, places.right);
  pending_.emplace_back(places.link, target);
  made(places.link);
  return true;
}

void Run::resolve_references() {
  for (const auto& [link, target] : pending_) {
    for (std::size_t i = 0; i < resources_.size(); ++i) {
      if (resources_[i].source != tree::no_node && is_inside(resources_[i].source, target) &&
          resources_[i].block != nullptr && resources_[i].block->statement) {
        reference_to(link, i);
        break;
      }
    }
  }
  pending_.clear();
}

/// Backward: an act with the ids of a resource that has an entry of its own.
bool Run::write_reference(const Row& row, tree::NodeId resource, tree::NodeId parent,
                          Places places) {
  const auto block = map_.by_name.find(written_block);
  const Block* own = statement_block(resource);
  if (!row.refer || block == map_.by_name.end() || own == nullptr || own->section_codes.empty() ||
      own->nested_only || source_.child(resource, name::identifier) == tree::no_node) {
    return false;
  }
  places.left = start_statement(*block->second, parent, places);
  places.right = places.resource = resource;
  const Taken before = give_back(resource);
  run_block(*block->second, places);
  give_back(resource);  // what an act repeats of a resource is not the resource
  take_again(before);
  return true;
}

/// Backward: the act again, when the Reference was made from one.
bool Run::restore_reference(tree::NodeId link, tree::NodeId parent, Places places) {
  const auto block = map_.by_name.find(reference_block);
  for (const tree::NodeId child : source_.children(link)) {
    if (block != map_.by_name.end() && source_[child].name == name::extension &&
        peek(child, name::url) == reference_url) {
      places.left = start_statement(*block->second, parent, places);
      places.right = child;
      run_block(*block->second, places);
      take(child);
      read(child, name::url);
      return true;
    }
  }
  return false;
}

}  // namespace lhcr::map
