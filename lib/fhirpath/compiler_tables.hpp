// SPDX-License-Identifier: Apache-2.0
/// What the compiler looks up: operators and the %names that every expression knows.
#pragma once

#include <array>
#include <string_view>

#include "fhirpath/program.hpp"

namespace lhcr::fhirpath {

struct OperatorRow {
  std::string_view text;
  Op op;
  bool truth;
};
inline constexpr std::array<OperatorRow, 22> operator_table = {{
    {"=", Op::equal, true},
    {"!=", Op::not_equal, true},
    {"~", Op::equivalent, true},
    {"!~", Op::not_equivalent, true},
    {"<", Op::less, true},
    {"<=", Op::less_equal, true},
    {">", Op::greater, true},
    {">=", Op::greater_equal, true},
    {"in", Op::member_of, true},
    {"contains", Op::contains, true},
    {"and", Op::conjunction, true},
    {"or", Op::disjunction, true},
    {"xor", Op::exclusive_or, true},
    {"implies", Op::implies, true},
    {"|", Op::set_union, false},
    {"+", Op::add, false},
    {"-", Op::subtract, false},
    {"&", Op::concatenate, false},
    {"*", Op::multiply, false},
    {"/", Op::divide, false},
    {"div", Op::divide_whole, false},
    {"mod", Op::modulo, false},
}};

struct FixedVariable {
  std::string_view name;
  std::string_view value;
};
inline constexpr std::array<FixedVariable, 3> fixed_variables = {{
    {"ucum", "http://unitsofmeasure.org"},
    {"sct", "http://snomed.info/sct"},
    {"loinc", "http://loinc.org"},
}};

inline constexpr std::string_view value_set_base = "http://hl7.org/fhir/ValueSet/";
inline constexpr std::string_view structure_base = "http://hl7.org/fhir/StructureDefinition/";

}  // namespace lhcr::fhirpath
