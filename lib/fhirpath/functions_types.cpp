// SPDX-License-Identifier: Apache-2.0
/// FHIRPath section 6.3 and 10, types and reflection.
#include "fhirpath/machine.hpp"

namespace lhcr::fhirpath {
namespace {

Truth is(Machine& machine, const ProgramNode& node, const Scope& scope) {
  const Value value = machine.single(node.left, scope);
  if (value.is_none()) {
    return Truth::empty;
  }
  return machine.is(value, node.type) ? Truth::yes : Truth::no;
}

bool of_type(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  auto filter = [&](const Value& value) {
    return !machine.is_exactly(value, node.type) || sink(value);
  };
  return machine.each(node.left, scope, Sink(filter));
}

bool as(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  if (machine.program().lists_as) {
    return of_type(machine, node, scope, sink);
  }
  const Value value = machine.single(node.left, scope);
  return value.is_none() || !machine.is_exactly(value, node.type) || sink(value);
}

bool type(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  auto name = [&](const Value& value) {
    if (!value.is_node()) {
      const std::string_view system = system_type_name(value);
      return system.empty() || sink(machine.type_name("System", system));
    }
    const definition::TypeId id = machine.node(value).type;
    return id == definition::no_type ||
           sink(machine.type_name("FHIR", machine.definitions().info(id).name));
  };
  return machine.each(node.left, scope, Sink(name));
}

constexpr Function types_table[] = {
    {.name = "is", .arguments = "t", .result = Result::boolean, .truth = is},
    {.name = "as", .arguments = "t", .result = Result::unknown, .items = as},
    {.name = "ofType", .arguments = "t", .result = Result::unknown, .items = of_type},
    {.name = "type", .arguments = "", .result = Result::type, .items = type},
};

}  // namespace

std::span<const Function> type_functions() noexcept {
  return types_table;
}

}  // namespace lhcr::fhirpath
