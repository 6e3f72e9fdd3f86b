// SPDX-License-Identifier: Apache-2.0
#include "record/references.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"
#include "base/names.hpp"
#include "base/reference_text.hpp"
#include "base/text_rules.hpp"
#include "definition/version/releases.hpp"
#include "record/rest_url.hpp"
#include "tree/nodes.hpp"

namespace lhcr::record {

using tree::no_node;
using tree::NodeId;

void References::reset(const tree::Tree& tree, NodeId root) {
  tree_ = &tree;
  root_ = root;
  indexed_ = false;
  entries_.clear();
  by_url_.clear();
  by_id_.clear();
  by_node_.clear();
  by_container_.clear();
  by_identifier_.clear();
  identifiers_indexed_ = false;
}

void References::add_to(Chains& chains, std::string_view key, std::size_t Entry::*next,
                        std::size_t index) {
  if (key.empty()) {
    return;
  }
  const auto [found, is_new] = chains.try_emplace(key, Chain{index, index});
  if (!is_new) {
    entries_[found->second.last].*next = index;
    found->second.last = index;
  }
}

void References::add_entry(NodeId node, NodeId bundle) {
  Entry entry;
  entry.node = node;
  entry.bundle = bundle;
  entry.resource = tree_->child(node, name::resource);
  const NodeId url = tree_->child(node, name::full_url);
  entry.full_url = url == no_node ? std::string_view{} : (*tree_)[url].text();
  if (entry.resource != no_node) {
    entry.type = tree_->resource_type(entry.resource);
    const NodeId id = tree_->child(entry.resource, name::id);
    entry.id = id == no_node ? std::string_view{} : (*tree_)[id].text();
  }
  const std::size_t index = entries_.size();
  by_node_.emplace(node, index);
  entries_.push_back(entry);
  add_to(by_url_, entry.full_url, &Entry::next_of_url, index);
  add_to(by_id_, entry.id, &Entry::next_of_id, index);
  if (entry.resource != no_node) {
    index_children(entry.resource, no_node);
  }
}

/// Only Bundles and Parameters hold resources that references may mean, so nothing else is walked.
void References::index_children(NodeId node, NodeId bundle) {
  const bool resource = (*tree_)[node].is(tree::Flag::resource);
  for (const NodeId at : tree_->children(node)) {
    const Symbol name = (*tree_)[at].element;
    if (resource && name == name::entry && tree_->child(at, name::resource) != no_node) {
      add_entry(at, node);
    } else if (name == name::parameter || name == part_) {
      if (tree_->child(at, name::resource) != no_node) {
        add_entry(at, resource ? node : bundle);
      } else {
        index_children(at, resource ? node : bundle);
      }
    }
  }
}

/// Tables grow by copying themselves, which a Bundle of many entries would wait for.
void References::reserve() {
  const auto children = tree_->children(root_);
  const auto most = static_cast<std::size_t>(std::distance(children.begin(), children.end()));
  if (most > by_node_.bucket_count()) {
    by_url_.reserve(most);
    by_id_.reserve(most);
    by_node_.reserve(most);
  }
}

void References::index() {
  if (!indexed_) {
    indexed_ = true;
    part_ = tree_->find("part");
    reserve();
    index_children(root_, no_node);
  }
}

const std::vector<References::Entry>& References::entries() {
  index();
  return entries_;
}

std::size_t References::entry_of(NodeId node) {
  index();
  if (entries_.empty()) {
    return npos;
  }
  for (; node != no_node; node = (*tree_)[node].parent) {
    const auto found = by_node_.find(node);
    if (found != by_node_.end()) {
      return found->second;
    }
  }
  return npos;
}

void References::index_contained(NodeId container) {
  Targets& targets = by_container_[container];
  for (const NodeId child : tree_->children(container)) {
    if ((*tree_)[child].element == name::contained) {
      Target& target =
          targets.try_emplace(child_text(*tree_, child, name::id), Target{child, Match::exact, 0})
              .first->second;
      ++target.candidates;
    }
  }
}

References::Target References::contained_in(NodeId container, std::string_view id) {
  // A table pays for itself only where many are looked through again and again.
  constexpr std::size_t few = 16;
  if (const auto indexed = by_container_.find(container); indexed != by_container_.end()) {
    const auto found = indexed->second.find(id);
    return found == indexed->second.end() ? Target{} : found->second;
  }
  Target found;
  std::size_t count = 0;
  for (const NodeId child : tree_->children(container)) {
    if ((*tree_)[child].element != name::contained) {
      continue;
    }
    ++count;
    if (child_text(*tree_, child, name::id) == id) {
      found.node = found.candidates++ == 0 ? child : found.node;
      found.match = Match::exact;
    }
  }
  if (count > few) {
    index_contained(container);
  }
  return found;
}

/// Within the resource around `from` and those that contain it; "#" is the outermost of these.
References::Target References::contained(NodeId from, std::string_view id) {
  bool was_contained = false;
  for (NodeId at = from; at != no_node; at = (*tree_)[at].parent) {
    if (!(*tree_)[at].is(tree::Flag::resource)) {
      continue;
    }
    const bool is_contained = (*tree_)[at].element == name::contained;
    if (id.empty() && was_contained && !is_contained) {
      return {at, Match::exact, 1};
    }
    was_contained = was_contained || is_contained;
    const Target found = id.empty() ? Target{} : contained_in(at, id);
    if (found.match != Match::none || !is_contained) {
      return found;
    }
  }
  return {};
}

bool is_rest_url(std::string_view url, const definition::Definitions* definitions) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return false;
  }
  const ReferenceText cut = cut_reference(url);
  if (!cut.version.empty() || cut.type.empty() || !is_id(cut.id) || !url.ends_with(cut.id)) {
    return false;
  }
  return definitions == nullptr ? is_capital(cut.type.front())
                                : definition::is_resource(*definitions, cut.type);
}

