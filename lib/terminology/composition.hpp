// SPDX-License-Identifier: Apache-2.0
/// How a ValueSet is composed, and the list of texts that images keep of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lhcr::terminology {

/// ValueSet.compose.include.filter
struct SetFilter {
  std::string property, op, value;
};

/// An include or exclude of a ValueSet's compose.
struct SetPart {
  std::string system;              ///< canonical, empty: any
  std::vector<std::string> codes;  ///< when it lists them
  std::vector<SetFilter> filters;  ///< a code passes all
  std::vector<std::string> sets;   ///< canonicals; a code is in all
};

/// ValueSet.compose
struct Composition {
  std::vector<SetPart> includes, excludes;
  bool active_only = false;  ///< compose.inactive = false
};

/// A letter for what it is before each text: what follows an include or exclude belongs to it, an
/// operator and a value to the property before.
[[nodiscard]] std::vector<std::string> composition_texts(const Composition& composition);
[[nodiscard]] Composition read_composition(const std::vector<std::string_view>& texts);

}  // namespace lhcr::terminology
