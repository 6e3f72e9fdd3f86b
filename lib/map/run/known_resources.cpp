// SPDX-License-Identifier: Apache-2.0
#include "map/run/known_resources.hpp"

#include <algorithm>

namespace lhcr::map {

std::size_t KnownResources::index_of(Digest key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? Resources::npos : found->second;
}

/// The first actor of the type with one of these identifiers whose names do not contradict.
std::size_t KnownResources::named_alike(const Block& block, tree::NodeId node,
                                        const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    for (const std::size_t index : by_id_[block.resource_type + "|" + id]) {
      if (resources_[index].source != tree::no_node &&
          identity_.may_be_one({*resources_[index].block, resources_[index].source},
                               {block, node})) {
        return index;
      }
    }
  }
  return Resources::npos;
}

void KnownResources::note_ids(const Block& block, const std::vector<std::string>& ids,
                              std::size_t index) {
  for (const std::string& id : ids) {
    ById::value_type& entry = *by_id_.try_emplace(block.resource_type + "|" + id).first;
    std::vector<std::size_t>& all = entry.second;
    if (std::find(all.begin(), all.end(), index) == all.end()) {
      all.push_back(index);
      noted_[index].ids.push_back(&entry);
    }
  }
}

KnownResources::Known KnownResources::actor(const Block& block, tree::NodeId node) {
  const std::vector<std::string> ids = identity_.real_ids(node);
  Known known;
  known.index = named_alike(block, node, ids);
  if (known.index == Resources::npos) {
    // Without a real identifier only who is told of in the same words is the same: two people whom
    // nobody numbered must not become one. Who has another's identifier and another name is told
    // apart by the name.
    std::string key =
        block.resource_type + "|" + (ids.empty() ? in_.content_key(node, 1, 2) : ids[0]);
    if (by_key_.contains(digest_of(key)) && !ids.empty()) {
      key += "#" + identity_.name_of(block, node);
    }
    known.key = digest_of(key);
    known.index = index_of(known.key);
  }
  note_ids(block, ids, known.index == Resources::npos ? resources_.size() : known.index);
  return known;
}

KnownResources::Known KnownResources::statement(const Block& block, tree::NodeId node,
                                                const std::string& which) {
  const std::vector<std::string> ids = identity_.real_ids(node);
  std::string key = block.resource_type + "|" +
                    (ids.empty() ? in_.content_key(node, 1, 2) + document_key_ : ids[0]) + which;
  Known known;
  known.key = digest_of(key);
  known.index = index_of(known.key);
  if (known.index != Resources::npos) {
    // Senders give one id to several statements. The same element read twice is one, and so is what
    // the map says is told in two places (an encounter in header and section); all others stay
    // apart by what they say.
    const Resource& there = resources_[known.index];
    const bool twice = there.source == node && there.block == &block;
    const bool elsewhere = block.same && !ids.empty() && there.source != tree::no_node &&
                           in_.source()[there.source].name != in_.source()[node].name;
    if (!twice && !elsewhere) {
      key += "#" + block.name + in_.content_key(node, 3, 4);
      known.key = digest_of(key);
      known.index = index_of(known.key);
    }
  }
  return known;
}

std::size_t KnownResources::in_same_words(const Told& told) const {
  const auto [first, last] = by_words_.equal_range(told.hash);
  const auto found = std::find_if(first, last, [&](const auto& entry) {
    const Told& before = entry.second.told;
    return before.block == told.block && in_.says_same(before.node, told.node);
  });
  return found == last ? Resources::npos : found->second.index;
}

void KnownResources::note_words(const Told& told, std::size_t index) {
  if (in_same_words(told) == Resources::npos) {
    by_words_.emplace(told.hash, Words{told, index});
    noted_[index].words.push_back(told.hash);
  }
}

void KnownResources::forget(std::size_t first) {
  if (first >= resources_.size()) {
    return;  // asked for every statement that found no place
  }
  for (std::size_t index = first; index < resources_.size(); ++index) {
    by_key_.erase(resources_[index].key);
    forget_actor(index);
  }
}

void KnownResources::forget_actor(std::size_t index) {
  const auto noted = noted_.find(index);
  if (noted == noted_.end()) {
    return;
  }
  for (ById::value_type* entry : noted->second.ids) {
    std::erase(entry->second, index);
  }
  for (const std::uint64_t hash : noted->second.words) {
    const auto [from, to] = by_words_.equal_range(hash);
    for (auto it = from; it != to;) {
      it = it->second.index == index ? by_words_.erase(it) : std::next(it);
    }
  }
  noted_.erase(noted);
}

void KnownResources::end_rows() {
  decltype(by_key_)().swap(by_key_);
  decltype(by_id_)().swap(by_id_);
  decltype(by_words_)().swap(by_words_);
  decltype(noted_)().swap(noted_);
}

}  // namespace lhcr::map
