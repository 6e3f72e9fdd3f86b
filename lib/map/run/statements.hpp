// SPDX-License-Identifier: Apache-2.0
/// What a CDA record says of its clinical statements, found out in one pass before the first row
/// runs: what turns their meaning, and whether the map knows their templates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "map/model.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// Whether a name is that of a clinical statement.
[[nodiscard]] bool is_statement(std::string_view name);

class Statements {
 public:
  /// Nothing is known: the source is no CDA.
  Statements() = default;
  Statements(const Map& map, const tree::Tree& source);

  /// The modifiers of a statement that say other than the plain, done, present fact.
  [[nodiscard]] ModifierMask turned(tree::NodeId node) const {
    const auto found = turned_.find(node);
    return found == turned_.end() ? ModifierMask{0} : found->second;
  }
  /// Those that the relationship to a statement says, which no row about the statement carries.
  [[nodiscard]] ModifierMask turned_around(tree::NodeId node) const {
    const auto found = turned_around_.find(node);
    return found == turned_around_.end() ? ModifierMask{0} : found->second;
  }
  /// Those of them that statements inside inherit.
  [[nodiscard]] ModifierMask inherited() const noexcept { return inherited_; }
  /// Whether an element has no templateId that the map, or the map's family, knows.
  [[nodiscard]] bool is_strange(tree::NodeId node) const {
    return !templates_.empty() && (templates_[node] & known_template) == 0;
  }
  /// Whether an element has a templateId that says the same as one the map knows.
  [[nodiscard]] bool has_alias(tree::NodeId node) const {
    return !templates_.empty() && (templates_[node] & alias_template) != 0;
  }
  /// The statements that something turns, in document order.
  [[nodiscard]] std::vector<tree::NodeId> all_turned() const;

 private:
  static constexpr std::uint8_t known_template = 1;
  static constexpr std::uint8_t alias_template = 2;

  void note_modifier(const Map& map, const tree::Tree& source, tree::NodeId node);
  void note_template(const Map& map, const tree::Tree& source, tree::NodeId node);
  void turn(const tree::Tree& source, tree::NodeId holder, ModifierMask bit);
  void inherit(const tree::Tree& source);

  std::unordered_map<tree::NodeId, ModifierMask> turned_;  // few statements are
  std::unordered_map<tree::NodeId, ModifierMask> turned_around_;
  std::vector<std::uint8_t> templates_;
  ModifierMask any_ = 0;
  ModifierMask inherited_ = 0;
};

/// The text of what a modifier of a statement says ("negationInd=true").
[[nodiscard]] std::string modifier_text(const Modifier& modifier, const tree::Tree& source,
                                        tree::NodeId statement);

}  // namespace lhcr::map
