// SPDX-License-Identifier: Apache-2.0
/// FHIRPath locations of many nodes of one tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tree/tree.hpp"

namespace lhcr::tree {

/// Makes paths as path_of() does. The siblings of a node are counted once, however many of them are
/// asked for: n paths cost n times their depth and at most one look at each node of the tree.
/// Belongs to one thread; `tree` outlives it.
class Paths {
 public:
  explicit Paths(const Tree& tree) : tree_(tree) {}

  [[nodiscard]] std::string of(NodeId id);
  /// How many siblings of its name stand before a node that is in a list, or has such siblings;
  /// else nothing.
  [[nodiscard]] std::optional<std::size_t> place_in_list(NodeId id);
  [[nodiscard]] const Tree& tree() const noexcept { return tree_; }
  /// To be called when children of `parent` have been added, taken out or renamed since the last
  /// path.
  void forget(NodeId parent) noexcept;
  /// Siblings looked at so far: what the paths have cost beside their length.
  [[nodiscard]] std::size_t looked_at() const noexcept { return looked_at_; }

 private:
  /// How many siblings of the same name stand before `id`.
  std::size_t index_of(NodeId id);
  void count_children(NodeId parent);
  void append_step(NodeId id, std::string& path);

  const Tree& tree_;
  std::vector<std::uint32_t>
      places_;  ///< by node: its place among siblings of its name, from 1; 0: not counted yet
  std::vector<NodeId> steps_;
  std::size_t looked_at_ = 0;
};

}  // namespace lhcr::tree
