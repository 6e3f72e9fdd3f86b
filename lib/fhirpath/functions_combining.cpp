// SPDX-License-Identifier: Apache-2.0
/// FHIRPath section 5.4, combining.
#include "fhirpath/machine.hpp"

namespace lhcr::fhirpath {
namespace {

bool unite(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  Machine::Scratch items(machine);
  Distinct known(machine, items);
  auto add = [&](const Value& value) { return !known.add(value) || sink(value); };
  return machine.each(node.left, scope, Sink(add)) &&
         machine.each(machine.argument(node, 0), scope, Sink(add));
}

bool combine(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  return machine.each(node.left, scope, sink) &&
         machine.each(machine.argument(node, 0), scope, sink);
}

constexpr Function combining_table[] = {
    {.name = "union", .arguments = "v", .result = Result::either, .items = unite},
    {.name = "combine", .arguments = "v?v", .result = Result::either, .items = combine},
};

}  // namespace

std::span<const Function> combining_functions() noexcept {
  return combining_table;
}

}  // namespace lhcr::fhirpath
