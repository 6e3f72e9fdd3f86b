// SPDX-License-Identifier: Apache-2.0
// Resources and statements: what a block makes, what it is called, and who points to it.
#include <algorithm>
#include <utility>

#include "base/names.hpp"
#include "map/hash.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {

bool is_statement(std::string_view name) {
  static const format::CdaClassId holder = format::cda_class("Component4");
  static const format::CdaClassId data_type = format::cda_class("DataType");
  const format::CdaChild child = format::cda_child(holder, name);
  return child.known && child.type != data_type;
}

void Run::content_hash(tree::NodeId node, std::uint64_t& a, std::uint64_t& b) const {
  hash_into(source_.name_of(node), a, b);
  hash_into(source_[node].text(), a, b);
  for (const tree::NodeId child : source_.children(node)) {
    content_hash(child, a, b);
  }
}

std::string Run::content_key(tree::NodeId node, std::uint64_t a, std::uint64_t b) const {
  content_hash(node, a, b);
  return std::to_string(a) + std::to_string(b);
}

/// An actor that is known by one of its identifiers, unless the names say that it is another one.
Run::Known Run::known_actor(const Block& block, tree::NodeId node) {
  const std::vector<std::string> ids = identity_.real_ids(node);
  const std::string type = block.resource_type + "|";
  Known known;
  for (const std::string& id : ids) {
    for (const std::size_t index : by_id_[type + id]) {
      if (known.index == npos && resources_[index].source != tree::no_node &&
          identity_.may_be_one({*resources_[index].block, resources_[index].source},
                               {block, node})) {
        known.index = index;
      }
    }
  }
  if (known.index == npos) {
    std::string key = type + (ids.empty() ? content_key(node, 1, 2) : ids[0]);
    if (by_key_.contains(digest_of(key)) && !ids.empty()) {
      key += "#" + identity_.name_of(block, node);
    }
    known.key = digest_of(key);
    const auto found = by_key_.find(known.key);
    known.index = found == by_key_.end() ? npos : found->second;
  }
  const std::size_t index = known.index == npos ? resources_.size() : known.index;
  for (const std::string& id : ids) {
    std::vector<std::size_t>& all = by_id_[type + id];
    if (std::find(all.begin(), all.end(), index) == all.end()) {
      all.push_back(index);
    }
  }
  return known;
}

Run::Known Run::known_statement(const Block& block, tree::NodeId node, std::string_view about) {
  const std::vector<std::string> ids = identity_.real_ids(node);
  std::string key =
      block.resource_type + "|" + (ids.empty() ? content_key(node, 1, 2) + document_key_ : ids[0]);
  key += about;
  key += ordinal_ == 0 ? "" : "#" + std::to_string(ordinal_);
  Known known;
  known.key = digest_of(key);
  auto found = by_key_.find(known.key);
  if (found != by_key_.end()) {
    const Resource& there = resources_[found->second];
    const bool twice = there.source == node && there.block == &block;
    const bool elsewhere = block.same && !ids.empty() && there.source != tree::no_node &&
                           source_[there.source].name != source_[node].name;
    if (!twice && !elsewhere) {
      key += "#" + block.name + content_key(node, 3, 4);
      known.key = digest_of(key);
      found = by_key_.find(known.key);
    }
  }
  known.index = found == by_key_.end() ? npos : found->second;
  return known;
}

/// An actor that the same words were told of before, or npos.
std::size_t Run::same_content(const Block& block, tree::NodeId node) {
  const auto found = by_content_.find(block.name + content_key(node, 5, 6));
  return found == by_content_.end() ? npos : found->second;
}

void Run::take_alike(tree::NodeId node, tree::NodeId other) {
  ledger_.take_as(node, ledger_.of(other));
  tree::NodeId twin = source_[other].child;
  for (const tree::NodeId child : source_.children(node)) {
    take_alike(child, twin);
    twin = source_[twin].next;
  }
}

std::size_t Run::make_resource(const Block& block, Places places, bool about_resource) {
  if (depth_ > 60) {
    return npos;
  }
  if (!block.actor) {
    return fill_resource(
        block, places,
        known_statement(block, places.left,
                        about_resource ? peek_target_id(places.resource) : std::string_view{}));
  }
  if (const std::size_t index = same_content(block, places.left);
      index != npos && resources_[index].source != places.left &&
      ledger_.has(resources_[index].source)) {
    take_alike(places.left, resources_[index].source);
    return index;
  }
  const std::size_t made = fill_resource(block, places, known_actor(block, places.left));
  if (made != npos && resources_[made].source == places.left && !writes_link(block)) {
    by_content_.emplace(block.name + content_key(places.left, 5, 6), made);
  }
  return made;
}

