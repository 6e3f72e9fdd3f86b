// SPDX-License-Identifier: Apache-2.0
/// Sets of concepts as stretches of their numbers. What stands below a concept is a few stretches,
/// so that the operations of a constraint cost what the stretches do, not the concepts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lhcr::terminology {

/// The number of a concept in one image: active ones first, in preorder of a tree of is-a.
using Ordinal = std::uint32_t;
constexpr Ordinal no_concept = 0xFFFFFFFF;

/// The numbers from `first` to the one before `end`.
struct Interval {
  Ordinal first = 0;
  Ordinal end = 0;
  bool operator==(const Interval&) const = default;
};

/// Sorted stretches that do not touch.
class ConceptSet {
 public:
  ConceptSet() = default;
  /// Of stretches in any order.
  static ConceptSet of(std::vector<Interval> parts);
  /// Of numbers in any order, also repeated.
  static ConceptSet of(std::vector<Ordinal> members);
  /// Of numbers that are sorted.
  static ConceptSet of_sorted(std::span<const Ordinal> members);

  [[nodiscard]] std::span<const Interval> parts() const noexcept { return parts_; }
  [[nodiscard]] bool empty() const noexcept { return parts_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool contains(Ordinal member) const noexcept;
  /// Calls `visit` with each member, in order.
  template <typename Visit>
  void each(const Visit& visit) const {
    for (const Interval& part : parts_) {
      for (Ordinal member = part.first; member < part.end; ++member) {
        visit(member);
      }
    }
  }

  /// Adds a stretch that begins at the end of the last one, or later.
  void append(Interval part);

  [[nodiscard]] ConceptSet united(const ConceptSet& other) const;
  [[nodiscard]] ConceptSet intersected(const ConceptSet& other) const;
  [[nodiscard]] ConceptSet without(const ConceptSet& other) const;
  bool operator==(const ConceptSet&) const = default;

 private:
  std::vector<Interval> parts_;
};

}  // namespace lhcr::terminology
