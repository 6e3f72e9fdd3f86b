// SPDX-License-Identifier: Apache-2.0
/// Which elements expressions can look at, so that a reader may leave the others out.
#pragma once

#include <set>
#include <string_view>
#include <vector>

#include "base/symbol.hpp"
#include "definition/definitions.hpp"

namespace lhcr::fhirpath {

class ElementNames {
 public:
  /// Both must outlive it.
  ElementNames(const definition::Definitions& definitions, SymbolTable& symbols);

  /// Adds the elements that an expression steps to or that its functions and operators read.
  /// False: it may look at elements that it does not name (children(), equality of elements with
  /// parts and the like), so that nothing can be left out. The expression must compile.
  [[nodiscard]] bool add(std::string_view expression);
  void add_name(std::string_view name);
  /// The names that records write the elements with: valueQuantity and others for value.
  [[nodiscard]] std::vector<Symbol> written() const;
  /// Whether elements of that name are primitives in every type that has one.
  [[nodiscard]] bool is_primitive(std::string_view name) const;
  [[nodiscard]] bool is_primitive_type(std::string_view name) const;

 private:
  const definition::Definitions& definitions_;
  SymbolTable& symbols_;
  std::vector<definition::Child> rows_;  ///< of every type
  std::set<Symbol> elements_;
};

}  // namespace lhcr::fhirpath