/// Whether a row writes beside the reference, which each reference has of its own.
bool Run::writes_link(const Block& block) {
  const std::vector<Row>& rows = block.rows.get();
  return std::any_of(rows.begin(), rows.end(),
                     [](const Row& row) { return row.right.root == Root::link; });
}

std::size_t Run::fill_resource(const Block& block, Places places, Known known) {
  const bool added = known.index == npos;
  const std::size_t index = added ? resources_.size() : known.index;
  const bool merging = merging_;
  if (added) {
    by_key_.emplace(known.key, index);
    new_resource(block, places, known.key);
  } else if (std::find(active_.begin(), active_.end(), resources_[index].node) != active_.end()) {
    return index;
  }
  merging_ = !added;
  places.right = places.resource = resources_[index].node;
  active_.push_back(places.right);
  const std::size_t mark = ledger_.mark();
  const bool stated = state(block, places);
  active_.pop_back();
  merging_ = merging;
  if (!stated) {
    ledger_.undo(mark);
    if (added) {
      drop_resources(index);
    }
    return npos;
  }
  return index;
}

/// Runs a resource's rows; false when something that turns the meaning of the statement has found
/// no place in it.
bool Run::state(const Block& block, const Places& places) {
  const Said outer = said_;
  constexpr ModifierMask all = ~ModifierMask{0};
  // What is made of the same statement beside it leaves that to the statement's own resource.
  said_ = places.left == outer.statement ? Said{all, all, places.left}
                                         : Said{block.says, block.says_wrapper, places.left};
  const Ledger::Scope scope(ledger_, Booked::carried, true);
  take_header(block, places);
  run_block(block, places);
  write_header(block, places);
  const bool stated = !is_unsaid(block, places);
  said_ = outer;
  return stated;
}

bool Run::claim_part(const std::string& id) {
  return !active_.empty() && part_ids_.insert(std::to_string(active_.back()) + " " + id).second;
}

std::string_view Run::peek_target_id(tree::NodeId node) const {
  const tree::NodeId id = node == tree::no_node ? tree::no_node : target_.child(node, name::id);
  return id == tree::no_node ? std::string_view{} : target_[id].text();
}

void Run::new_resource(const Block& block, const Places& places, Digest key) {
  Resource made;
  made.key = key;
  made.node = fresh(name::resource);
  made.type = block.resource_type;
  made.source = places.left;
  made.block = &block;
  target_[made.node].flags =
      static_cast<std::uint8_t>(target_[made.node].flags | tree::Flag::resource);
  const tree::NodeId type = add(made.node, name::resource_type, block.resource_type);
  target_[type].flags = static_cast<std::uint8_t>(target_[type].flags | tree::Flag::meta);
  constexpr std::string_view scheme = "urn:uuid:";
  made.url = target_.arena().copy(std::string(scheme) + uuid_of(key));
  made.id = made.url.substr(scheme.size());
  add(made.node, name::id, made.id);
  if (block.subject && patient_ == npos) {
    patient_ = resources_.size();
  }
  resources_.push_back(made);
}

void Run::reference_to(tree::NodeId reference, std::size_t resource) {
  add(reference, name::reference, resources_[resource].url);
}

std::string_view Run::patient_name() {
  if (!patient_named_ && patient_ != npos) {
    patient_named_ = true;
    const tree::NodeId name = child(resources_[patient_].node, name::name);
    std::string text;
    for (const Symbol part : {name::given, name::family, name::text}) {
      for (const tree::NodeId at : target_.children(name)) {
        if (name != tree::no_node && target_[at].name == part) {
          text += (text.empty() ? "" : " ") + std::string(target_[at].text());
        }
      }
    }
    patient_name_ = target_.arena().copy(text);
  }
  return patient_name_;
}

bool Run::resource_forward(const Row& row, Places& places, tree::NodeId from) {
  const Block* block = choose(row, from);
  if (block == nullptr) {
    return false;
  }
  Places inside = places;
  inside.left = from;
  inside.link = fresh();
  if (row.right.root == Root::provenance) {
    return make_provenance(*block, inside, places.resource);
  }
  if (!row.repeat.empty()) {
    return repeat_resource(row, *block, places, inside);
  }
  const std::size_t before = resources_.size();
  const std::size_t made = make_resource(*block, inside);
  if (made == npos) {
    return false;
  }
  reference_to(inside.link, made);
  const bool good = place(row.right, places, inside.link);
  if (!good) {
    drop_resources(before);
  }
  return good;
}

