// SPDX-License-Identifier: Apache-2.0
/// How the nodes of a record fit the definitions of one FHIR version. For this room only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "definition/definitions.hpp"
#include "definition/version/demands.hpp"
#include "tree/tree.hpp"

namespace lhcr::definition {

/// What a version says of a node.
enum class NodeFit : std::uint8_t {
  unreached,  ///< below something that the version does not know
  fits,
  lacks_element,  ///< its parent has no such element
  lacks_type,     ///< a resource of a type that the version does not have
  wrong_shape,    ///< a primitive in the place of an object, or the other way round
  wrong_list,     ///< an array where there is none, or the other way round
  lacks_code,     ///< a code that its required binding does not have
};

/// An element that a node does not have and the version demands.
struct Absence {
  tree::NodeId parent = tree::no_node;
  Symbol element = no_symbol;
};

/// One walk over a record; used again from record to record.
class Fitting {
 public:
  /// `versions`: what the version is compared with, itself among them.
  Fitting(const Definitions& definitions, std::span<const Definitions* const> versions)
      : definitions_(&definitions), demands_(definitions, versions) {}

  /// Walks all nodes; a nested resource is judged whatever it is in. Whether every one fits, and
  /// none is absent.
  bool run(const tree::Tree& tree);

  [[nodiscard]] const Definitions& definitions() const noexcept { return *definitions_; }
  [[nodiscard]] NodeFit fit(tree::NodeId node) const noexcept { return fits_[node]; }
  [[nodiscard]] TypeId type(tree::NodeId node) const noexcept { return types_[node]; }
  /// The nodes that do not fit, in document order.
  [[nodiscard]] const std::vector<tree::NodeId>& misfits() const noexcept { return misfits_; }
  [[nodiscard]] bool lacks(const Absence& absence) const;
  /// What is absent, by parents in document order.
  [[nodiscard]] const std::vector<Absence>& absences() const noexcept { return absences_; }

 private:
  void enter_resource(const tree::Tree& tree, tree::NodeId node);
  void place_children(const tree::Tree& tree, tree::NodeId parent);
  [[nodiscard]] NodeFit form(const tree::Tree& tree, const Child& row,
                             const tree::Node& node) const;
  void note(tree::NodeId node, NodeFit fit);

  const Definitions* definitions_;
  std::vector<TypeId> types_;
  std::vector<NodeFit> fits_;
  std::vector<tree::NodeId> misfits_;
  std::vector<Absence> absences_;
  DemandsOfTypes demands_;
};

}  // namespace lhcr::definition
