// SPDX-License-Identifier: Apache-2.0
#include "map/run/source_reader.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "base/names.hpp"
#include "map/hash.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {

/// By the written or the defined name: valueCode is an element `value` once the tree is typed.
tree::NodeId SourceReader::named_child(tree::NodeId node, Symbol name) const {
  for (const tree::NodeId child : source_.children(node)) {
    if (source_[child].name == name || source_[child].element == name) {
      return child;
    }
  }
  return tree::no_node;
}

std::string_view SourceReader::peek(tree::NodeId node, Symbol child) const {
  const tree::NodeId found = named_child(node, child);
  return found == tree::no_node ? std::string_view{} : source_[found].text();
}

std::string_view SourceReader::read(tree::NodeId node, Symbol child) {
  const tree::NodeId found = named_child(node, child);
  if (found == tree::no_node) {
    return {};
  }
  take(found);
  return source_[found].text();
}

std::string SourceReader::plain_text(tree::NodeId node) const {
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

tree::NodeId SourceReader::narrative(std::string_view id, tree::NodeId top) {
  if (!narrative_ready_) {
    narrative_ready_ = true;
    for (tree::NodeId node = 1; node < source_.size(); ++node) {
      if (source_[node].name == name::xml_id && tree::is_within(source_, node, top)) {
        narrative_.emplace(source_[node].text(), source_[node].parent);
      }
    }
  }
  const auto found = narrative_.find(id);
  return found == narrative_.end() ? tree::no_node : found->second;
}

void SourceReader::content_hash(tree::NodeId node, std::uint64_t& a, std::uint64_t& b) const {
  hash_into(source_.name_of(node), a, b);
  hash_into(source_[node].text(), a, b);
  for (const tree::NodeId child : source_.children(node)) {
    content_hash(child, a, b);
  }
}

std::string SourceReader::content_key(tree::NodeId node, std::uint64_t a, std::uint64_t b) const {
  content_hash(node, a, b);
  return std::to_string(a) + std::to_string(b);
}

namespace {

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL;
  return hash ^ (hash >> 29U);
}

}  // namespace

/// Of a text its length, its beginning and its end: says_same() looks at all of it.
std::uint64_t SourceReader::words_hash(tree::NodeId node) const {
  const std::string_view text = source_[node].text();
  const std::size_t part = std::min(text.size(), sizeof(std::uint64_t));
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  if (part > 0) {
    std::memcpy(&begin, text.data(), part);
  }
  if (text.size() > part) {  // else it would be the beginning, and one undo the other
    std::memcpy(&end, text.data() + text.size() - part, part);
  }
  std::uint64_t hash = mixed(mixed(source_[node].name, text.size()), mixed(begin, end));
  for (const tree::NodeId child : source_.children(node)) {
    hash = mixed(hash, words_hash(child));
  }
  return hash;
}

bool SourceReader::says_same(tree::NodeId node, tree::NodeId other) const {
  if (source_[node].name != source_[other].name || source_[node].text() != source_[other].text()) {
    return false;
  }
  tree::NodeId twin = source_[other].child;
  for (const tree::NodeId child : source_.children(node)) {
    if (twin == tree::no_node || !says_same(child, twin)) {
      return false;
    }
    twin = source_[twin].next;
  }
  return twin == tree::no_node;
}

void SourceReader::take_all(tree::NodeId node) {
  take(node);
  for (const tree::NodeId child : source_.children(node)) {
    take_all(child);
  }
}

bool SourceReader::wholly_taken(tree::NodeId node) const {
  for (const tree::NodeId child : source_.children(node)) {
    if (!wholly_taken(child)) {
      return false;
    }
  }
  return is_taken(node) || (source_[node].length == 0 && source_[node].child != tree::no_node);
}

void SourceReader::take_alike(tree::NodeId node, tree::NodeId other) {
  ledger_.take_as(node, ledger_.of(other));
  tree::NodeId twin = source_[other].child;
  for (const tree::NodeId child : source_.children(node)) {
    take_alike(child, twin);
    twin = source_[twin].next;
  }
}

void SourceReader::lose(tree::NodeId node) {
  ledger_.set(node, Booked::lost);
  for (const tree::NodeId child : source_.children(node)) {
    lose(child);
  }
}

SourceReader::Taken SourceReader::give_back(tree::NodeId resource) {
  Taken taken;
  give_back(resource, taken);
  return taken;
}

void SourceReader::give_back(tree::NodeId node, Taken& taken) {
  if (is_taken(node)) {
    taken.emplace_back(node, ledger_.of(node));
    ledger_.set(node, Booked::lost);
  }
  for (const tree::NodeId child : source_.children(node)) {
    give_back(child, taken);
  }
}

void SourceReader::take_again(const Taken& nodes) {
  for (const auto& [node, booked] : nodes) {
    ledger_.set(node, std::max(booked, ledger_.of(node)));
  }
}

void SourceReader::end_rows() {
  ledger_.end();
  decltype(narrative_)().swap(narrative_);
  narrative_ready_ = false;
}

}  // namespace lhcr::map
