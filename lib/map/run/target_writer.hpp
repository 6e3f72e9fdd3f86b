// SPDX-License-Identifier: Apache-2.0
/// Makes the nodes of the record that is written. A node hangs nowhere until it is attached.
#pragma once

#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "tree/tree.hpp"

namespace lhcr::map {

/// Belongs to one run that fills `target`, which must outlive it.
class TargetWriter {
 public:
  explicit TargetWriter(tree::Tree& target) : target_(target) {}

  [[nodiscard]] tree::Tree& target() const noexcept { return target_; }
  /// First child of a name, or no_node.
  [[nodiscard]] tree::NodeId child(tree::NodeId parent, Symbol name) const {
    return target_.child(parent, name);
  }

  /// A node that hangs nowhere yet.
  tree::NodeId fresh(Symbol name = no_symbol);
  /// As the last child. Nothing is attached below itself, so that the result is a tree whatever the
  /// rows say.
  void attach(tree::NodeId parent, tree::NodeId child);
  void detach(tree::NodeId parent, tree::NodeId child);
  /// Makes a child the first one.
  void lead(tree::NodeId parent, tree::NodeId child);
  /// Takes out all children of a name.
  void remove_children(tree::NodeId parent, Symbol name);
  /// Adds a child with text; nothing when `text` is empty, or when the attribute is there. `text`
  /// must outlive the target or be in its arena.
  tree::NodeId add(tree::NodeId parent, Symbol name, std::string_view text, bool attribute = false);
  tree::NodeId add_copy(tree::NodeId parent, Symbol name, std::string_view text,
                        bool attribute = false);
  void set_text(tree::NodeId node, std::string_view text);
  void set_copy(tree::NodeId node, std::string_view text);
  /// Sets a flag beside those that a node has.
  void set_flag(tree::NodeId node, tree::Flag flag);

  /// Number of nodes, for forget().
  [[nodiscard]] tree::NodeId mark() const noexcept { return target_.size(); }
  /// As if no node had been made since mark(); none of those hangs anywhere.
  void forget(tree::NodeId mark);
  /// Children were added by others than this.
  void forget_last() { last_.clear(); }

  // --- References to statements whose resource is not known before the last row ---
  /// `link` gets the resource that `statement`, a node of the source, becomes.
  void promise(tree::NodeId link, tree::NodeId statement) {
    promised_.emplace_back(link, statement);
  }
  /// What was promised to a draft is its holder's, into which it was merged.
  void moved(tree::NodeId draft, tree::NodeId into);
  [[nodiscard]] const std::vector<std::pair<tree::NodeId, tree::NodeId>>& promised() const {
    return promised_;
  }
  void end_promises() { promised_.clear(); }

  /// After the last row: gives back what only rows need.
  void end_rows() { decltype(last_)().swap(last_); }

 private:
  [[nodiscard]] bool has_attribute(tree::NodeId node, Symbol name) const;

  tree::Tree& target_;
  std::map<tree::NodeId, tree::NodeId> last_;  ///< child of nodes that have many
  std::vector<std::pair<tree::NodeId, tree::NodeId>> promised_;
};

}  // namespace lhcr::map
