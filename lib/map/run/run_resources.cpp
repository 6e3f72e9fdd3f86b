// SPDX-License-Identifier: Apache-2.0
// Resources and statements: what a block makes, what it is called, and who points to it.
#include <algorithm>

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

std::string Run::identity(tree::NodeId node, const Block& block) {
  std::string key = block.resource_type;
  bool known = false;
  for (const tree::NodeId child : source_.children(node)) {
    if (source_[child].name != names().id || source_[child].is(tree::Flag::attribute)) {
      continue;
    }
    const std::string_view root = peek(child, names().root);
    const std::string_view extension = peek(child, names().extension);
    if (!root.empty()) {
      key += "|" + std::string(root) + "^" + std::string(extension);
      known = true;
      break;
    }
  }
  if (!known) {
    std::uint64_t a = 1;
    std::uint64_t b = 2;
    content_hash(node, a, b);
    key += "|" + std::to_string(a) + std::to_string(b) + (block.actor ? "" : document_key_);
  }
  return key;
}

std::size_t Run::make_resource(const Block& block, Places places, bool about_resource) {
  if (depth_ > 60) {
    return npos;
  }
  std::string key = identity(places.left, block);
  if (about_resource) {
    key += std::string(peek_target_id(places.resource));
  }
  if (const auto known = by_key_.find(digest_of(key));
      known != by_key_.end() && !block.actor &&
      (resources_[known->second].source != places.left ||
       resources_[known->second].block != &block)) {
    std::uint64_t a = 3;
    std::uint64_t b = 4;
    content_hash(places.left, a, b);
    key += "#" + block.name + std::to_string(a);
  }
  const Digest digest = digest_of(key);
  const auto [at, added] = by_key_.try_emplace(digest, resources_.size());
  const std::size_t index = at->second;
  const bool merging = merging_;
  if (added) {
    new_resource(block, places, digest);
  } else if (std::find(active_.begin(), active_.end(), resources_[index].node) != active_.end()) {
    return index;
  }
  merging_ = !added;
  places.right = places.resource = resources_[index].node;
  active_.push_back(places.right);
  take_header(block, places);
  run_block(block, places);
  write_header(block, places);
  active_.pop_back();
  merging_ = merging;
  return index;
}

bool Run::claim_part(const std::string& id) {
  return !active_.empty() && part_ids_.insert(std::to_string(active_.back()) + " " + id).second;
}

std::string_view Run::peek_target_id(tree::NodeId node) const {
  const tree::NodeId id = node == tree::no_node ? tree::no_node : target_.child(node, names().id);
  return id == tree::no_node ? std::string_view{} : target_[id].text();
}

void Run::new_resource(const Block& block, const Places& places, Digest key) {
  Resource made;
  made.key = key;
  made.node = fresh(names().resource);
  made.type = block.resource_type;
  made.source = places.left;
  made.block = &block;
  target_[made.node].flags =
      static_cast<std::uint8_t>(target_[made.node].flags | tree::Flag::resource);
  const tree::NodeId type = add(made.node, names().resourceType, block.resource_type);
  target_[type].flags = static_cast<std::uint8_t>(target_[type].flags | tree::Flag::meta);
  constexpr std::string_view scheme = "urn:uuid:";
  made.url = target_.arena().copy(std::string(scheme) + uuid_of(key));
  made.id = made.url.substr(scheme.size());
  add(made.node, names().id, made.id);
  if (block.subject && patient_ == npos) {
    patient_ = resources_.size();
  }
  resources_.push_back(made);
}

void Run::reference_to(tree::NodeId reference, std::size_t resource) {
  add(reference, names().reference, resources_[resource].url);
}

