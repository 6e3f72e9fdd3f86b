// SPDX-License-Identifier: Apache-2.0
/// A compiled expression: flat nodes, constants folded, names as symbols, types as ids.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/symbol.hpp"
#include "definition/definitions.hpp"
#include "fhirpath/fhirpath.hpp"
#include "fhirpath/value.hpp"

namespace re2 {
class RE2;
}

namespace lhcr::fhirpath {

struct Function;

/// Index into Program::nodes.
using Index = std::uint32_t;

enum class Op : std::uint8_t {
  empty,
  literal,       ///< constants[data]
  literal_list,  ///< constants[data .. data + count)
  self,          ///< $this
  index,         ///< $index
  total,         ///< $total
  resource,      ///< %resource
  root_resource,
  context,
  variable,   ///< Context::variables by name: texts[data]
  slot,       ///< a defineVariable(): slot `data`
  type_root,  ///< $this when it is a `type`, else the child `symbol`
  child,      ///< children of $this named `symbol`
  member,     ///< children of `left` named `symbol`
  call,       ///< `function` on `left`
  item,       ///< left[right]
  cached,  ///< `left`, which depends on nothing but the resource, evaluated once: cache slot `data`
  negate,
  // two operands
  equal,
  not_equal,
  equivalent,
  not_equivalent,
  less,
  less_equal,
  greater,
  greater_equal,
  member_of,  ///< in
  contains,
  add,
  subtract,
  multiply,
  divide,
  divide_whole,
  modulo,
  concatenate,
  exclusive_or,
  implies,
  // any number of operands: arguments
  conjunction,
  disjunction,
  set_union,
  // a type
  type_is,
  type_as,
};

/// The System types, and what a FHIR primitive converts to.
enum class SystemType : std::uint8_t {
  none,
  boolean,
  integer,
  decimal,
  string,
  date,
  date_time,
  time,
  quantity,
};

/// What can be asked of a type.
enum TypePart : std::uint32_t { no_part, part_name, part_space };

/// Keys of one sort(): the node's `data` has a bit for each that is written `-key` and,
/// `max_sort_keys` on, `key desc`.
constexpr std::uint32_t max_sort_keys = 16;

/// A type specifier. An unqualified name may mean a FHIR type and a System type of that name.
struct TypeSpec {
  definition::TypeId fhir = definition::no_type;
  SystemType system = SystemType::none;
  bool any = false;  ///< System.Any
};

struct ProgramNode {
  Op op = Op::empty;
  bool truth = false;  ///< yields one boolean or nothing
  std::uint16_t count = 0;
  std::uint32_t position = 0;
  Index left = 0;
  Index right = 0;
  std::uint32_t first = 0;  ///< arguments[first .. first + count)
  std::uint32_t data = 0;
  Symbol symbol = no_symbol;
  TypeSpec type;
  const Function* function = nullptr;
  const re2::RE2* pattern = nullptr;  ///< of a literal regular expression
};

struct Expression::Program {
  Program();
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::string text;
  std::vector<ProgramNode> nodes;
  std::vector<Index> arguments;
  std::vector<Value> constants;
  std::deque<std::string> texts;
  std::deque<Quantity> quantities;
  std::vector<std::unique_ptr<re2::RE2>> patterns;
  const definition::Definitions* definitions = nullptr;
  Index root = 0;
  std::uint32_t slots = 0;
  std::uint32_t caches = 0;
  bool joins_nothing = false;  ///< CompileOptions::joins_nothing
  bool lists_as = false;       ///< as() takes collections, as before N1
};
using Program = Expression::Program;

}  // namespace lhcr::fhirpath
