// SPDX-License-Identifier: Apache-2.0
/// The function table: one row per function, grouped by the section of the specification.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "fhirpath/program.hpp"
#include "fhirpath/sink.hpp"

namespace lhcr::fhirpath {

class Machine;
struct Scope;

/// What a function takes as its input.
enum class Input : std::uint8_t {
  items,   ///< any collection; the function walks it itself
  item,    ///< one item of any type
  string,  ///< one String
  number,  ///< one Integer, Decimal or Quantity
  none,    ///< ignored
};

/// What a function yields, for checks at compile time.
enum class Result : std::uint8_t {
  unknown,
  input,     ///< items of the input's type
  first,     ///< one item of the input's type
  argument,  ///< items of the first argument's type
  either,    ///< of the input's or the first argument's type
  branch,    ///< of the second or third argument's type
  boolean,
  integer,
  decimal,
  string,
  date,
  date_time,
  time,
  quantity,
  number,
  children,   ///< in no order
  extension,  ///< Extensions
  type,
};

/// The call of a function with one input item. Absent arguments are Value::Kind::none.
struct Call {
  Machine& machine;
  const ProgramNode& node;
  const Scope& scope;
  Value input;
  std::array<Value, 3> arguments;
};

/// Takes one item, returns one or none.
using ItemFunction = Value (*)(Call&);
/// Walks its input (node.left) itself; false when the sink wants no more.
using ItemsFunction = bool (*)(Machine&, const ProgramNode&, const Scope&, Sink);
/// Yields one boolean or nothing.
using TruthFunction = Truth (*)(Machine&, const ProgramNode&, const Scope&);

/// `arguments` has a letter per argument: v a value, s a String, i an Integer, l an expression
/// evaluated by the function itself for each item, c the same where $index stays that of the
/// caller, t a type; those after '?' may be left out,
/// '*' repeats the last letter.
struct Function {
  std::string_view name;
  std::string_view arguments;
  Input input = Input::items;
  Result result = Result::unknown;
  ItemFunction item = nullptr;  ///< empty input or an empty argument yields empty without a call
  ItemsFunction items = nullptr;
  TruthFunction truth = nullptr;
  bool ordered = false;  ///< depends on the order of its input
  bool pattern = false;  ///< the first argument is a regular expression
  bool wide = false;     ///< walks many nodes: worth keeping when it depends on the resource only
};

/// The letter of argument `number` (from 0), '\0' when the function takes fewer.
[[nodiscard]] char argument_letter(const Function& function, std::size_t number) noexcept;
/// How many arguments cannot be left out.
[[nodiscard]] std::size_t required_arguments(const Function& function) noexcept;

[[nodiscard]] const Function* find_function(std::string_view name) noexcept;

// One family a section of the specification.
[[nodiscard]] std::span<const Function> existence_functions() noexcept;
[[nodiscard]] std::span<const Function> filtering_functions() noexcept;
[[nodiscard]] std::span<const Function> subsetting_functions() noexcept;
[[nodiscard]] std::span<const Function> combining_functions() noexcept;
[[nodiscard]] std::span<const Function> conversion_functions() noexcept;
[[nodiscard]] std::span<const Function> string_functions() noexcept;
[[nodiscard]] std::span<const Function> math_functions() noexcept;
[[nodiscard]] std::span<const Function> navigation_functions() noexcept;
[[nodiscard]] std::span<const Function> utility_functions() noexcept;
[[nodiscard]] std::span<const Function> boundary_functions() noexcept;
[[nodiscard]] std::span<const Function> type_functions() noexcept;
[[nodiscard]] std::span<const Function> fhir_functions() noexcept;

}  // namespace lhcr::fhirpath
