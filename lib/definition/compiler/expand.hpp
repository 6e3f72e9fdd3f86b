// SPDX-License-Identifier: Apache-2.0
/// The codes of ValueSets, as far as the packages tell.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "definition/compiler/below.hpp"
#include "definition/compiler/model.hpp"

namespace lhcr::definition::compiler {

/// Whether codes that it does not list may be in the set.
[[nodiscard]] bool is_open(const Expansion& expansion);

/// Expands the ValueSets of a model, each once. A code counts as one of a system when any version
/// of the system that is here has it, unless the ValueSet names the version. What the model does
/// not have is looked for below it.
class Expander {
 public:
  Expander(const Model& model, Below& below);

  /// Of model.value_sets[set]: computed from its definition; where that is beyond the code systems
  /// that are here, the expansion that the package holds takes its place when it is whole, and adds
  /// its codes when it is not.
  const Expansion& expand(std::size_t set);
  /// Computed from ValueSet.compose alone (imported sets are taken from expand()).
  Expansion compose(std::size_t set);
  /// Every code of every version of `system` but the abstract ones, empty when it is not here.
  [[nodiscard]] Codes all_codes(std::string_view system) const;
  /// Index of the model's first CodeSystem with that url, or -1.
  [[nodiscard]] std::ptrdiff_t code_system(std::string_view url) const;

 private:
  [[nodiscard]] SystemPart system_part(const IncludeModel& include, bool active_only) const;
  Expansion include_part(const IncludeModel& include, bool active_only);
  Expansion imported(std::string_view canonical);
  [[nodiscard]] std::ptrdiff_t find_set(std::string_view canonical) const;

  const Model& model_;
  Below& below_;
  std::map<std::string_view, std::size_t> sets_;     // url -> first
  std::map<std::string_view, std::size_t> systems_;  // url -> first
  enum class State : unsigned char { none, busy, done };
  std::vector<State> states_;
  std::vector<Expansion> expansions_;
  std::size_t depth_ = 0;
};

}  // namespace lhcr::definition::compiler
