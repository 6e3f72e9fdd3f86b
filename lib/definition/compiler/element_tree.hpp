// SPDX-License-Identifier: Apache-2.0
/// A snapshot as a tree: children below their element, slices below the element they slice and
/// re-slices below their slice.
#pragma once

#include <list>
#include <string_view>
#include <vector>

#include "definition/compiler/model.hpp"

namespace lhcr::definition::compiler {

struct ElementTree {
  ElementModel element;
  std::list<ElementTree> children;  // references stay when more are added; it may hold its own type
  std::list<ElementTree> slices;

  /// The child with that last step of the path ("value[x]"), not a slice; nullptr when there is
  /// none.
  ElementTree* child(std::string_view name);
  /// The slice with that name, or the re-slice of one: "a/b". Nullptr when there is none.
  ElementTree* slice(std::string_view name);
};

/// The last step of a path with its [x].
[[nodiscard]] std::string_view last_step(std::string_view path);

/// Elements in document order as a tree. Empty when they do not begin with one root.
[[nodiscard]] ElementTree grow(const std::vector<ElementModel>& elements);

/// The tree in document order, with paths and ids below `path` and `id` of its root, and links.
[[nodiscard]] std::vector<ElementModel> flatten(const ElementTree& root);

}  // namespace lhcr::definition::compiler
