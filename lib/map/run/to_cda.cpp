// SPDX-License-Identifier: Apache-2.0
#include "map/run/to_cda.hpp"

#include "base/names.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {

ToCda::ToCda(Parts& parts, Rows& rows) : parts_(parts), rows_(rows), source_(parts.in.source()) {}

ToCda::Mark ToCda::mark() const {
  return {parts_.in.ledger().mark(), parts_.resources.used(), parts_.out.mark()};
}

/// As if nothing had been written since then.
void ToCda::take_back(const Mark& mark) {
  parts_.in.ledger().undo(mark.ledger);
  parts_.resources.unuse(mark.used);
  parts_.out.forget(mark.target);
}

// --- parts of a statement that are resources ---

bool ToCda::resource(const Row& row, const Places& places, tree::NodeId from) {
  const bool direct = source_[from].is(tree::Flag::resource);
  const tree::NodeId node =
      direct ? from : parts_.resources.resolve(parts_.in.read(from, name::reference), from);
  if (node == tree::no_node || parts_.not_stated.is_stopped(node) ||
      parts_.resources.is_active(node)) {
    return false;
  }
  const Block* block = parts_.chooser.of(row, node);
  if (block == nullptr) {
    return false;
  }
  Places inside = places;
  inside.right = inside.resource = node;
  inside.link = from;
  return in_place_of(row, *block, places, inside);
}

/// Writes a resource where a row says. What was written into an element that is there cannot be
/// taken out again: when the resource does not say all that it must, the statement around it does
/// not either.
bool ToCda::in_place_of(const Row& row, const Block& block, const Places& places, Places inside) {
  const bool in_place = row.left.steps.empty();
  const tree::NodeId node = inside.resource;
  const Mark before = mark();
  inside.left = in_place ? parts_.anchors.start(row.left, places, true) : parts_.out.fresh();
  const SourceReader::Taken taken = parts_.in.give_back(node);
  bool carried = false;
  bool stated = false;
  {
    NotStated::Inside inner(parts_.not_stated);
    {
      const Resources::Active active(parts_.resources, node);
      rows_.take_header(block, inside);
      carried = rows_.run_block(block, inside);
    }
    stated = !carried || says_enough(block, node);
    if (!stated && in_place) {
      inner.spread();
    }
  }
  if (!stated && !in_place) {
    take_back(before);
    return false;
  }
  parts_.in.take_again(taken);
  if (!carried) {
    return false;
  }
  block.mention ? parts_.in.take(node) : parts_.resources.use(node);
  return in_place || parts_.placer.place(row.left, places, inside.left);
}

/// What only mentions a resource may leave out what its own statement says.
bool ToCda::says_enough(const Block& block, tree::NodeId resource) {
  return block.mention ? parts_.not_stated.says_own(resource)
                       : parts_.not_stated.says_all(resource);
}

// --- statements ---

bool ToCda::statement(const Row& row, const Places& places, tree::NodeId from) {
  const tree::NodeId node = parts_.resources.resolve(parts_.in.peek(from, name::reference), from);
  if (node == tree::no_node) {
    return false;
  }
  // A resource that two sections list, or that was written inside another one, has its statement.
  const Resource* known = parts_.resources.at(node);
  if (source_[from].name == name::entry && known != nullptr && known->used) {
    parts_.in.read(from, name::reference);
    return true;
  }
  return write_new(row, node, from, places);
}

/// Raw as it came when it is unchanged; else as a reference to its own entry; else by its block.
bool ToCda::write_new(const Row& row, tree::NodeId resource, tree::NodeId from,
                      const Places& places) {
  const bool entry = source_[from].name == name::entry;
  const tree::NodeId draft = parts_.out.fresh();
  Places inside = places;
  inside.entry = entry ? draft : tree::no_node;
  if (!parts_.raw.restore(from, draft) && !restore_reference(from, draft, inside) &&
      !write_reference(row, resource, draft, inside)) {
    inside.link = from;
    if (!write(resource, draft, inside, entry)) {
      return false;
    }
  }
  parts_.in.read(from, name::reference);
  return parts_.placer.place(row.left, places, draft);
}

bool ToCda::write(tree::NodeId resource, tree::NodeId parent, const Places& places, bool entry) {
  const Block* block = parts_.chooser.statement(resource, entry);
  return block != nullptr && rows_.depth() <= nesting_limit &&
         !parts_.not_stated.is_stopped(resource) && !parts_.resources.is_active(resource) &&
         write_as(*block, resource, parent, places);
}

bool ToCda::write_as(const Block& block, tree::NodeId resource, tree::NodeId parent,
                     const Places& places) {
  const Mark before = mark();
  Places inside = places;
  inside.wrapper = tree::no_node;
  inside.left = start_statement(block, parent, inside);
  inside.right = inside.resource = resource;
  const SourceReader::Taken taken = parts_.in.give_back(resource);
  bool stated = false;
  {
    const NotStated::Inside inner(parts_.not_stated);
    {
      const Resources::Active active(parts_.resources, resource);
      rows_.take_header(block, inside);
      rows_.run_block(block, inside);
    }
    // A fact is no more than what it says.
    stated = block.fact || parts_.not_stated.says_all(resource);
  }
  if (!stated) {
    parts_.out.detach(parent, inside.wrapper == tree::no_node ? inside.left : inside.wrapper);
    take_back(before);
    return false;
  }
  parts_.in.take_again(taken);
  parts_.resources.use(resource);
  return true;
}

/// The statement's element, or its wrapper with the core inside; returns where its rows write.
tree::NodeId ToCda::start_statement(const Block& block, tree::NodeId parent, Places& places) {
  const Path& outer = block.wrapper.empty() ? block.left : block.wrapper;
  const tree::NodeId node = parts_.out.fresh(outer.steps[0].name);
  parts_.placer.write_tests(outer.steps[0], node);
  parts_.out.attach(parent, node);
  if (block.wrapper.empty()) {
    return node;
  }
  places.wrapper = node;
  const tree::NodeId core = parts_.out.fresh();
  parts_.placer.place_below(block.left, node, core);
  return core;
}

// --- entry references ---

/// An act with the ids of a resource that has an entry of its own.
bool ToCda::write_reference(const Row& row, tree::NodeId resource, tree::NodeId parent,
                            Places places) {
  const auto block = parts_.map.by_name.find(written_block);
  const Block* own = parts_.chooser.statement(resource);
  if (!row.refer || block == parts_.map.by_name.end() || own == nullptr ||
      own->section_codes.empty() || own->nested_only ||
      source_.child(resource, name::identifier) == tree::no_node) {
    return false;
  }
  places.left = start_statement(*block->second, parent, places);
  places.right = places.resource = resource;
  const SourceReader::Taken before = parts_.in.give_back(resource);
  rows_.run_block(*block->second, places);
  parts_.in.give_back(resource);  // what an act repeats of a resource is not the resource
  parts_.in.take_again(before);
  return true;
}

/// The act again, when the Reference was made from one.
bool ToCda::restore_reference(tree::NodeId link, tree::NodeId parent, Places places) {
  for (const tree::NodeId child : tree::named(source_, link, name::extension)) {
    for (const ReferenceKind& kind : reference_kinds) {
      const auto block = parts_.map.by_name.find(kind.block);
      if (block != parts_.map.by_name.end() && parts_.in.peek(child, name::url) == kind.url) {
        places.left = start_statement(*block->second, parent, places);
        places.right = child;
        rows_.run_block(*block->second, places);
        parts_.in.take(child);
        parts_.in.read(child, name::url);
        return true;
      }
    }
  }
  return false;
}

}  // namespace lhcr::map
