// SPDX-License-Identifier: Apache-2.0
/// Forward: what turns the meaning of the statement that is being made, and whether rows have
/// carried it in elements that every reader has to understand.
#pragma once

#include "map/model.hpp"
#include "map/run/places.hpp"
#include "map/run/statements.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

class Said {
 public:
  /// `statements` must outlive this.
  explicit Said(const Statements& statements) : statements_(statements) {}

  /// A row has carried something: what it says is said.
  void note(const Row& row);
  /// Whether something turns the meaning of the statement that nothing has carried.
  [[nodiscard]] bool is_unsaid(const Block& block, const Places& places) const;
  /// Whether a row that reads into a statement would overlook what turns its meaning.
  [[nodiscard]] bool is_turned(const Step& step, tree::NodeId node) const;
  /// Whether a part that a block reads has modifiers of its own, beyond those the block says.
  [[nodiscard]] bool has_own(const Block& block, tree::NodeId node) const {
    return has_unsaid(node, block.says);
  }
  /// Whether a row that writes beside the statement's resource would overlook what turns it.
  [[nodiscard]] bool is_turned(const Row& row, tree::NodeId node) const {
    return has_unsaid(node, row.says);
  }

  /// While the rows of a resource or of a part run; afterwards it is the outer one's turn again.
  class Scope {
   public:
    /// For a resource that `block` makes of the node at `places`.
    Scope(Said& said, const Block& block, const Places& places);
    /// For a part that `row` has found; `node`: its start, when that is another element.
    Scope(Said& said, const Row& row, tree::NodeId node);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Said& said_;
    ModifierMask self_;
    ModifierMask wrapper_;
    tree::NodeId statement_;
  };

 private:
  [[nodiscard]] bool has_unsaid(tree::NodeId node, ModifierMask said) const;

  const Statements& statements_;
  ModifierMask self_ = 0;
  ModifierMask wrapper_ = 0;
  tree::NodeId statement_ = tree::no_node;
};

}  // namespace lhcr::map
