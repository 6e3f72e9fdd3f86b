// SPDX-License-Identifier: Apache-2.0
/// A compiled view: blocks of columns with what they repeat over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fhirpath/fhirpath.hpp"
#include "fhirpath/value.hpp"
#include "view/model.hpp"
#include "view/view.hpp"

namespace lhcr::view {

/// An expression and where it stands, for messages.
struct PlacedPath {
  fhirpath::Expression expression;
  std::string place;  ///< "select[0].column[1].path"
};

struct ColumnPath {
  std::uint32_t column = 0;  ///< in Plan::columns
  PlacedPath path;
};

/// Columns that share a focus. Selects without iteration are folded into the block around them, so
/// that their columns are read once and not for each row of a neighbour.
struct Block {
  Iteration iteration = Iteration::once;
  std::vector<PlacedPath> paths;  ///< of the iteration
  std::vector<ColumnPath> columns;
  /// Each part multiplies the rows; its alternatives (unionAll) add up.
  std::vector<std::vector<Block>> parts;
};

struct Plan {
  std::string name;
  std::string resource;
  const definition::Definitions* definitions = nullptr;
  std::vector<Column> columns;
  std::vector<fhirpath::NamedValue> constants;
  std::vector<PlacedPath> where;
  Block root;
  std::vector<std::string> notes;
};

/// Throws Error{input}.
[[nodiscard]] std::unique_ptr<const Plan> compile_view(const Source& source,
                                                       definition::Library& library,
                                                       const std::string& fhir);

/// The %name of the number of the row within its forEach, from 0.
constexpr std::string_view row_index_name = "rowIndex";

}  // namespace lhcr::view
