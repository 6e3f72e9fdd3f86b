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

/// A step of a path that needs no evaluator.
struct PlainStep {
  enum class Kind : std::uint8_t { child, first, of_type };
  Kind kind = Kind::child;
  Symbol element = no_symbol;
  definition::TypeId type = definition::no_type;
};

/// An expression and where it stands, for messages.
struct PlacedPath {
  fhirpath::Expression expression;
  std::string place;  ///< "select[0].column[1].path"
  /// The same as steps, when it is nothing but children, first() and ofType(); else empty.
  std::vector<PlainStep> steps;
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
  std::string source;
  std::string name;
  std::string resource;
  const definition::Definitions* definitions = nullptr;
  std::vector<Column> columns;
  std::vector<fhirpath::NamedValue> constants;
  std::vector<PlacedPath> where;
  std::vector<std::string> reasons;  ///< of each of `where`; empty: not said
  Block root;
  std::vector<std::string> notes;
};

/// Throws Error{input}.
[[nodiscard]] std::unique_ptr<const Plan> compile_view(const Source& source,
                                                       definition::Library& library,
                                                       const ViewSettings& settings);

/// The steps of such a path; empty when it is another one. The expression must compile.
[[nodiscard]] std::vector<PlainStep> plain_steps(std::string_view text,
                                                 const definition::Definitions& definitions,
                                                 const SymbolTable& symbols);

/// The %name of the number of the row within its forEach, from 0.
constexpr std::string_view row_index_name = "rowIndex";
/// The %name of the input that the record comes from, as Runner::set_source() has it.
constexpr std::string_view source_file_name = "sourceFile";

}  // namespace lhcr::view
