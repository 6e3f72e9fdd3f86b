// SPDX-License-Identifier: Apache-2.0
/// What an element of a profile adds to what the walk over the type has judged already. Most of a
/// snapshot repeats the type, and records are many.
#pragma once

#include "validate/checks.hpp"
#include "validate/plan/profile.hpp"

namespace lhcr::validate {

/// How the type around a node describes it.
struct Base {
  const TypePlan* holder = nullptr;
  const ChildPlan* row = nullptr;  ///< nullptr: no type has such an element

  [[nodiscard]] const ElementPlan* element() const {
    return row == nullptr ? nullptr : &holder->elements[row->element];
  }
};
[[nodiscard]] Base base_of(Run& run, tree::NodeId node);

/// What `element` adds at `node`; worked out at the first node of its kind and kept.
[[nodiscard]] const Addition& addition_to(Run& run, tree::NodeId node, const ProfilePlan& plan,
                                          const ProfileElement& element, const Base& base);

/// Whether the type of a node is one that the element allows.
[[nodiscard]] bool fits_type(const Run& run, tree::NodeId node, const ProfilePlan& plan,
                             const ProfileElement& element);
/// Whether a profile binds an element in another way than its type does, so that it counts.
[[nodiscard]] bool binds_anew(const definition::Binding& binding, const ElementPlan* base);

}  // namespace lhcr::validate
