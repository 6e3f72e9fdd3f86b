// SPDX-License-Identifier: Apache-2.0
#include "map/run/rows.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

#include "base/names.hpp"
#include "map/codec/codec_functions.hpp"

namespace lhcr::map {
namespace {

/// The code that the first element of a path has, or the text of the attribute it ends in.
std::string_view code_at(const tree::Tree& tree, tree::NodeId node, const Path& path) {
  for (const Step& step : path.steps) {
    node = node == tree::no_node ? node : tree.child(node, step.element);
  }
  if (node != tree::no_node && !tree[node].is(tree::Flag::attribute)) {
    node = tree.child(node, name::code);
  }
  return node == tree::no_node ? std::string_view{} : tree[node].text();
}

/// Of a code, a Coding or a CodeableConcept.
std::string_view code_of(const tree::Tree& tree, tree::NodeId node) {
  for (const Symbol part : {name::coding, name::code}) {
    const tree::NodeId child = tree.child(node, part);
    node = child == tree::no_node ? node : child;
  }
  return tree[node].text();
}

/// Whether a path starts where many statements ask, and asks for a name there.
bool is_shared(const Path& path) {
  return (path.root == Root::section || path.root == Root::document || path.root == Root::bundle) &&
         (path.steps.empty() || path.steps[0].name != no_symbol);
}

}  // namespace

Rows::Rows(Run& run, Parts& parts)
    : run_(run),
      parts_(parts),
      forward_(parts.forward),
      source_(parts.in.source()),
      target_(parts.out.target()) {}

/// A bit for each name below a node; two names may share one.
std::uint64_t Rows::names_below(tree::NodeId node) const {
  std::uint64_t names = 0;
  if (node != tree::no_node) {
    for (const tree::NodeId child : source_.children(node)) {
      names |= bit_of(source_[child].name);
    }
  }
  return names;
}

/// Blocks have up to a hundred rows and elements a handful of children: rows whose first name the
/// node does not have are passed over before anything is looked for.
bool Rows::run_block(const Block& block, const Places& places) {
  if (depth_ > block_limit) {
    return false;
  }
  ++depth_;
  bool carried = false;
  const std::uint64_t names = names_below(forward_ ? places.left : places.right);
  for (const Row& row : block.rows.get()) {
    const std::uint64_t first = row.from(forward_).first_name;
    if ((row.direction == Direction::both || (row.direction == Direction::forward) == forward_) &&
        (first == 0 || (first & names) != 0)) {
      carried = run_row(row, places) || carried;
    } else if (!forward_ && row.left.empty() && row.when_left.empty()) {
      imply(row, places);
    }
  }
  --depth_;
  return carried;
}

/// What the way forward says of every such element by itself need not be written.
void Rows::imply(const Row& row, const Places& places) {
  each(row.right, places, [&](tree::NodeId node) {
    if (row.codec->kind == CodecKind::literal ? source_[node].text() == row.literal
                                              : is_subject(row, node)) {
      row.codec->kind == CodecKind::literal ? parts_.in.take(node) : parts_.in.take_all(node);
      parts_.matcher.take_path(row.right, node);
    } else if (row.codec->kind == CodecKind::flag) {
      parts_.matcher.take_tests(row.right.tests, node);
      parts_.matcher.take_path(row.right, node);
    }
  });
}

/// Whether a reference is what PATIENT writes, and its patient is carried.
bool Rows::is_subject(const Row& row, tree::NodeId reference) const {
  if (row.codec->kind != CodecKind::value || row.codec->backward != nullptr) {
    return false;
  }
  const Resource* found = parts_.resources.at(
      parts_.resources.resolve(parts_.in.peek(reference, name::reference), reference));
  return found != nullptr && found->used;
}

// --- one row: whether it runs, and on what ---

bool Rows::run_row(const Row& row, const Places& places) {
  if (!is_wanted(row, places)) {
    return false;
  }
  // What a row writes where no reader has to look is carried aside and no more.
  const Ledger::Scope scope(parts_.in.ledger(),
                            forward_ && row.aside ? Booked::aside : Booked::carried);
  const Placer::RowScope placing(parts_.placer);
  bool done = false;
  if (row.codec->kind == CodecKind::literal) {
    done = literal(row, places);
  } else if (row.codec->kind == CodecKind::flag) {
    done = flag(row, places);
  } else {
    each_wanted(row, places,
                [&](tree::NodeId node) { done = transfer(row, places, node) || done; });
  }
  if (done) {
    parts_.said.note(row);
  }
  // A constant is nothing that the source has said.
  return done && row.codec->kind != CodecKind::literal;
}

/// Whether the conditions of a row beside its path hold.
bool Rows::is_wanted(const Row& row, const Places& places) {
  if (row.if_none && parts_.placer.has_child(row.to(forward_), places)) {
    take_same(row, places);
    return false;
  }
  if (forward_ && row.right.root == Root::patient && parts_.said.is_turned(row, places.left)) {
    return false;
  }
  const tree::NodeId there = forward_ ? places.right : places.left;
  if (std::any_of(row.lacks.begin(), row.lacks.end(),
                  [&](Symbol name) { return target_.child(there, name) != tree::no_node; })) {
    return false;
  }
  const std::vector<Test>& when = forward_ ? row.when_left : row.when_right;
  return when.empty() || parts_.matcher.holds(when, forward_ ? places.left : places.right);
}

/// What stands there already may say the same: both become one code on the way forward.
void Rows::take_same(const Row& row, const Places& places) {
  if (forward_ || row.concepts == nullptr) {
    return;
  }
  const std::string_view there =
      code_at(target_, parts_.anchors.start(row.left, places, true), row.left);
  const Concepts::Target* same = there.empty() ? nullptr : row.concepts->find(true, {}, there);
  each(row.right, places, [&](tree::NodeId node) {
    if (same != nullptr && code_of(source_, node) == same->code) {
      parts_.in.take_all(node);
    }
  });
}

/// The matches of a row that are its own.
void Rows::each_wanted(const Row& row, const Places& places, Visit each) {
  if (!forward_ || (!row.nth && !row.least)) {
    return this->each(row.from(forward_), places, each);
  }
  std::vector<tree::NodeId> all;
  this->each(row.left, places, [&](tree::NodeId node) { all.push_back(node); });
  if (row.nth && ordinal_ < all.size()) {
    each(all[ordinal_]);
  } else if (row.least && !all.empty()) {
    each(*std::min_element(all.begin(), all.end(), [&](tree::NodeId a, tree::NodeId b) {
      return parts_.in.peek(a, name::value) < parts_.in.peek(b, name::value);
    }));
  }
}

/// A section may have thousands of entries, and each of its statements asks for the section's code:
/// what a path finds at a start that many share is kept while the start stays the same.
const Rows::Shared& Rows::shared(const Path& path, tree::NodeId node) {
  Shared& known = shared_[&path];
  if (known.node != node) {
    known.node = node;
    known.holds = parts_.matcher.holds(path.tests, node);
    known.children.clear();
    for (const tree::NodeId child : source_.children(node)) {
      if (!path.steps.empty() && source_[child].name == path.steps[0].name) {
        known.children.push_back(child);
      }
    }
  }
  return known;
}

void Rows::each_shared(const Path& path, tree::NodeId node, Visit each) {
  const Shared& known = shared(path, node);
  if (known.holds && path.steps.empty()) {
    return each(node);
  }
  if (known.holds && !known.children.empty()) {
    // A copy: what `each` runs may ask the same of a section inside.
    const std::vector<tree::NodeId> children = known.children;
    parts_.matcher.walk_children(path, children, each);
  }
}

void Rows::each(const Path& path, const Places& places, Visit each) {
  if (path.root == Root::provenance) {
    for (const tree::NodeId node : parts_.provenances.about(places.resource)) {
      if (parts_.matcher.holds(path.tests, node)) {
        parts_.matcher.walk(path, 0, node, each);
      }
    }
    return;
  }
  const tree::NodeId node = parts_.anchors.start(path, places, forward_);
  if (node != tree::no_node && is_shared(path)) {
    return each_shared(path, node, each);
  }
  if (node != tree::no_node && parts_.matcher.holds(path.tests, node)) {
    parts_.matcher.walk(path, 0, node, each);
  }
  // What is said beside a Reference in a section's entry is in the meta of a resource that is
  // referred to from inside another one, see ToFhir::keep_link.
  if (path.root == Root::link && !forward_ && places.resource != tree::no_node) {
    if (const tree::NodeId meta = source_.child(places.resource, name::meta);
        meta != tree::no_node) {
      parts_.matcher.walk(path, 0, meta, each);
    }
  }
}

// --- what a row does with one match ---

bool Rows::transfer(const Row& row, const Places& places, tree::NodeId from) {
  if (row.rest && parts_.in.is_taken(from)) {
    return false;
  }
  const std::size_t mark = parts_.in.ledger().mark();
  const std::size_t made = parts_.resources.size();
  parts_.matcher.take_path(row.from(forward_), from);
  const bool good = carry(row, places, from);
  if (good && !forward_ && row.right.root == Root::provenance) {
    for (const tree::NodeId target : parts_.provenances.targets(from, places.resource)) {
      parts_.in.take_all(target);
    }
  }
  may_have_orphans_ = may_have_orphans_ || (!good && parts_.resources.size() > made);
  if (!good || row.quiet) {
    parts_.in.ledger().undo(mark);
  } else {
    // Resources give back what they had taken before.
    parts_.matcher.take_path(row.from(forward_), from);
  }
  return good;
}

bool Rows::carry(const Row& row, const Places& places, tree::NodeId from) {
  switch (row.codec->kind) {
    case CodecKind::object:
      return object(row, places, from);
    case CodecKind::resource:
      return maker_->resource(row, places, from);
    case CodecKind::statement:
      return maker_->statement(row, places, from);
    default:
      return value(row, places, from);
  }
}

/// A value is drafted before anyone knows whether there is room for it; what does not fit is
/// forgotten, so that a later row may carry it.
bool Rows::value(const Row& row, const Places& places, tree::NodeId from) {
  const Path& to = row.to(forward_);
  const CodecFunction function = forward_ ? row.codec->forward : row.codec->backward;
  if (function == nullptr) {
    return false;
  }
  if (to.steps.empty()) {
    const tree::NodeId node = parts_.anchors.start(to, places, !forward_);
    return node != tree::no_node && function({run_, row, from, node});
  }
  const tree::NodeId before = parts_.out.mark();
  const tree::NodeId draft = parts_.out.fresh();
  bool good = function({run_, row, from, draft});
  if (!good && row.null_flavor) {
    good = null_flavor(row, from, draft);
  }
  good = good && (place_every(row, places, draft) || raise(row, places, draft) ||
                  parts_.placer.place(to, places, draft));
  if (!good) {
    parts_.out.forget(before);
  }
  return good;
}

/// What is said of all is said of each holder that has none of its own.
bool Rows::place_every(const Row& row, const Places& places, tree::NodeId draft) {
  if (!forward_ || !row.every || row.right.steps.size() != 2) {
    return false;
  }
  const std::string_view text = target_[draft].text();
  bool any = false;
  for (const tree::NodeId holder : target_.children(places.right)) {
    if (target_[holder].element == row.right.steps[0].element) {
      any = true;
      if (target_.child(holder, row.right.steps[1].element) == tree::no_node) {
        parts_.out.add(holder, row.right.steps[1].name, text);
      }
    }
  }
  return any;
}

/// Of several codes for one place the highest holds. True when there was one, which is it now.
bool Rows::raise(const Row& row, const Places& places, tree::NodeId draft) {
  if (forward_ || row.most.empty() || row.left.steps.size() != 1) {
    return false;
  }
  const tree::NodeId holder = parts_.anchors.start(row.left, places, true);
  const tree::NodeId there =
      holder == tree::no_node ? holder : target_.child(holder, row.left.steps[0].element);
  if (there == tree::no_node) {
    return false;
  }
  const auto rank = [&](tree::NodeId node) {
    const tree::NodeId code = target_.child(node, name::code);
    const std::string_view text = code == tree::no_node ? std::string_view{} : target_[code].text();
    return std::find(row.most.begin(), row.most.end(), text) - row.most.begin();
  };
  const auto unknown = static_cast<std::ptrdiff_t>(row.most.size());
  if (rank(draft) != unknown && (rank(there) == unknown || rank(there) < rank(draft))) {
    target_[there].child = target_[draft].child;
    for (const tree::NodeId child : target_.children(there)) {
      target_[child].parent = there;
    }
  }
  return rank(there) != unknown;
}

bool Rows::null_flavor(const Row& row, tree::NodeId from, tree::NodeId to) {
  return forward_ ? null_flavor_forward(row, from, to) : null_flavor_backward(from, to);
}

bool Rows::null_flavor_forward(const Row& row, tree::NodeId from, tree::NodeId to) {
  const auto known = parts_.map.concepts.find("null-flavor");
  if (known == parts_.map.concepts.end()) {
    return false;
  }
  const std::string_view flavor = parts_.in.read(from, name::null_flavor);
  const Concepts::Target* target = known->second->find(true, {}, flavor);
  if (target == nullptr || flavor.empty()) {
    return false;
  }
  const tree::NodeId extension = parts_.out.fresh(name::extension);
  parts_.out.add(extension, name::url, absent_reason_url);
  parts_.out.add(extension, name::value_code, target->code);
  parts_.out.attach(to, extension);
  // Only a primitive value has a place of its own for what stands beside it.
  if (std::islower(static_cast<unsigned char>(row.codec->right_type.front())) != 0) {
    target_[to].kind = tree::Kind::null;
  }
  return true;
}

bool Rows::null_flavor_backward(tree::NodeId from, tree::NodeId to) {
  const auto known = parts_.map.concepts.find("null-flavor");
  const tree::NodeId extension = source_.child(from, name::extension);
  if (known == parts_.map.concepts.end() || extension == tree::no_node ||
      parts_.in.peek(extension, name::url) != absent_reason_url) {
    return false;
  }
  const Concepts::Target* target =
      known->second->find(false, {}, parts_.in.read(extension, name::value_code));
  parts_.in.take_all(extension);
  return target != nullptr &&
         parts_.out.add(to, name::null_flavor, target->code, true) != tree::no_node;
}

bool Rows::flag(const Row& row, const Places& places) {
  const Path& from = row.from(forward_);
  bool found = from.empty();
  each(from, places, [&](tree::NodeId node) {
    found = true;
    parts_.matcher.take_tests(from.tests, node);
    parts_.matcher.take_path(from, node);
  });
  if (!found) {
    return false;
  }
  const Path& to = row.to(forward_);
  if (!to.steps.empty()) {
    return parts_.placer.place(to, places, parts_.out.fresh());
  }
  const tree::NodeId node = parts_.anchors.start(to, places, !forward_);
  if (node == tree::no_node) {
    return false;
  }
  parts_.placer.write_tests(to.tests, node);
  return true;
}

bool Rows::literal(const Row& row, const Places& places) {
  const Path& to = row.to(forward_);
  if (to.steps.empty()) {
    return false;
  }
  const Path& from = row.from(forward_);
  bool found = from.empty();
  if (!found) {
    each(from, places, [&](tree::NodeId) { found = true; });
  }
  if (!found) {
    return false;
  }
  const tree::NodeId draft = parts_.out.fresh();
  parts_.out.set_text(draft, row.literal);
  const bool good = parts_.placer.place(to, places, draft);
  if (good && !forward_ && from.steps.empty()) {
    parts_.matcher.take_tests(from.tests, parts_.anchors.start(from, places, forward_));
  }
  return good;
}

void Rows::write_header(const Block& block, const Places& places) {
  const Path& header = forward_ ? block.right : block.left;
  const tree::NodeId node = forward_ ? places.right : places.left;
  if (!header.steps.empty()) {
    parts_.placer.write_tests(header.steps.back(), node);
  }
}

void Rows::take_header(const Block& block, const Places& places) {
  const Path& header = forward_ ? block.left : block.right;
  if (!header.steps.empty()) {
    parts_.matcher.take_tests(header.steps.back().tests, forward_ ? places.left : places.right);
  }
}

/// An element of FHIR says something beside its id (ele-1).
bool Rows::has_content(tree::NodeId element) const {
  const auto children = target_.children(element);
  return target_[element].length > 0 ||
         std::any_of(children.begin(), children.end(),
                     [&](tree::NodeId child) { return target_[child].name != name::id; });
}

bool Rows::object(const Row& row, const Places& places, tree::NodeId from) {
  const Block* block = parts_.chooser.of(row, from);
  if (block == nullptr) {
    return false;
  }
  const Path& to = row.to(forward_);
  const bool in_place = to.steps.empty();
  // A part may turn its own meaning (a negated reaction of an allergy): it is written whole or not.
  const bool own = forward_ && from != places.left && parts_.said.has_own(*block, from);
  if (own && in_place) {
    return false;  // what is written could not be taken back
  }
  const tree::NodeId draft =
      in_place ? parts_.anchors.start(to, places, !forward_) : parts_.out.fresh();
  Places inside = places;
  (forward_ ? inside.left : inside.right) = from;
  (forward_ ? inside.right : inside.left) = draft;
  if (block->scope) {
    inside.section = inside.left;
  }
  if (forward_ && block->around) {
    inside.wrapper = inside.left;
  }
  std::optional<Said::Scope> scope;
  if (forward_ && from != places.left) {
    scope.emplace(parts_.said, row, from);
  }
  const bool any = draft != tree::no_node && run_part(row, *block, inside, own);
  scope.reset();
  if (!any || (forward_ && !in_place && !has_content(draft))) {
    return false;
  }
  take_header(*block, inside);
  write_header(*block, inside);
  if (!forward_ && block->scope) {
    parts_.raw.restore_entries(from, draft);
  }
  return in_place || parts_.placer.place(to, places, draft);
}

/// Whether the rows of a part have carried something, and all that turns it.
bool Rows::run_part(const Row& row, const Block& block, const Places& inside, bool own) {
  return (run_block(block, inside) || row.from(forward_).empty()) &&
         !(own && parts_.said.is_unsaid(block, inside));
}

}  // namespace lhcr::map
