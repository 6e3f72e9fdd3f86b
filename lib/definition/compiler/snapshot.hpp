// SPDX-License-Identifier: Apache-2.0
/// Snapshots of StructureDefinitions that have a differential only.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "definition/compiler/below.hpp"
#include "definition/compiler/element_tree.hpp"
#include "definition/compiler/model.hpp"

namespace lhcr::definition::compiler {

/// Generates snapshots; bases and types come from the model or from below it.
class Snapshots {
 public:
  Snapshots(std::vector<StructureModel>& structures, Below& below);

  /// Fills the elements of every structure that has none, or says in StructureModel::problem why
  /// that cannot be done. What cannot be applied of a differential is left out and becomes the
  /// problem of a structure that has elements.
  void fill();
  /// The snapshot of one structure from its differential, whether it has one or not; empty when its
  /// base is not here.
  std::vector<ElementModel> generate(StructureModel& structure);
  /// By canonical, with elements where that is possible; nullptr when it is not here.
  const StructureModel* find(std::string_view canonical);

 private:
  enum class State : unsigned char { none, busy, done };
  void fill(std::size_t at);

  std::vector<StructureModel>& structures_;
  Below& below_;
  std::vector<State> states_;
};

}  // namespace lhcr::definition::compiler
