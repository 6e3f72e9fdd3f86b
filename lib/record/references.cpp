// SPDX-License-Identifier: Apache-2.0
#include "record/references.hpp"

#include "base/text_rules.hpp"

namespace lhcr::record {

using tree::no_node;
using tree::NodeId;

References::References(const definition::Definitions& definitions, const SymbolTable& symbols)
    : definitions_(definitions),
      symbols_(symbols),
      entry_(symbols.find("entry")),
      resource_(symbols.find("resource")),
      full_url_(symbols.find("fullUrl")),
      id_(symbols.find("id")),
      contained_(symbols.find("contained")),
      parameter_(symbols.find("parameter")),
      part_(symbols.find("part")) {}

void References::reset(const tree::Tree& tree) {
  tree_ = &tree;
  indexed_ = false;
  entries_.clear();
  by_url_.clear();
  by_id_.clear();
  by_node_.clear();
}

void References::add_entry(NodeId node, NodeId bundle) {
  Entry entry;
  entry.node = node;
  entry.bundle = bundle;
  entry.resource = tree_->child(node, resource_);
  const NodeId url = tree_->child(node, full_url_);
  entry.full_url = url == no_node ? std::string_view{} : (*tree_)[url].text();
  if (entry.resource != no_node) {
    entry.type = tree_->resource_type(entry.resource);
    const NodeId id = tree_->child(entry.resource, id_);
    entry.id = id == no_node ? std::string_view{} : (*tree_)[id].text();
  }
  const std::size_t index = entries_.size();
  by_node_.emplace(node, index);
  if (!entry.full_url.empty()) {
    by_url_[entry.full_url].push_back(index);
  }
  if (!entry.id.empty()) {
    by_id_[entry.id].push_back(index);
  }
  entries_.push_back(entry);
  if (entry.resource != no_node) {
    index_children(entry.resource, no_node);
  }
}

/// Only Bundles and Parameters hold resources that references may mean, so nothing else is walked.
void References::index_children(NodeId node, NodeId bundle) {
  const bool resource = (*tree_)[node].is(tree::Flag::resource);
  for (const NodeId at : tree_->children(node)) {
    const Symbol name = (*tree_)[at].element;
    if (resource && name == entry_ && tree_->child(at, resource_) != no_node) {
      add_entry(at, node);
    } else if (name == parameter_ || name == part_) {
      if (tree_->child(at, resource_) != no_node) {
        add_entry(at, resource ? node : bundle);
      } else {
        index_children(at, resource ? node : bundle);
      }
    }
  }
}

void References::index() {
  if (!indexed_) {
    indexed_ = true;
    index_children(tree::root_node, no_node);
  }
}

const std::vector<References::Entry>& References::entries() {
  index();
  return entries_;
}

std::size_t References::entry_of(NodeId node) {
  index();
  for (; node != no_node; node = (*tree_)[node].parent) {
    const auto found = by_node_.find(node);
    if (found != by_node_.end()) {
      return found->second;
    }
  }
  return npos;
}

NodeId References::contained(NodeId from, std::string_view id) const {
  bool was_contained = false;
  for (NodeId at = from; at != no_node; at = (*tree_)[at].parent) {
    if (!(*tree_)[at].is(tree::Flag::resource)) {
      continue;
    }
    const bool is_contained = (*tree_)[at].element == contained_;
    if (id.empty() && was_contained && !is_contained) {
      return at;
    }
    was_contained = was_contained || is_contained;
    for (const NodeId child : tree_->children(at)) {
      const NodeId child_id =
          (*tree_)[child].element == contained_ ? tree_->child(child, id_) : no_node;
      if (child_id != no_node && (*tree_)[child_id].text() == id) {
        return child;
      }
    }
    if (!is_contained) {
      return no_node;
    }
  }
  return no_node;
}

/// [base]/Type/id
bool References::rest_shaped(std::string_view url) const {
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return false;
  }
  const std::size_t last = url.rfind('/');
  const std::size_t before = url.rfind('/', last - 1);
  return before != std::string_view::npos && is_id(url.substr(last + 1)) &&
         definitions_.type(url.substr(before + 1, last - before - 1)) != definition::no_type;
}

References::Target References::by_full_url(NodeId bundle, std::string_view url) const {
  const auto found = by_url_.find(url);
  if (found != by_url_.end()) {
    for (const std::size_t index : found->second) {
      if (bundle == no_node || entries_[index].bundle == bundle) {
        return {entries_[index].resource, Match::exact, 0};
      }
    }
  }
  return {};
}

std::string References::full_target(const Entry& entry, std::string_view reference) const {
  std::string own(entry.type);
  own.append("/").append(entry.id);
  if (!entry.id.empty() && rest_shaped(entry.full_url) && entry.full_url.ends_with(own)) {
    return std::string(entry.full_url.substr(0, entry.full_url.size() - own.size()))
        .append(reference);
  }
  if (entry.full_url.starts_with("urn:")) {
    const std::string_view id = reference.substr(reference.rfind('/') + 1);
    return std::string(entry.full_url.starts_with("urn:uuid:") ? "urn:uuid:" : "urn:oid:")
        .append(id);
  }
  return {};
}

namespace {

struct TypeAndId {
  std::string_view type;
  std::string_view id;
};

/// The last two steps of a relative or absolute reference, version left out.
TypeAndId split(std::string_view reference) {
  reference = reference.substr(0, reference.find("/_history/"));
  reference = reference.substr(0, reference.find('#'));
  const std::size_t last = reference.rfind('/');
  if (last == std::string_view::npos) {
    return {};
  }
  const std::string_view front = reference.substr(0, last);
  return {front.substr(front.rfind('/') + 1), reference.substr(last + 1)};
}

}  // namespace

References::Target References::resolve_strict(std::size_t entry, std::string_view reference) {
  index();
  const Entry& from = entries_[entry];
  Target found;
  if (is_absolute_url(reference)) {
    found = by_full_url(from.bundle, reference);
  } else if (const std::string full = full_target(from, reference); !full.empty()) {
    found = by_full_url(from.bundle, full);
  }
  if (found.node != no_node) {
    return found;
  }
  const TypeAndId wanted = split(reference);
  const auto same_id = by_id_.find(wanted.id);
  if (same_id != by_id_.end()) {
    for (const std::size_t index : same_id->second) {
      const bool same =
          entries_[index].type == wanted.type && entries_[index].bundle == from.bundle;
      found.candidates += same ? 1U : 0U;
      found.node = same && found.candidates == 1 ? entries_[index].resource : found.node;
    }
  }
  found.match = found.candidates == 0 ? Match::none
                                      : (found.candidates == 1 ? Match::by_id : Match::ambiguous);
  return found;
}

References::Target References::resolve(NodeId from, std::string_view reference) {
  if (reference.empty()) {
    return {};
  }
  if (reference.front() == '#') {
    const NodeId found = contained(from, reference.substr(1));
    return {found, found == no_node ? Match::none : Match::exact, 0};
  }
  std::size_t entry = entry_of(from);
  while (entry != npos) {
    const Target found = resolve_strict(entry, reference);
    if (found.match != Match::none) {
      return found;
    }
    entry = entry_of((*tree_)[entries_[entry].node].parent);
  }
  const Target found = by_full_url(no_node, reference);
  return found;
}

}  // namespace lhcr::record
