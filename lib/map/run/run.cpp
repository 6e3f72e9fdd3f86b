// SPDX-License-Identifier: Apache-2.0
#include "map/run/run.hpp"

#include <algorithm>
#include <cctype>

#include "base/names.hpp"
#include "map/codec/codec_functions.hpp"

namespace lhcr::map {
namespace {

constexpr int depth_limit = 100;

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

}  // namespace

Run::Run(const Map& map, bool forward, const tree::Tree& source, tree::Tree& target)
    : map_(map),
      forward_(forward),
      source_(source),
      target_(target),
      ledger_(source.size()),
      identity_(map, source),
      statements_(forward && !map.modifiers.empty() ? Statements(map, source) : Statements()) {
  references_.reset(source);
}

/// By the written or the defined name: valueCode is an element `value` once the tree is typed.
tree::NodeId Run::named_child(tree::NodeId node, Symbol name) const {
  for (const tree::NodeId child : source_.children(node)) {
    if (source_[child].name == name || source_[child].element == name) {
      return child;
    }
  }
  return tree::no_node;
}

std::string_view Run::peek(tree::NodeId node, Symbol child) const {
  const tree::NodeId found = named_child(node, child);
  return found == tree::no_node ? std::string_view{} : source_[found].text();
}

std::string_view Run::read(tree::NodeId node, Symbol child) {
  const tree::NodeId found = named_child(node, child);
  if (found == tree::no_node) {
    return {};
  }
  take(found);
  return source_[found].text();
}

/// A bit for each name below a node; two names may share one.
std::uint64_t Run::names_below(tree::NodeId node) const {
  std::uint64_t names = 0;
  if (node != tree::no_node) {
    for (const tree::NodeId child : source_.children(node)) {
      names |= bit_of(source_[child].name);
    }
  }
  return names;
}

bool Run::run_block(const Block& block, Places places) {
  if (depth_ > depth_limit) {
    return false;
  }
  ++depth_;
  bool carried = false;
  const std::uint64_t names = names_below(forward_ ? places.left : places.right);
  for (const Row& row : block.rows.get()) {
    const std::uint64_t first = row.from(forward_).first_name;
    if ((row.direction == Direction::both || (row.direction == Direction::forward) == forward_) &&
        (first == 0 || (first & names) != 0)) {
      run_row(row, places, carried);
    } else if (!forward_ && row.left.empty() && row.when_left.empty()) {
      imply(row, places);
    }
  }
  --depth_;
  return carried;
}

/// What the way forward says of every such element by itself need not be written.
void Run::imply(const Row& row, const Places& places) {
  each(row.right, places, [&](tree::NodeId node) {
    if (row.codec->kind == CodecKind::literal ? source_[node].text() == row.literal
                                              : is_subject(row, node)) {
      row.codec->kind == CodecKind::literal ? take(node) : take_all(node);
      take_path(row.right, node);
    } else if (row.codec->kind == CodecKind::flag) {
      take_tests(row.right.tests, node);
      take_path(row.right, node);
    }
  });
}

/// Whether a reference is what PATIENT writes, and its patient is carried.
bool Run::is_subject(const Row& row, tree::NodeId reference) const {
  if (row.codec->kind != CodecKind::value || row.codec->backward != nullptr) {
    return false;
  }
  const auto found = index_of_.find(resolve(peek(reference, name::reference), reference));
  return found != index_of_.end() && resources_[found->second].used;
}

void Run::end_rows() {
  ledger_.end();
  decltype(last_)().swap(last_);
  decltype(by_key_)().swap(by_key_);
  decltype(by_id_)().swap(by_id_);
  decltype(by_content_)().swap(by_content_);
  decltype(narrative_)().swap(narrative_);
  narrative_ready_ = false;
}

void Run::run_row(const Row& row, Places& places, bool& carried) {
  if (row.if_none && has_child(row.to(forward_), places)) {
    if (!forward_ && row.concepts != nullptr) {
      // What stands there already may say the same: both become one code on the way forward.
      const std::string_view there = code_at(target_, start(row.left, places, true), row.left);
      const Concepts::Target* same = there.empty() ? nullptr : row.concepts->find(true, {}, there);
      each(row.right, places, [&](tree::NodeId node) {
        if (same != nullptr && code_of(source_, node) == same->code) {
          take_all(node);
        }
      });
    }
    return;
  }
  const tree::NodeId there = forward_ ? places.right : places.left;
  if (std::any_of(row.lacks.begin(), row.lacks.end(),
                  [&](Symbol name) { return target_.child(there, name) != tree::no_node; })) {
    return;
  }
  const std::vector<Test>& when = forward_ ? row.when_left : row.when_right;
  if (!when.empty() && !holds(when, forward_ ? places.left : places.right)) {
    return;
  }
  const Ledger::Scope scope(ledger_, forward_ && row.aside ? Booked::aside : Booked::carried);
  std::vector<tree::NodeId> outer;
  outer.swap(placed_);
  bool done = false;
  if (row.codec->kind == CodecKind::literal) {
    done = literal(row, places);
  } else {
    if (row.codec->kind == CodecKind::flag) {
      done = flag(row, places);
    } else {
      each_wanted(row, places,
                  [&](tree::NodeId node) { done = transfer(row, places, node) || done; });
    }
    carried = done || carried;
  }
  outer.swap(placed_);
  if (done) {
    note_said(row);
  }
}

/// Whether something turns the meaning of the statement that nothing has carried.
bool Run::is_unsaid(const Block& block, const Places& places) const {
  const ModifierMask self = statements_.turned(places.left) & ~(said_.self | block.says);
  const ModifierMask wrapper = block.wrapper.empty() ? 0
                                                     : statements_.turned(places.wrapper) &
                                                           ~(said_.wrapper | block.says_wrapper);
  return self != 0 || wrapper != 0;
}

/// The matches of a row that are its own.
void Run::each_wanted(const Row& row, const Places& places, Visit each) {
  if (!forward_ || (!row.nth && !row.least)) {
    return this->each(row.from(forward_), places, each);
  }
  std::vector<tree::NodeId> all;
  this->each(row.left, places, [&](tree::NodeId node) { all.push_back(node); });
  if (row.nth && ordinal_ < all.size()) {
    each(all[ordinal_]);
  } else if (row.least && !all.empty()) {
    each(*std::min_element(all.begin(), all.end(), [&](tree::NodeId a, tree::NodeId b) {
      return peek(a, name::value) < peek(b, name::value);
    }));
  }
}

/// A modifier is carried by what every reader has to understand.
void Run::note_said(const Row& row) {
  if (!row.aside) {
    said_.self |= row.says;
    said_.wrapper |= row.says_wrapper;
  }
}

bool Run::transfer(const Row& row, Places& places, tree::NodeId from) {
  if (row.rest && is_taken(from)) {
    return false;
  }
  const std::size_t mark = ledger_.mark();
  const std::size_t made = resources_.size();
  take_path(row.from(forward_), from);
  bool good = false;
  switch (row.codec->kind) {
    case CodecKind::object:
      good = object(row, places, from);
      break;
    case CodecKind::resource:
      good = forward_ ? resource_forward(row, places, from) : resource_backward(row, places, from);
      break;
    case CodecKind::statement:
      good = statement_row(row, places, from);
      break;
    default:
      good = value(row, places, from);
  }
  if (good && !forward_ && row.right.root == Root::provenance) {
    take_targets(from, places.resource);
  }
  may_have_orphans_ = may_have_orphans_ || (!good && resources_.size() > made);
  if (!good || row.quiet) {
    ledger_.undo(mark);
  } else {
    take_path(row.from(forward_), from);  // resources give back what they had taken before
  }
  return good;
}

/// What a Provenance is about is said by where it stands.
void Run::take_targets(tree::NodeId provenance, tree::NodeId resource) {
  const auto found = targets_.find(about(provenance, resource));
  if (found == targets_.end()) {
    return;
  }
  for (const tree::NodeId target : found->second) {
    take_all(target);
  }
}

/// What a path's steps and their tests say, from its end upwards.
void Run::take_path(const Path& path, tree::NodeId end) {
  tree::NodeId at = end;
  for (std::size_t i = path.steps.size(); i > 0; --i, at = source_[at].parent) {
    take(at);
    take_tests(path.steps[i - 1].tests, at);
  }
}

bool Run::value(const Row& row, Places& places, tree::NodeId from) {
  const Path& to = row.to(forward_);
  const CodecFunction function = forward_ ? row.codec->forward : row.codec->backward;
  if (function == nullptr) {
    return false;
  }
  if (to.steps.empty()) {
    const tree::NodeId node = start(to, places, !forward_);
    return node != tree::no_node && function({*this, row, from, node});
  }
  const tree::NodeId before = target_.size();
  const tree::NodeId draft = fresh();
  bool good = function({*this, row, from, draft});
  if (!good && row.null_flavor) {
    good = null_flavor(row, from, draft);
  }
  good = good &&
         (place_every(row, places, draft) || raise(row, places, draft) || place(to, places, draft));
  if (!good) {
    forget(before);
  }
  return good;
}

/// What is said of all is said of each holder that has none of its own.
bool Run::place_every(const Row& row, const Places& places, tree::NodeId draft) {
  if (!forward_ || !row.every || row.right.steps.size() != 2) {
    return false;
  }
  const std::string_view text = target_[draft].text();
  bool any = false;
  for (const tree::NodeId holder : target_.children(places.right)) {
    if (target_[holder].element == row.right.steps[0].element) {
      any = true;
      if (child(holder, row.right.steps[1].element) == tree::no_node) {
        add(holder, row.right.steps[1].name, text);
      }
    }
  }
  return any;
}

/// Of several codes for one place the highest holds. True when there was one, which is it now.
bool Run::raise(const Row& row, const Places& places, tree::NodeId draft) {
  if (forward_ || row.most.empty() || row.left.steps.size() != 1) {
    return false;
  }
  const tree::NodeId holder = start(row.left, places, true);
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

bool Run::null_flavor(const Row& row, tree::NodeId from, tree::NodeId to) {
  const auto known = map_.concepts.find("null-flavor");
  if (known == map_.concepts.end()) {
    return false;
  }
  if (forward_) {
    const Concepts::Target* target = known->second->find(true, {}, read(from, name::null_flavor));
    if (target == nullptr || peek(from, name::null_flavor).empty()) {
      return false;
    }
    const tree::NodeId extension = fresh(name::extension);
    add(extension, name::url, absent_reason_url);
    add(extension, name::value_code, target->code);
    attach(to, extension);
    // Only a primitive value has a place of its own for what stands beside it.
    if (std::islower(static_cast<unsigned char>(row.codec->right_type.front())) != 0) {
      target_[to].kind = tree::Kind::null;
    }
    return true;
  }
  const tree::NodeId extension = source_.child(from, name::extension);
  if (extension == tree::no_node || peek(extension, name::url) != absent_reason_url) {
    return false;
  }
  const Concepts::Target* target =
      known->second->find(false, {}, read(extension, name::value_code));
  take_all(extension);
  return target != nullptr && add(to, name::null_flavor, target->code, true) != tree::no_node &&
         (void(row), true);
}

bool Run::flag(const Row& row, Places& places) {
  const Path& from = row.from(forward_);
  bool found = from.empty();
  each(from, places, [&](tree::NodeId node) {
    found = true;
    take_tests(from.tests, node);
    for (std::size_t i = from.steps.size(); i > 0; --i, node = source_[node].parent) {
      take(node);
      take_tests(from.steps[i - 1].tests, node);
    }
  });
  if (!found) {
    return false;
  }
  const Path& to = row.to(forward_);
  if (!to.steps.empty()) {
    return place(to, places, fresh());
  }
  const tree::NodeId node = start(to, places, !forward_);
  if (node == tree::no_node) {
    return false;
  }
  write_tests(to.tests, node);
  return true;
}

bool Run::literal(const Row& row, Places& places) {
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
  const tree::NodeId draft = fresh();
  set_text(draft, row.literal);
  const bool good = place(to, places, draft);
  if (good && !forward_ && from.steps.empty()) {
    take_tests(from.tests, start(from, places, forward_));
  }
  return good;
}

bool Run::block_fits(const Block& block, tree::NodeId node) const {
  const Path& header = forward_ ? block.left : block.right;
  if (header.steps.empty()) {
    return true;
  }
  if (forward_) {
    return step_fits(header.steps[0], source_, node);
  }
  return (block.resource_type.empty() || source_.resource_type(node) == block.resource_type) &&
         holds(header.steps[0].tests, node);
}

const Block* Run::choose(const Row& row, tree::NodeId node) const {
  for (const Block* block : row.blocks) {
    if (block_fits(*block, node)) {
      return block;
    }
  }
  return nullptr;
}

void Run::write_header(const Block& block, const Places& places) {
  const Path& header = forward_ ? block.right : block.left;
  const tree::NodeId node = forward_ ? places.right : places.left;
  if (!header.steps.empty()) {
    write_tests(header.steps.back(), node);
  }
}

void Run::take_header(const Block& block, const Places& places) {
  const Path& header = forward_ ? block.left : block.right;
  if (!header.steps.empty()) {
    take_tests(header.steps.back().tests, forward_ ? places.left : places.right);
  }
}

/// An element of FHIR says something beside its id (ele-1).
bool Run::has_content(tree::NodeId element) const {
  const auto children = target_.children(element);
  return target_[element].length > 0 ||
         std::any_of(children.begin(), children.end(),
                     [&](tree::NodeId child) { return target_[child].name != name::id; });
}

bool Run::object(const Row& row, Places& places, tree::NodeId from) {
  const Block* block = choose(row, from);
  if (block == nullptr) {
    return false;
  }
  const Path& to = row.to(forward_);
  const bool in_place = to.steps.empty();
  const bool own =
      forward_ && from != places.left && (statements_.turned(from) & ~block->says) != 0;
  if (own && in_place) {
    return false;  // what is written could not be taken back
  }
  const tree::NodeId draft = in_place ? start(to, places, !forward_) : fresh();
  Places inside = places;
  (forward_ ? inside.left : inside.right) = from;
  (forward_ ? inside.right : inside.left) = draft;
  if (block->scope) {
    inside.section = inside.left;
  }
  if (forward_ && block->around) {
    inside.wrapper = inside.left;
  }
  const Said outer = said_;
  if (forward_ && from != places.left) {
    // What the row that found it asked for, and what the statement around says of both.
    said_ = {(row.left.steps.empty() ? 0 : row.left.steps.back().says) |
                 (outer.self & statements_.inherited()),
             0, from};
  }
  const bool any = draft != tree::no_node &&
                   (run_block(*block, inside) || row.from(forward_).empty()) &&
                   !(own && is_unsaid(*block, inside));
  if (from != places.left) {
    said_ = outer;
  }
  if (!any || (forward_ && !in_place && !has_content(draft))) {
    return false;
  }
  take_header(*block, inside);
  write_header(*block, inside);
  if (!forward_ && block->scope) {
    restore_raw_entries(from, draft);
  }
  return in_place || place(to, places, draft);
}

std::string Run::plain_text(tree::NodeId node) const {
  std::string out;
  const auto append = [&](std::string_view text) {
    for (const char c : text) {
      const bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
      if (!space) {
        out += c;
      } else if (!out.empty() && out.back() != ' ') {
        out += ' ';
      }
    }
  };
  const auto visit = [&](const auto& self, tree::NodeId at) -> void {
    append(source_[at].text());
    for (const tree::NodeId child : source_.children(at)) {
      if (!source_[child].is(tree::Flag::attribute)) {
        self(self, child);
      }
    }
    const std::string_view name = source_.name_of(at);
    if (name == "td" || name == "th" || name == "br" || name == "paragraph" || name == "item" ||
        name == "tr") {
      append(" ");
    }
  };
  visit(visit, node);
  while (!out.empty() && out.back() == ' ') {
    out.pop_back();
  }
  return out;
}

bool Run::is_inside(tree::NodeId node, tree::NodeId top) const {
  while (node != tree::no_node && node != top) {
    node = source_[node].parent;
  }
  return node == top;
}

tree::NodeId Run::narrative(std::string_view id) {
  if (!narrative_ready_) {
    narrative_ready_ = true;
    for (tree::NodeId node = 1; node < source_.size(); ++node) {
      if (source_[node].name == name::xml_id && is_inside(node, document_)) {
        narrative_.emplace(source_[node].text(), source_[node].parent);
      }
    }
  }
  const auto found = narrative_.find(id);
  return found == narrative_.end() ? tree::no_node : found->second;
}

}  // namespace lhcr::map