bool References::rest_shaped(std::string_view url) const {
  return is_rest_url(url, definitions_);
}

References::Target References::by_full_url(NodeId bundle, std::string_view url) const {
  Target found;
  const auto same_url = by_url_.find(url);
  if (same_url == by_url_.end()) {
    return found;
  }
  for (std::size_t at = same_url->second.first; at != npos; at = entries_[at].next_of_url) {
    const Entry& entry = entries_[at];
    if ((bundle == no_node || entry.bundle == bundle) && entry.resource != no_node) {
      found.node = found.candidates++ == 0 ? entry.resource : found.node;
      found.match = Match::exact;
    }
  }
  return found;
}

/// "Remove the version from the URL before matching fullUrl, and then match the version based on
/// Resource.meta.versionId" (R4, 3.1.4.1); a resource that does not tell its version has any.
References::Target References::by_versioned_url(NodeId bundle, std::string_view url) const {
  if (by_url_.empty()) {
    return {};
  }
  Target found = by_full_url(bundle, url);
  const ReferenceText cut = cut_reference(url);
  const auto same_url = by_url_.find(cut.without_version());
  if (found.match != Match::none || cut.version.empty() || same_url == by_url_.end()) {
    return found;
  }
  for (std::size_t at = same_url->second.first; at != npos; at = entries_[at].next_of_url) {
    const Entry& entry = entries_[at];
    if ((bundle == no_node || entry.bundle == bundle) && has_version(entry, cut.version)) {
      found.node = found.candidates++ == 0 ? entry.resource : found.node;
      found.match = Match::exact;
    }
  }
  return found;
}

bool References::has_version(const Entry& entry, std::string_view version) const {
  if (entry.resource == no_node || version.empty()) {
    return entry.resource != no_node;
  }
  const NodeId meta = tree_->child(entry.resource, name::meta);
  const std::string_view own = child_text(*tree_, meta, name::version_id);
  return own.empty() || own == version;
}

std::string References::full_target(const Entry& entry, std::string_view reference) const {
  std::string own(entry.type);
  own.append("/").append(entry.id);
  if (!entry.id.empty() && rest_shaped(entry.full_url) && entry.full_url.ends_with(own)) {
    return std::string(entry.full_url.substr(0, entry.full_url.size() - own.size()))
        .append(reference);
  }
  // Since R5 a relative reference in an entry whose fullUrl is a urn leads to no fullUrl
  // (bundle.html#references).
  const bool relative_to_urn =
      definitions_ == nullptr || definitions_->is_cda() || definitions_->fhir_version() < "5";
  if (entry.full_url.starts_with("urn:") && relative_to_urn) {
    const ReferenceText cut = cut_reference(reference);
    const std::string_view id = cut.id.empty() ? reference : cut.id;
    return std::string(entry.full_url.starts_with("urn:uuid:") ? "urn:uuid:" : "urn:oid:")
        .append(id);
  }
  return {};
}