/// An organizer may hold several measurements of one kind: a resource for each.
bool Run::repeat_resource(const Row& row, const Block& block, Places& places, Places inside) {
  std::size_t count = 0;
  each(row.repeat, inside, [&](tree::NodeId) { ++count; });
  const std::size_t outer = ordinal_;
  bool any = false;
  for (ordinal_ = 0; ordinal_ < count; ++ordinal_) {
    inside.link = fresh();
    const std::size_t made = make_resource(block, inside);
    if (made != npos) {
      reference_to(inside.link, made);
      any = place(row.right, places, inside.link) || any;
    }
  }
  ordinal_ = outer;
  return any;
}

/// Those that nothing came to point to.
void Run::drop_resources(std::size_t first) {
  for (; resources_.size() > first; resources_.pop_back()) {
    by_key_.erase(resources_.back().key);
    // Who looks at every node of the result finds no resource here.
    target_[resources_.back().node].child = tree::no_node;
    target_[resources_.back().node].flags = tree::Flag::generated;
  }
  for (auto* known : {&by_content_}) {
    std::erase_if(*known, [&](const auto& entry) { return entry.second >= first; });
  }
  for (auto& [id, indexes] : by_id_) {
    std::erase_if(indexes, [&](std::size_t index) { return index >= first; });
  }
  patient_ = patient_ != npos && patient_ >= first ? npos : patient_;
}

bool Run::make_provenance(const Block& block, const Places& inside, tree::NodeId about) {
  const std::size_t made = make_resource(block, inside, true);
  if (made == npos) {
    return false;
  }
  const tree::NodeId node = resources_[made].node;
  if (child(node, name::target) == tree::no_node) {
    const tree::NodeId target = fresh(name::target);
    add_copy(target, name::reference, "urn:uuid:" + std::string(peek_target_id(about)));
    attach(node, target);
  }
  return true;
}

bool Run::resource_backward(const Row& row, Places& places, tree::NodeId from) {
  const bool direct = source_[from].is(tree::Flag::resource);
  const tree::NodeId node = direct ? from : resolve(read(from, name::reference), from);
  if (node == tree::no_node || is_stopped(node) ||
      std::find(active_.begin(), active_.end(), node) != active_.end()) {
    return false;
  }
  const Block* block = choose(row, node);
  if (block == nullptr) {
    return false;
  }
  const Path& to = row.left;
  const bool in_place = to.steps.empty();
  const std::size_t mark = ledger_.mark();
  const std::size_t used = used_.size();
  Places inside = places;
  inside.left = in_place ? start(to, places, true) : fresh();
  inside.right = inside.resource = node;
  inside.link = from;
  active_.push_back(node);
  const Taken before = give_back(node);
  take_header(*block, inside);
  const bool outer = std::exchange(unsaid_inside_, false);
  const bool carried = run_block(*block, inside);
  active_.pop_back();
  // What only mentions a resource may leave out what its own statement says.
  const bool stated = !carried || (block->mention ? turning_.unsaid(source_, node, ledger_).empty()
                                                  : says_all(node));
  unsaid_inside_ = outer;
  if (!stated) {
    unsaid_inside_ = outer || in_place;  // nor is the statement that it was written into
    if (!in_place) {
      take_back(mark, used, inside.left);
      return false;
    }
  }
  take_again(before);
  if (!carried) {
    return false;
  }
  if (block->mention) {
    take(node);
  } else {
    mark_used(node);
  }
  return in_place || place(to, places, inside.left);
}

/// A resource may be written in several places: each time all of it, and carried is what any of
/// them took.
Run::Taken Run::give_back(tree::NodeId resource) {
  Taken taken;
  const auto visit = [&](const auto& self, tree::NodeId node) -> void {
    if (is_taken(node)) {
      taken.emplace_back(node, ledger_.of(node));
      ledger_.set(node, Booked::lost);
    }
    for (const tree::NodeId child : source_.children(node)) {
      self(self, child);
    }
  };
  visit(visit, resource);
  return taken;
}

void Run::take_again(const Taken& nodes) {
  for (const auto& [node, booked] : nodes) {
    ledger_.set(node, std::max(booked, ledger_.of(node)));
  }
}