std::string_view Run::patient_name() {
  if (!patient_named_ && patient_ != npos) {
    patient_named_ = true;
    const tree::NodeId name = child(resources_[patient_].node, names().name);
    std::string text;
    for (const Symbol part : {names().given, names().family, names().text}) {
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

/// Those that nothing came to point to.
void Run::drop_resources(std::size_t first) {
  for (; resources_.size() > first; resources_.pop_back()) {
    by_key_.erase(resources_.back().key);
  }
  patient_ = patient_ != npos && patient_ >= first ? npos : patient_;
}

bool Run::make_provenance(const Block& block, const Places& inside, tree::NodeId about) {
  const std::size_t made = make_resource(block, inside, true);
  if (made == npos) {
    return false;
  }
  const tree::NodeId node = resources_[made].node;
  if (child(node, names().target) == tree::no_node) {
    const tree::NodeId target = fresh(names().target);
    add_copy(target, names().reference, "urn:uuid:" + std::string(peek_target_id(about)));
    attach(node, target);
  }
  return true;
}

bool Run::resource_backward(const Row& row, Places& places, tree::NodeId from) {
  const bool direct = source_[from].is(tree::Flag::resource);
  const tree::NodeId node = direct ? from : resolve(read(from, names().reference), from);
  if (node == tree::no_node || std::find(active_.begin(), active_.end(), node) != active_.end()) {
    return false;
  }
  const Block* block = choose(row, node);
  if (block == nullptr) {
    return false;
  }
  const Path& to = row.left;
  const bool in_place = to.steps.empty();
  Places inside = places;
  inside.left = in_place ? start(to, places, true) : fresh();
  inside.right = inside.resource = node;
  inside.link = from;
  active_.push_back(node);
  const std::vector<tree::NodeId> before = give_back(node);
  take_header(*block, inside);
  const bool carried = run_block(*block, inside);
  active_.pop_back();
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
std::vector<tree::NodeId> Run::give_back(tree::NodeId resource) {
  std::vector<tree::NodeId> taken;
  const auto visit = [&](const auto& self, tree::NodeId node) -> void {
    if (is_taken(node)) {
      taken.push_back(node);
      taken_[node] = 0;
    }
    for (const tree::NodeId child : source_.children(node)) {
      self(self, child);
    }
  };
  visit(visit, resource);
  return taken;
}

void Run::take_again(const std::vector<tree::NodeId>& nodes) {
  for (const tree::NodeId node : nodes) {
    take(node);
  }
}

void Run::mark_used(tree::NodeId node) {
  take(node);
  const auto found = index_of_.find(node);
  if (found != index_of_.end()) {
    resources_[found->second].used = true;
  }
}

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
  for (const tree::NodeId child : source_.children(node)) {
    if (source_[child].name != names().templateId) {
      continue;
    }
    const auto found = map_.by_template.find(std::string(peek(child, names().root)));
    if (found == map_.by_template.end()) {
      continue;
    }
    for (const Block* block : found->second) {
      const Path& outer = block->wrapper.empty() ? block->left : block->wrapper;
      if (block->direction != Direction::backward && step_fits(outer.steps[0], source_, node) &&
          has_core(*block, node)) {
        return block;
      }
    }
  }
  for (const Block* block : map_.plain_statements) {
    const Path& outer = block->wrapper.empty() ? block->left : block->wrapper;
    if (step_fits(outer.steps[0], source_, node) && has_core(*block, node)) {
      return block;
    }
  }
  return nullptr;
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
  tree::NodeId meta = child(resource, names().meta);
  for (tree::NodeId node = target_[link].child; node != tree::no_node;) {
    const tree::NodeId next = target_[node].next;
    if (target_[node].name == names().extension) {
      if (meta == tree::no_node) {
        meta = fresh(names().meta);
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
  if (block == nullptr || depth_ > 60 ||
      std::find(active_.begin(), active_.end(), resource) != active_.end()) {
    return false;
  }
  places.link = link;
  write_as(*block, resource, parent, places);
  return true;
}

void Run::write_as(const Block& block, tree::NodeId resource, tree::NodeId parent, Places places) {
  Places inside = places;
  inside.wrapper = tree::no_node;
  inside.left = start_statement(block, parent, inside);
  inside.right = inside.resource = resource;
  active_.push_back(resource);
  const std::vector<tree::NodeId> before = give_back(resource);
  take_header(block, inside);
  run_block(block, inside);
  active_.pop_back();
  take_again(before);
  mark_used(resource);
}

bool Run::statement_row(const Row& row, Places& places, tree::NodeId from) {
  if (!forward_) {
    const tree::NodeId node = resolve(peek(from, names().reference), from);
    if (node == tree::no_node) {
      return false;
    }
    const auto known = index_of_.find(node);
    if (source_[from].name == names().entry && known != index_of_.end() &&
        resources_[known->second].used) {
      read(from, names().reference);
      return true;
    }
    const tree::NodeId draft = fresh();
    Places inside = places;
    inside.entry = source_[from].name == names().entry ? draft : tree::no_node;
    if (!restore_raw(from, draft) && !restore_reference(from, draft, inside) &&
        !write_reference(row, node, draft, inside) &&
        !write_statement(node, from, draft, inside, source_[from].name == names().entry)) {
      return false;
    }
    read(from, names().reference);
    return place(row.left, places, draft);
  }
  bool any = false;
  Places inside = places;
  inside.entry = source_[from].name == names().entry ? from : tree::no_node;
  for (const tree::NodeId child : source_.children(from)) {
    if (source_[child].is(tree::Flag::attribute) || !is_statement(source_.name_of(child))) {
      continue;
    }
    const std::size_t first = resources_.size();
    tree::NodeId first_link = tree::no_node;
    bool placed = false;
    make_statement(row, child, inside, [&](tree::NodeId link) {
      placed = place(row.right, places, link) || placed;
      first_link = first_link == tree::no_node ? link : first_link;
    });
    if (!placed) {
      drop_resources(first);
      continue;
    }
    any = true;
    if (first_link != tree::no_node && source_[from].name == names().entry) {
      note_raw(first_link, child, first);
    }
  }
  return any;
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
  found.id = peek(node, names().id);
  index_of_.emplace(node, resources_.size());
  resources_.push_back(found);
}

void Run::link_provenance() {
  for (const Resource& resource : resources_) {
    if (resource.type != "Provenance") {
      continue;
    }
    for (const tree::NodeId child : source_.children(resource.node)) {
      if (source_[child].name == names().target) {
        const tree::NodeId target = resolve(peek(child, names().reference), child);
        if (target != tree::no_node) {
          provenance_[target].push_back(resource.node);
        }
      }
    }
  }
}

tree::NodeId Run::resolve(std::string_view reference, tree::NodeId from) const {
  return references_.meant(from, reference);
}

}  // namespace lhcr::map
