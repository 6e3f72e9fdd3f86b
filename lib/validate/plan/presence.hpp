// SPDX-License-Identifier: Apache-2.0
/// Constraints that ask which children an element has, and nothing else.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tree/tree.hpp"

namespace lhcr::validate {

/// An expression of `name.exists()`, `name.empty()`, `and`, `or`, `implies` and parentheses, as
/// steps that need no evaluator: elements are there or not, and no answer is empty.
class Presence {
 public:
  Presence() = default;
  /// An expression of another form makes one that is empty().
  Presence(std::string_view expression, const SymbolTable& symbols);
  [[nodiscard]] bool empty() const noexcept { return steps_.empty(); }
  /// Whether it holds at a node of Kind::object: a primitive has a value beside its elements.
  [[nodiscard]] bool holds(const tree::Tree& tree, tree::NodeId node) const noexcept;

  enum class Op : std::uint8_t { exists, empty, conjunction, disjunction, implication };
  struct Step {
    Op op;
    Symbol name = no_symbol;  ///< of exists and empty
  };

 private:
  std::vector<Step> steps_;  ///< each operator behind its two operands
};

}  // namespace lhcr::validate
