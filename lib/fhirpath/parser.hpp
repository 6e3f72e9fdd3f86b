// SPDX-License-Identifier: Apache-2.0
/// The syntax tree of a FHIRPath expression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lhcr::fhirpath {

enum class SyntaxKind : std::uint8_t {
  empty,  ///< {}
  boolean,
  string,
  integer,
  decimal,
  date,
  date_time,
  time,
  quantity,  ///< text is the number, unit the unit
  special,   ///< $this, $index, $total
  external,  ///< %name
  member,    ///< operands: [input]
  call,      ///< operands: input (when has_input), arguments
  index,     ///< operands: input, index
  negate,
  plus,
  binary,      ///< text is the operator; `and`, `or` and `|` may have more than two operands
  type_test,   ///< text is `is` or `as`, unit the type's name; operands: input
  descending,  ///< a sort key; operands: key
};

struct Syntax {
  SyntaxKind kind = SyntaxKind::empty;
  bool has_input = false;  ///< member, call: written after a '.'
  bool calendar = false;   ///< quantity: the unit is a keyword
  std::uint16_t depth = 1;
  std::uint32_t position = 0;  ///< byte offset in the expression
  std::string text;
  std::string unit;
  std::vector<std::uint32_t> operands;
};

struct SyntaxTree {
  std::vector<Syntax> nodes;
  std::uint32_t root = 0;
};

/// Deeper nesting (parentheses, arguments, steps of one path) is refused, so that evaluation cannot
/// exhaust the stack.
constexpr std::uint16_t max_depth = 256;

/// Throws ExpressionError.
[[nodiscard]] SyntaxTree parse(std::string_view text);

/// The unit of a calendar duration keyword: "years" -> "year"; empty for any other word.
[[nodiscard]] std::string_view calendar_unit(std::string_view word) noexcept;

}  // namespace lhcr::fhirpath