void Run::mark_used(tree::NodeId node) {
  take(node);
  const auto found = index_of_.find(node);
  if (found != index_of_.end() && !resources_[found->second].used) {
    resources_[found->second].used = true;
    used_.push_back(found->second);
  }
}

/// Whether a row's Reference may be to what a block makes.
bool Run::may_mean(const Row& row, const Block& block) {
  return row.targets.empty() || std::find(row.targets.begin(), row.targets.end(),
                                          block.resource_type) != row.targets.end();
}

bool Run::make_statement(const Row& row, tree::NodeId statement, Places places, Visit made) {
  if (refer(row, statement, places, made)) {
    return true;
  }
  const Block* block = statement_block(statement);
  if (block == nullptr || !may_mean(row, *block)) {
    return false;
  }
  bool any = false;
  if (!block->wrapper.empty()) {
    take_tests(block->wrapper.steps[0].tests,
               statement);  // so that the rows see what is said by it
    take_core(*block, statement);
  }
  const auto make = [&](tree::NodeId core) {
    Places inside = places;
    inside.left = core;
    inside.wrapper = block->wrapper.empty() ? places.wrapper : statement;
    inside.link = fresh();
    const std::size_t index = make_resource(*block, inside);
    if (index != npos) {
      reference_to(inside.link, index);
      if (places.entry == tree::no_node) {
        keep_link(inside.link, resources_[index].node);
      }
      made(inside.link);
      any = true;
    }
  };
  if (block->wrapper.empty()) {
    make(statement);
  } else {
    walk(block->left, 0, statement, make);
  }
  take(statement);
  return any;
}

/// What is said beside the reference to a statement in a section's entry is said in the resource's
/// meta when the statement is inside another one, so that references between resources stay plain.
void Run::keep_link(tree::NodeId link, tree::NodeId resource) {
  tree::NodeId meta = child(resource, name::meta);
  for (tree::NodeId node = target_[link].child; node != tree::no_node;) {
    const tree::NodeId next = target_[node].next;
    if (target_[node].name == name::extension) {
      if (meta == tree::no_node) {
        meta = fresh(name::meta);
        attach(resource, meta);
      }
      detach(link, node);
      attach(meta, node);
    }
    node = next;
  }
}

void Run::take_core(const Block& block, tree::NodeId statement) {
  walk(block.left, 0, statement, [&](tree::NodeId core) {
    tree::NodeId at = core;
    for (std::size_t i = block.left.steps.size(); i > 0; --i, at = source_[at].parent) {
      take(at);
      take_tests(block.left.steps[i - 1].tests, at);
    }
  });
}

bool Run::statement_row(const Row& row, Places& places, tree::NodeId from) {
  if (!forward_) {
    const tree::NodeId node = resolve(peek(from, name::reference), from);
    if (node == tree::no_node) {
      return false;
    }
    const auto known = index_of_.find(node);
    if (source_[from].name == name::entry && known != index_of_.end() &&
        resources_[known->second].used) {
      read(from, name::reference);
      return true;
    }
    const tree::NodeId draft = fresh();
    Places inside = places;
    inside.entry = source_[from].name == name::entry ? draft : tree::no_node;
    if (!restore_raw(from, draft) && !restore_reference(from, draft, inside) &&
        !write_reference(row, node, draft, inside) &&
        !write_statement(node, from, draft, inside, source_[from].name == name::entry)) {
      return false;
    }
    read(from, name::reference);
    return place(row.left, places, draft);
  }
  bool any = false;
  Places inside = places;
  inside.entry = source_[from].name == name::entry ? from : tree::no_node;
  for (const tree::NodeId child : source_.children(from)) {
    if (source_[child].is(tree::Flag::attribute) || !is_statement(source_.name_of(child))) {
      continue;
    }
    const std::size_t first = resources_.size();
    const std::size_t mark = ledger_.mark();
    tree::NodeId first_link = tree::no_node;
    bool placed = false;
    make_statement(row, child, inside, [&](tree::NodeId link) {
      placed = place(row.right, places, link) || placed;
      first_link = first_link == tree::no_node ? link : first_link;
    });
    if (!placed) {
      ledger_.undo(mark);  // there is no room for a second one: another row may have some
      drop_resources(first);
      if (keep_raw_ && source_[from].name == name::entry) {
        raw_.push_back({places.right, from, first, first});
      }
      continue;
    }
    any = true;
    if (first_link != tree::no_node && source_[from].name == name::entry) {
      note_raw(first_link, child, first);
    }
  }
  return any;
}

}  // namespace lhcr::map
