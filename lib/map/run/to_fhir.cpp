// SPDX-License-Identifier: Apache-2.0
#include "map/run/to_fhir.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "base/names.hpp"

namespace lhcr::map {
namespace {

/// Whether a row writes beside the reference, which each reference has of its own.
bool writes_link(const Block& block) {
  const std::vector<Row>& rows = block.rows.get();
  return std::any_of(rows.begin(), rows.end(),
                     [](const Row& row) { return row.right.root == Root::link; });
}

/// The url of the extension that keeps an entry reference.
std::string_view reference_url(const Block& block) {
  const auto* const kind =
      std::find_if(reference_kinds.begin(), reference_kinds.end(),
                   [&](const ReferenceKind& known) { return block.name == known.block; });
  return kind == reference_kinds.end() ? std::string_view{} : kind->url;
}

/// Whether a row's Reference may be to what a block makes.
bool may_mean(const Row& row, const Block& block) {
  return row.targets.empty() || std::find(row.targets.begin(), row.targets.end(),
                                          block.resource_type) != row.targets.end();
}

}  // namespace

ToFhir::ToFhir(Parts& parts, Rows& rows)
    : parts_(parts), rows_(rows), source_(parts.in.source()), target_(parts.out.target()) {}

// --- resources ---

std::size_t ToFhir::make(const Block& block, const Places& places) {
  if (rows_.depth() > nesting_limit) {
    return npos;
  }
  return block.actor ? make_actor(block, places) : make_statement(block, places, {});
}

/// `about`: the id of the resource that a Provenance is about.
std::size_t ToFhir::make_statement(const Block& block, const Places& places,
                                   std::string_view about) {
  std::string which(about);
  which += rows_.ordinal() == 0 ? "" : "#" + std::to_string(rows_.ordinal());
  return fill(block, places, parts_.known.statement(block, places.left, which));
}

/// A document names its author beside every statement, most often in the same words: those are
/// booked as the words that were carried, and no row runs again.
std::size_t ToFhir::make_actor(const Block& block, const Places& places) {
  const KnownResources::Told told = parts_.known.told(block, places.left);
  if (const std::size_t index = parts_.known.in_same_words(told);
      index != npos && parts_.resources[index].source != places.left &&
      parts_.in.is_taken(parts_.resources[index].source)) {
    parts_.in.take_alike(places.left, parts_.resources[index].source);
    return index;
  }
  const std::size_t made = fill(block, places, parts_.known.actor(block, places.left));
  if (made != npos && parts_.resources[made].source == places.left && !writes_link(block)) {
    parts_.known.note_words(told, made);
  }
  return made;
}

std::size_t ToFhir::fill(const Block& block, Places places, KnownResources::Known known) {
  const bool added = known.index == npos;
  const std::size_t index = added ? parts_.resources.size() : known.index;
  if (added) {
    parts_.known.note(known.key, index);
    parts_.resources.make(block, places.left, known.key);
  } else if (parts_.resources.is_active(parts_.resources[index].node)) {
    return index;
  }
  places.right = places.resource = parts_.resources[index].node;
  const std::size_t mark = parts_.in.ledger().mark();
  bool stated = false;
  {
    const Placer::MergeScope merging(parts_.placer, !added);
    const Resources::Active active(parts_.resources, places.right);
    stated = state(block, places);
  }
  if (stated) {
    return index;
  }
  parts_.in.ledger().undo(mark);
  if (added) {
    drop(index);
  }
  return npos;
}

/// Runs a resource's rows; false when something that turns the meaning of the statement has found
/// no place in it.
bool ToFhir::state(const Block& block, const Places& places) {
  const Said::Scope said(parts_.said, block, places);
  const Ledger::Scope scope(parts_.in.ledger(), Booked::carried, true);
  rows_.take_header(block, places);
  rows_.run_block(block, places);
  rows_.write_header(block, places);
  return !parts_.said.is_unsaid(block, places);
}

void ToFhir::drop(std::size_t first) {
  parts_.known.forget(first);
  parts_.resources.drop(first);
}

std::string_view ToFhir::target_id(tree::NodeId resource) const {
  const tree::NodeId id =
      resource == tree::no_node ? tree::no_node : target_.child(resource, name::id);
  return id == tree::no_node ? std::string_view{} : target_[id].text();
}

bool ToFhir::resource(const Row& row, const Places& places, tree::NodeId from) {
  const Block* block = parts_.chooser.of(row, from);
  if (block == nullptr) {
    return false;
  }
  Places inside = places;
  inside.left = from;
  inside.link = parts_.out.fresh();
  if (row.right.root == Root::provenance) {
    return provenance(*block, inside, places.resource);
  }
  if (!row.repeat.empty()) {
    return repeat(row, *block, places, inside);
  }
  const std::size_t before = parts_.resources.size();
  const std::size_t made = make(*block, inside);
  if (made == npos) {
    return false;
  }
  parts_.resources.refer(inside.link, made);
  const bool good = parts_.placer.place(row.right, places, inside.link);
  if (!good) {
    drop(before);
  }
  return good;
}

/// An organizer may hold several measurements of one kind: a resource for each.
bool ToFhir::repeat(const Row& row, const Block& block, const Places& places, Places inside) {
  std::size_t count = 0;
  rows_.each(row.repeat, inside, [&](tree::NodeId) { ++count; });
  const std::size_t outer = rows_.ordinal();
  bool any = false;
  for (std::size_t ordinal = 0; ordinal < count; ++ordinal) {
    rows_.set_ordinal(ordinal);
    inside.link = parts_.out.fresh();
    const std::size_t made = make(block, inside);
    if (made != npos) {
      parts_.resources.refer(inside.link, made);
      any = parts_.placer.place(row.right, places, inside.link) || any;
    }
  }
  rows_.set_ordinal(outer);
  return any;
}

bool ToFhir::provenance(const Block& block, const Places& inside, tree::NodeId about) {
  if (rows_.depth() > nesting_limit) {
    return false;
  }
  const std::size_t made = block.actor ? make_actor(block, inside)
                                       : make_statement(block, inside, target_id(inside.resource));
  if (made == npos) {
    return false;
  }
  const tree::NodeId node = parts_.resources[made].node;
  if (target_.child(node, name::target) == tree::no_node) {
    const tree::NodeId target = parts_.out.fresh(name::target);
    parts_.out.add_copy(target, name::reference, "urn:uuid:" + std::string(target_id(about)));
    parts_.out.attach(node, target);
  }
  return true;
}

// --- statements ---

bool ToFhir::statement(const Row& row, const Places& places, tree::NodeId from) {
  bool any = false;
  Places inside = places;
  inside.entry = source_[from].name == name::entry ? from : tree::no_node;
  for (const tree::NodeId child : source_.children(from)) {
    if (!source_[child].is(tree::Flag::attribute) && is_statement(source_.name_of(child))) {
      any = one_statement(row, child, inside) || any;
    }
  }
  return any;
}

/// A statement below an entry or a relationship: its resources, each with a Reference in the row's
/// place.
bool ToFhir::one_statement(const Row& row, tree::NodeId statement, const Places& places) {
  const tree::NodeId holder = source_[statement].parent;
  const bool in_entry = source_[holder].name == name::entry;
  const std::size_t first = parts_.resources.size();
  const std::size_t mark = parts_.in.ledger().mark();
  tree::NodeId first_link = tree::no_node;
  bool placed = false;
  statements_of(row, statement, places, [&](tree::NodeId link) {
    placed = parts_.placer.place(row.right, places, link) || placed;
    first_link = first_link == tree::no_node ? link : first_link;
  });
  if (!placed) {
    // There is no room for a second one: another row may have some.
    parts_.in.ledger().undo(mark);
    drop(first);
    if (in_entry) {
      parts_.raw.note_entry(places.right, holder);
    }
    return false;
  }
  if (first_link != tree::no_node && in_entry) {
    parts_.raw.note(first_link, statement, first);
  }
  return true;
}

/// Each resource's Reference goes to `made`.
bool ToFhir::statements_of(const Row& row, tree::NodeId statement, const Places& places,
                           Visit made) {
  if (refer(row, statement, places, made)) {
    return true;
  }
  const Block* block = parts_.chooser.statement(statement);
  if (block == nullptr || !may_mean(row, *block)) {
    return false;
  }
  Places inside = places;
  bool any = false;
  if (block->wrapper.empty()) {
    inside.left = statement;
    any = from_core(*block, inside, made);
  } else {
    // A concern around its problems: a resource for each, whose rows see what is said by the
    // wrapper, so that it is carried before they run.
    inside.wrapper = statement;
    parts_.matcher.take_tests(block->wrapper.steps[0].tests, statement);
    parts_.matcher.walk(block->left, 0, statement,
                        [&](tree::NodeId core) { parts_.matcher.take_path(block->left, core); });
    parts_.matcher.walk(block->left, 0, statement, [&](tree::NodeId core) {
      inside.left = core;
      any = from_core(*block, inside, made) || any;
    });
  }
  parts_.in.take(statement);
  return any;
}

bool ToFhir::from_core(const Block& block, const Places& at, Visit made) {
  Places inside = at;
  inside.link = parts_.out.fresh();
  const std::size_t index = make(block, inside);
  if (index == npos) {
    return false;
  }
  parts_.resources.refer(inside.link, index);
  if (inside.entry == tree::no_node) {
    keep_link(inside.link, parts_.resources[index].node);
  }
  made(inside.link);
  return true;
}

/// What is said beside the reference to a statement in a section's entry is said in the resource's
/// meta when the statement is inside another one, so that references between resources stay plain.
void ToFhir::keep_link(tree::NodeId link, tree::NodeId resource) {
  tree::NodeId meta = target_.child(resource, name::meta);
  for (tree::NodeId node = target_[link].child; node != tree::no_node;) {
    const tree::NodeId next = target_[node].next;
    if (target_[node].name == name::extension) {
      if (meta == tree::no_node) {
        meta = parts_.out.fresh(name::meta);
        parts_.out.attach(resource, meta);
      }
      parts_.out.detach(link, node);
      parts_.out.attach(meta, node);
    }
    node = next;
  }
}

// --- entry references ---

/// The statement that is meant may stand later in the document: its resource is not there yet.
bool ToFhir::refer(const Row& row, tree::NodeId statement, Places places, Visit made) {
  const Block* block = parts_.chooser.reference(statement);
  const tree::NodeId meant = block == nullptr
                                 ? tree::no_node
                                 : parts_.references.meant(statement, parts_.anchors.document());
  const Block* other = meant == tree::no_node ? nullptr : parts_.chooser.statement(meant);
  if (other == nullptr || !may_mean(row, *other) || parts_.said.has_own(*block, statement)) {
    return false;
  }
  places.link = parts_.out.fresh();
  places.left = statement;
  // What it says, the statement around does not.
  const Said::Scope said(parts_.said, *block, places);
  places.right = parts_.out.fresh(name::extension);
  parts_.out.add(places.right, name::url, reference_url(*block));
  rows_.take_header(*block, places);
  rows_.run_block(*block, places);
  parts_.in.take(statement);
  parts_.out.attach(places.link, places.right);
  parts_.out.promise(places.link, meant);
  made(places.link);
  return true;
}

void ToFhir::resolve_references() {
  // By the statement that is meant: the first resource of it, or of what is inside.
  std::unordered_map<tree::NodeId, std::size_t> first;
  for (const auto& [link, statement] : parts_.out.promised()) {
    first.emplace(statement, npos);
  }
  for (std::size_t i = 0; !first.empty() && i < parts_.resources.size(); ++i) {
    const Resource& resource = parts_.resources[i];
    const bool statement = resource.block != nullptr && resource.block->statement;
    for (tree::NodeId at = statement ? resource.source : tree::no_node; at != tree::no_node;
         at = source_[at].parent) {
      const auto meant = first.find(at);
      if (meant != first.end() && meant->second == npos) {
        meant->second = i;
      }
    }
  }
  for (const auto& [link, statement] : parts_.out.promised()) {
    if (first[statement] != npos) {
      parts_.resources.refer(link, first[statement]);
    }
  }
  parts_.out.end_promises();
}

}  // namespace lhcr::map
