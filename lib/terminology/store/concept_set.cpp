// SPDX-License-Identifier: Apache-2.0
#include "terminology/store/concept_set.hpp"

#include <algorithm>

namespace lhcr::terminology {

ConceptSet ConceptSet::of(std::vector<Interval> parts) {
  std::sort(parts.begin(), parts.end(),
            [](const Interval& left, const Interval& right) { return left.first < right.first; });
  ConceptSet made;
  for (const Interval& part : parts) {
    made.append(part);
  }
  return made;
}

ConceptSet ConceptSet::of(std::vector<Ordinal> members) {
  std::sort(members.begin(), members.end());
  return of_sorted(members);
}

ConceptSet ConceptSet::of_sorted(std::span<const Ordinal> members) {
  ConceptSet made;
  for (const Ordinal member : members) {
    made.append({member, member + 1});
  }
  return made;
}

void ConceptSet::append(Interval part) {
  if (part.first >= part.end) {
    return;
  }
  if (!parts_.empty() && part.first <= parts_.back().end) {
    parts_.back().end = std::max(parts_.back().end, part.end);
  } else {
    parts_.push_back(part);
  }
}

std::size_t ConceptSet::size() const noexcept {
  std::size_t count = 0;
  for (const Interval& part : parts_) {
    count += part.end - part.first;
  }
  return count;
}

bool ConceptSet::contains(Ordinal member) const noexcept {
  const auto behind =
      std::upper_bound(parts_.begin(), parts_.end(), member,
                       [](Ordinal wanted, const Interval& part) { return wanted < part.first; });
  return behind != parts_.begin() && member < std::prev(behind)->end;
}

ConceptSet ConceptSet::united(const ConceptSet& other) const {
  ConceptSet made;
  made.parts_.reserve(parts_.size() + other.parts_.size());
  auto left = parts_.begin();
  auto right = other.parts_.begin();
  while (left != parts_.end() || right != other.parts_.end()) {
    const bool take_left =
        right == other.parts_.end() || (left != parts_.end() && left->first < right->first);
    made.append(take_left ? *left++ : *right++);
  }
  return made;
}

namespace {

/// The first stretch that ends behind `at`: doubling steps, so that a short list against a long one
/// costs little.
template <typename Position>
Position skip_to(Position from, Position end, Ordinal at) {
  std::ptrdiff_t step = 1;
  Position below = from;
  while (end - below > step && (below + step)->end <= at) {
    below += step;
    step *= 2;
  }
  const Position limit = end - below > step ? below + step + 1 : end;
  return std::partition_point(below, limit, [at](const Interval& part) { return part.end <= at; });
}

}  // namespace

ConceptSet ConceptSet::intersected(const ConceptSet& other) const {
  ConceptSet made;
  auto left = parts_.begin();
  auto right = other.parts_.begin();
  while (left != parts_.end() && right != other.parts_.end()) {
    if (left->end <= right->first) {
      left = skip_to(left, parts_.end(), right->first);
    } else if (right->end <= left->first) {
      right = skip_to(right, other.parts_.end(), left->first);
    } else {
      made.append({std::max(left->first, right->first), std::min(left->end, right->end)});
      left->end < right->end ? ++left : ++right;
    }
  }
  return made;
}

ConceptSet ConceptSet::without(const ConceptSet& other) const {
  ConceptSet made;
  auto hole = other.parts_.begin();
  for (Interval part : parts_) {
    hole = skip_to(hole, other.parts_.end(), part.first);
    for (auto at = hole; at != other.parts_.end() && at->first < part.end; ++at) {
      if (part.first < at->first) {
        made.append({part.first, at->first});
      }
      part.first = std::max(part.first, at->end);
    }
    made.append(part);
  }
  return made;
}

}  // namespace lhcr::terminology
