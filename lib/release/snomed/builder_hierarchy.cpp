// SPDX-License-Identifier: Apache-2.0
/// The hierarchy: a spanning tree of is-a whose preorder numbers the concepts, and what stands
/// below each as stretches of that order (Agrawal, Borgida and Jagadish's tree cover).
#include <algorithm>

#include "release/snomed/builder.hpp"

namespace lhcr::release {
namespace {

using terminology::Interval;
using terminology::no_concept;
using terminology::Section;

constexpr std::uint32_t no_row = 0xFFFFFFFF;
constexpr std::uint32_t word_bits = 64;

std::vector<std::uint32_t> make_slots(const std::vector<std::uint64_t>& ids) {
  std::size_t size = 16;
  while (size < ids.size() * 3 / 2) {
    size *= 2;
  }
  std::vector<std::uint32_t> slots(size);
  for (std::size_t number = 0; number < ids.size(); ++number) {
    std::size_t at = terminology::slot_hash(ids[number]) & (size - 1);
    while (slots[at] != 0) {
      at = (at + 1) & (size - 1);
    }
    slots[at] = static_cast<std::uint32_t>(number + 1);
  }
  return slots;
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> turned(
    const std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> made;
  made.reserve(edges.size());
  for (const auto& [child, parent] : edges) {
    made.emplace_back(parent, child);
  }
  return made;
}

/// Sorts stretches and joins those that touch.
void join(std::vector<Interval>& parts) {
  std::sort(parts.begin(), parts.end(),
            [](const Interval& left, const Interval& right) { return left.first < right.first; });
  std::size_t kept = 0;
  for (const Interval& part : parts) {
    if (kept > 0 && part.first <= parts[kept - 1].end) {
      parts[kept - 1].end = std::max(parts[kept - 1].end, part.end);
    } else {
      parts[kept++] = part;
    }
  }
  parts.resize(kept);
}

}  // namespace

void SnomedBuilder::number_concepts() {
  for (const ConceptIn& row : rows_.concepts) {
    ids_.push_back(row.id);
    active_ += row.active ? 1U : 0U;
  }
  slots_ = make_slots(ids_);
  ordinals_.resize(ids_.size());
  for (std::size_t number = 0; number < ids_.size(); ++number) {
    ordinals_[number] = static_cast<Ordinal>(number);  // until the tree says otherwise
  }
  edges_ = is_a_edges();
  order_ = higher_first(group(ids_.size(), turned(edges_)));
  if (order_.size() < active_) {
    drop_cycles(edges_);
  }
  choose_tree(group(ids_.size(), edges_));
}

SnomedBuilder::Edges SnomedBuilder::is_a_edges() {
  Edges edges;
  std::size_t dangling = 0;
  for (const RelationshipIn& row : rows_.relationships) {
    if (row.type != terminology::sctid::is_a) {
      continue;
    }
    const std::uint32_t child = ordinal(row.source);
    const std::uint32_t parent = ordinal(row.value);
    if (child == no_row || parent == no_row) {
      ++dangling;
    } else if (rows_.concepts[child].active && rows_.concepts[parent].active && child != parent) {
      edges.emplace_back(child, parent);
    }
  }
  if (dangling > 0) {
    notes_.say(std::to_string(dangling) + " is-a relationship(s) name a concept that is not here");
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

/// Active concepts, each behind its parents; those on a circle, and below it, are left out.
std::vector<std::uint32_t> SnomedBuilder::higher_first(const Grouped<std::uint32_t>& children) {
  std::vector<std::uint32_t> open(ids_.size());
  for (const std::uint32_t child : children.rows) {
    ++open[child];
  }
  std::vector<std::uint32_t> order;
  order.reserve(active_);
  for (std::uint32_t number = 0; number < ids_.size(); ++number) {
    if (rows_.concepts[number].active && open[number] == 0) {
      order.push_back(number);
    }
  }
  for (std::size_t at = 0; at < order.size(); ++at) {
    for (const std::uint32_t child : children.of(order[at])) {
      if (--open[child] == 0) {
        order.push_back(child);
      }
    }
  }
  return order;
}

/// Is-a among concepts that no order can be found for is dropped, and said.
void SnomedBuilder::drop_cycles(Edges& edges) {
  std::vector<bool> ordered(ids_.size());
  for (const std::uint32_t number : order_) {
    ordered[number] = true;
  }
  const std::size_t before = edges.size();
  std::erase_if(edges,
                [&](const auto& edge) { return !ordered[edge.first] && !ordered[edge.second]; });
  notes_.say(std::to_string(before - edges.size()) +
             " is-a relationship(s) were dropped: they go round in a circle");
  order_ = higher_first(group(ids_.size(), turned(edges)));
}

/// The parent in the tree is the deepest one: what its other ancestors take over are whole
/// stretches.
void SnomedBuilder::choose_tree(const Grouped<std::uint32_t>& parents) {
  std::vector<std::uint32_t> depth(ids_.size());
  std::vector<std::uint32_t> tree_parent(ids_.size(), no_row);
  for (const std::uint32_t number : order_) {
    for (const std::uint32_t parent : parents.of(number)) {
      if (tree_parent[number] == no_row || depth[parent] > depth[tree_parent[number]]) {
        tree_parent[number] = parent;
      }
    }
    depth[number] = tree_parent[number] == no_row ? 0 : depth[tree_parent[number]] + 1;
  }
  number_tree(tree_parent);
}

void SnomedBuilder::number_tree(const std::vector<std::uint32_t>& tree_parent) {
  Edges down;
  std::vector<std::uint32_t> stack;
  for (const std::uint32_t number : order_) {
    if (tree_parent[number] != no_row) {
      down.emplace_back(tree_parent[number], number);
    } else {
      stack.push_back(number);
    }
  }
  const auto below = group(ids_.size(), down);
  // The root of SNOMED CT first: it is taken from the end.
  std::stable_sort(stack.begin(), stack.end(), [&](std::uint32_t left, std::uint32_t right) {
    return (ids_[left] == terminology::sctid::root) < (ids_[right] == terminology::sctid::root);
  });
  numbers_.reserve(ids_.size());
  while (!stack.empty()) {
    const std::uint32_t number = stack.back();
    stack.pop_back();
    numbers_.push_back(number);
    const auto next = below.of(number);
    stack.insert(stack.end(), next.rbegin(), next.rend());
  }
  for (std::uint32_t number = 0; number < ids_.size(); ++number) {
    if (!rows_.concepts[number].active) {
      numbers_.push_back(number);
    }
  }
  for (std::size_t at = 0; at < numbers_.size(); ++at) {
    ordinals_[numbers_[at]] = static_cast<Ordinal>(at);
  }
  // Sizes of trees from the leaves up.
  std::vector<std::uint32_t> size(ids_.size(), 1);
  for (auto at = order_.rbegin(); at != order_.rend(); ++at) {
    if (tree_parent[*at] != no_row) {
      size[tree_parent[*at]] += size[*at];
    }
  }
  ends_.resize(active_);
  for (const std::uint32_t number : order_) {
    ends_[ordinals_[number]] = ordinals_[number] + size[number];
  }
}

void SnomedBuilder::write_hierarchy() {
  Edges up;
  for (auto& [child, parent] : edges_) {
    up.emplace_back(ordinals_[child], ordinals_[parent]);
  }
  std::sort(up.begin(), up.end());
  const auto parents = group(active_, up);
  out_.add(Section::parent_first, parents.first);
  out_.add(Section::parent, parents.rows);
  Edges down = turned(up);
  std::sort(down.begin(), down.end());
  const auto children = group(active_, down);
  out_.add(Section::child_first, children.first);
  out_.add(Section::child, children.rows);
  edges_ = std::move(down);
  write_intervals();
}

void SnomedBuilder::write_intervals() {
  const auto children = group(active_, edges_);
  std::vector<std::vector<Interval>> below(active_);
  for (auto at = order_.rbegin(); at != order_.rend(); ++at) {
    const Ordinal self = ordinals_[*at];
    std::vector<Interval> parts = {{self, ends_[self]}};
    for (const Ordinal child : children.of(self)) {
      for (const Interval& part : below[child]) {
        if (part.first < self || part.end > ends_[self]) {
          parts.push_back(part);
        }
      }
    }
    join(parts);
    below[self] = std::vector<Interval>(parts.begin(), parts.end());
  }
  const std::size_t words = (active_ + word_bits - 1) / word_bits;
  std::vector<std::uint32_t> first = {0};
  std::vector<Interval> rows;
  std::vector<std::uint64_t> bitmaps;
  for (std::size_t at = 0; at < active_; ++at) {
    if (below[at].size() > words && words > 0) {  // a bit each is less
      rows.push_back({no_concept, static_cast<std::uint32_t>(bitmaps.size() / words)});
      const std::size_t base = bitmaps.size();
      bitmaps.resize(base + words);
      for (const Interval& part : below[at]) {
        for (Ordinal member = part.first; member < part.end; ++member) {
          bitmaps[base + member / word_bits] |= std::uint64_t{1} << (member % word_bits);
        }
      }
    } else if (ends_[at] > at + 1 || below[at].size() > 1) {
      rows.insert(rows.end(), below[at].begin(), below[at].end());
    }
    first.push_back(static_cast<std::uint32_t>(rows.size()));
    std::vector<Interval>().swap(below[at]);
  }
  out_.add(Section::interval_first, first);
  out_.add(Section::interval, rows);
  out_.add(Section::bitmap, bitmaps);
}

}  // namespace lhcr::release
