// SPDX-License-Identifier: Apache-2.0
/// FHIRPath section 5.8, tree navigation.
#include "fhirpath/machine.hpp"

namespace lhcr::fhirpath {
namespace {

bool children(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  auto descend = [&](const Value& value) {
    return !value.is_node() || machine.each_child(value.node(), sink);
  };
  return machine.each(node.left, scope, Sink(descend));
}

bool descendants(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  auto descend = [&](const Value& value) {
    return !value.is_node() || machine.each_descendant(value.node(), sink);
  };
  return machine.each(node.left, scope, Sink(descend));
}

constexpr Function navigation_table[] = {
    {.name = "children", .arguments = "", .result = Result::children, .items = children},
    {.name = "descendants",
     .arguments = "",
     .result = Result::children,
     .items = descendants,
     .wide = true},
};

}  // namespace

std::span<const Function> navigation_functions() noexcept {
  return navigation_table;
}

}  // namespace lhcr::fhirpath
