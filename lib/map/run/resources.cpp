// SPDX-License-Identifier: Apache-2.0
#include "map/run/resources.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {

Resources::Resources(SourceReader& in, TargetWriter& out) : in_(in), out_(out) {
  references_.reset(in.source());
}

// --- forward ---

void Resources::make(const Block& block, tree::NodeId source, Digest key) {
  Resource made;
  made.key = key;
  made.node = out_.fresh(name::resource);
  made.type = block.resource_type;
  made.source = source;
  made.block = &block;
  out_.set_flag(made.node, tree::Flag::resource);
  out_.set_flag(out_.add(made.node, name::resource_type, block.resource_type), tree::Flag::meta);
  constexpr std::string_view scheme = "urn:uuid:";
  made.url = out_.target().arena().copy(std::string(scheme) + uuid_of(key));
  made.id = made.url.substr(scheme.size());
  out_.add(made.node, name::id, made.id);
  if (block.subject && patient_ == npos) {
    patient_ = all_.size();
  }
  all_.push_back(made);
}

void Resources::drop(std::size_t first) {
  for (; all_.size() > first; all_.pop_back()) {
    // Who looks at every node of the result finds no resource here.
    out_.target()[all_.back().node].child = tree::no_node;
    out_.target()[all_.back().node].flags = tree::Flag::generated;
  }
  patient_ = patient_ != npos && patient_ >= first ? npos : patient_;
}

void Resources::refer(tree::NodeId reference, std::size_t index) {
  out_.add(reference, name::reference, all_[index].url);
}

std::string_view Resources::patient_name() {
  if (!patient_named_ && patient_ != npos) {
    patient_named_ = true;
    const tree::Tree& target = out_.target();
    const tree::NodeId name = out_.child(all_[patient_].node, name::name);
    std::string text;
    for (const Symbol part : {name::given, name::family, name::text}) {
      for (const tree::NodeId at : target.children(name)) {
        if (name != tree::no_node && target[at].name == part) {
          text += (text.empty() ? "" : " ") + std::string(target[at].text());
        }
      }
    }
    patient_name_ = out_.target().arena().copy(text);
  }
  return patient_name_;
}

// --- backward ---

void Resources::index(tree::NodeId node) {
  const tree::Tree& source = in_.source();
  if (source[node].is(tree::Flag::resource)) {
    index_resource(node);
  }
  for (const tree::NodeId child : source.children(node)) {
    if (source[child].child != tree::no_node) {
      index(child);
    }
  }
}

void Resources::index_resource(tree::NodeId node) {
  Resource found;
  found.node = node;
  found.type = in_.source().resource_type(node);
  found.id = in_.peek(node, name::id);
  index_of_.emplace(node, all_.size());
  all_.push_back(found);
}

const Resource* Resources::at(tree::NodeId node) const {
  const auto found = index_of_.find(node);
  return found == index_of_.end() ? nullptr : &all_[found->second];
}

const std::vector<std::size_t>& Resources::with_id(std::string_view id) {
  if (by_id_.empty()) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      by_id_[all_[i].id].push_back(i);
    }
  }
  static const std::vector<std::size_t> none;
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? none : found->second;
}

void Resources::use(tree::NodeId node) {
  in_.take(node);
  const auto found = index_of_.find(node);
  if (found != index_of_.end() && !all_[found->second].used) {
    all_[found->second].used = true;
    used_.push_back(found->second);
  }
}

void Resources::unuse(std::size_t used) {
  for (; used_.size() > used; used_.pop_back()) {
    all_[used_.back()].used = false;
  }
}

// --- while one is being made or written ---

bool Resources::is_active(tree::NodeId node) const {
  return std::find(active_.begin(), active_.end(), node) != active_.end();
}

bool Resources::claim_part(const std::string& id) {
  return !active_.empty() && part_ids_.insert(std::to_string(active_.back()) + " " + id).second;
}

// --- Provenances ---

void Provenances::link(const Resources& resources, const tree::Tree& source) {
  for (const Resource& resource : resources.all()) {
    if (resource.type != "Provenance") {
      continue;
    }
    for (const tree::NodeId child : tree::named(source, resource.node, name::target)) {
      const tree::NodeId meant =
          resources.resolve(tree::child_text(source, child, name::reference), child);
      if (meant == tree::no_node) {
        continue;
      }
      std::vector<tree::NodeId>& targets = targets_[both(resource.node, meant)];
      if (targets.empty()) {
        about_[meant].push_back(resource.node);
      }
      targets.push_back(child);
    }
  }
}

namespace {

template <typename Map, typename Key>
const std::vector<tree::NodeId>& found_in(const Map& map, const Key& key) {
  static const std::vector<tree::NodeId> none;
  const auto found = map.find(key);
  return found == map.end() ? none : found->second;
}

}  // namespace

const std::vector<tree::NodeId>& Provenances::about(tree::NodeId resource) const {
  return found_in(about_, resource);
}

const std::vector<tree::NodeId>& Provenances::targets(tree::NodeId provenance,
                                                      tree::NodeId resource) const {
  return found_in(targets_, both(provenance, resource));
}

}  // namespace lhcr::map
