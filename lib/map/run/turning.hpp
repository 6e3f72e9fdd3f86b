// SPDX-License-Identifier: Apache-2.0
/// What turns the meaning of a FHIR resource: the elements that its definitions call modifiers
/// (ElementDefinition.isModifier, http://hl7.org/fhir/R4/conformance-rules.html#isModifier).
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "definition/definitions.hpp"
#include "map/model.hpp"
#include "map/run/ledger.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// Belongs to one conversion; what it is made from outlives it.
class Turning {
 public:
  /// Nothing is known: the source is no FHIR.
  Turning() = default;
  Turning(const Map& map, const definition::Definitions& definitions)
      : map_(&map), definitions_(&definitions) {}

  /// The modifiers of a typed resource that say other than the plain, done, present fact and that
  /// nothing of the result has; those of parts that are not carried at all turn nothing.
  [[nodiscard]] std::vector<tree::NodeId> unsaid(const tree::Tree& tree, tree::NodeId resource,
                                                 const Ledger& ledger) const;

 private:
  using Modifiers = std::vector<Symbol>;

  void visit(const tree::Tree& tree, tree::NodeId node, const Ledger& ledger,
             const std::string& path, std::vector<tree::NodeId>& out) const;
  [[nodiscard]] const Modifiers& modifiers_of(const tree::Tree& tree,
                                              definition::TypeId type) const;
  [[nodiscard]] bool is_plain(const tree::Tree& tree, tree::NodeId node,
                              const std::string& path) const;

  const Map* map_ = nullptr;
  const definition::Definitions* definitions_ = nullptr;
  mutable std::unordered_map<definition::TypeId, Modifiers> known_;
};

/// "verificationStatus=refuted": a modifier and what it says.
[[nodiscard]] std::string turning_text(const tree::Tree& tree, tree::NodeId modifier);

}  // namespace lhcr::map