/// By the type and id alone, in the Bundle of `from`.
References::Target References::by_type_and_id(const Entry& from, std::string_view reference) const {
  Target found;
  const ReferenceText wanted = cut_reference(reference);
  const auto same_id = by_id_.find(wanted.id);
  if (wanted.id.empty() || same_id == by_id_.end()) {
    return found;
  }
  for (std::size_t at = same_id->second.first; at != npos; at = entries_[at].next_of_id) {
    const Entry& entry = entries_[at];
    if (entry.type == wanted.type && entry.bundle == from.bundle &&
        has_version(entry, wanted.version)) {
      found.node = found.candidates++ == 0 ? entry.resource : found.node;
    }
  }
  found.match = found.candidates == 0 ? Match::none
                                      : (found.candidates == 1 ? Match::by_id : Match::ambiguous);
  return found;
}

References::Target References::resolve_strict(std::size_t entry, std::string_view reference) {
  index();
  const Entry& from = entries_[entry];
  const std::string full =
      is_absolute_url(reference) ? std::string(reference) : full_target(from, reference);
  const Target found = full.empty() ? Target{} : by_versioned_url(from.bundle, full);
  return found.match != Match::none ? found : by_type_and_id(from, reference);
}

References::Target References::resolve(NodeId from, std::string_view reference) {
  if (reference.empty()) {
    return {};
  }
  if (reference.front() == '#') {
    return contained(from, reference.substr(1));
  }
  std::size_t entry = entry_of(from);
  while (entry != npos) {
    const Target found = resolve_strict(entry, reference);
    if (found.match != Match::none) {
      return found;
    }
    entry = entry_of((*tree_)[entries_[entry].node].parent);
  }
  return by_versioned_url(no_node, reference);
}

NodeId References::meant(NodeId from, std::string_view reference) {
  const Target found = resolve(from, reference);
  const bool sure =
      found.candidates == 1 &&
      (found.match == Match::exact ||
       (found.match == Match::by_id && !is_of_another_server(found.node, from, reference)));
  return sure ? found.node : no_node;
}

/// Both have a URL at a server, and they are not the same.
bool References::is_of_another_server(NodeId target, NodeId from, std::string_view reference) {
  const std::size_t own = entry_of(from);
  const std::size_t other = entry_of(target);
  if (other == npos || !rest_shaped(entries_[other].full_url)) {
    return false;
  }
  const std::string wanted = is_absolute_url(reference) ? std::string(reference)
                             : own == npos              ? std::string()
                                                        : full_target(entries_[own], reference);
  return wanted.starts_with("http");
}

NodeId References::meant_by(NodeId reference) {
  const NodeId text = tree_->child(reference, name::reference);
  if (text != no_node) {
    return meant(reference, (*tree_)[text].text());
  }
  const NodeId identifier = tree_->child(reference, name::identifier);
  const std::size_t from = identifier == no_node ? npos : entry_of(reference);
  if (from == npos) {
    return no_node;
  }
  if (!identifiers_indexed_) {
    index_identifiers();
  }
  const auto found = by_identifier_.find(identifier_key(entries_[from].bundle, identifier));
  return found == by_identifier_.end() ? no_node : found->second;
}

/// Empty where the identifier does not name one thing in the world.
std::string References::identifier_key(NodeId bundle, NodeId identifier) const {
  const std::string_view system = child_text(*tree_, identifier, name::system);
  const std::string_view value = child_text(*tree_, identifier, name::value);
  if (system.empty() || value.empty()) {
    return {};
  }
  return std::to_string(bundle).append("|").append(system).append("|").append(value);
}

void References::index_identifiers() {
  identifiers_indexed_ = true;
  for (const Entry& entry : entries_) {
    for (const NodeId child : tree_->children(entry.resource)) {
      const std::string key = (*tree_)[child].element == name::identifier
                                  ? identifier_key(entry.bundle, child)
                                  : std::string();
      if (key.empty()) {
        continue;
      }
      const auto [known, is_new] = by_identifier_.emplace(key, entry.resource);
      if (!is_new && known->second != entry.resource) {
        known->second = no_node;  // of two resources: neither is meant for certain
      }
    }
  }
}

}  // namespace lhcr::record
