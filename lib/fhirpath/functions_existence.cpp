// SPDX-License-Identifier: Apache-2.0
/// FHIRPath section 5.1, existence.
#include "fhirpath/machine.hpp"

namespace lhcr::fhirpath {
namespace {

Truth empty(Machine& machine, const ProgramNode& node, const Scope& scope) {
  return to_truth(!machine.any(node.left, scope));
}

Truth exists(Machine& machine, const ProgramNode& node, const Scope& scope) {
  if (node.count == 0) {
    return to_truth(machine.any(node.left, scope));
  }
  Scope inner{{}, 0, scope.total, nullptr};
  const Index criteria = machine.argument(node, 0);
  auto fails = [&](const Value& value) {
    inner.self = value;
    const bool found = machine.truth(criteria, inner) == Truth::yes;
    ++inner.index;
    return !found;
  };
  return to_truth(!machine.each(node.left, scope, Sink(fails)));
}

Truth all(Machine& machine, const ProgramNode& node, const Scope& scope) {
  Scope inner{{}, 0, scope.total, nullptr};
  const Index criteria = machine.argument(node, 0);
  auto holds = [&](const Value& value) {
    inner.self = value;
    const bool found = machine.truth(criteria, inner) == Truth::yes;
    ++inner.index;
    return found;
  };
  return to_truth(machine.each(node.left, scope, Sink(holds)));
}

/// Whether `wanted` occurs among the Booleans of the input.
bool occurs(Machine& machine, const ProgramNode& node, const Scope& scope, bool wanted) {
  bool found = false;
  auto look = [&](const Value& value) {
    const Value plain = machine.system(value);
    if (plain.kind() != Value::Kind::boolean) {
      machine.fail(std::string(node.function->name) + "() works on booleans", node);
    }
    found = found || plain.boolean() == wanted;
    return true;
  };
  machine.each(node.left, scope, Sink(look));
  return found;
}

Truth all_true(Machine& machine, const ProgramNode& node, const Scope& scope) {
  return to_truth(!occurs(machine, node, scope, false));
}
Truth any_true(Machine& machine, const ProgramNode& node, const Scope& scope) {
  return to_truth(occurs(machine, node, scope, true));
}
Truth all_false(Machine& machine, const ProgramNode& node, const Scope& scope) {
  return to_truth(!occurs(machine, node, scope, true));
}
Truth any_false(Machine& machine, const ProgramNode& node, const Scope& scope) {
  return to_truth(occurs(machine, node, scope, false));
}

/// Whether every item of `part` is in `whole`.
Truth is_subset(Machine& machine, Index part, Index whole, const Scope& scope) {
  Machine::Scratch items(machine);
  Distinct distinct(machine, items);
  auto add = [&](const Value& value) {
    distinct.add(value);
    return true;
  };
  machine.each(whole, scope, Sink(add));
  auto contained = [&](const Value& value) { return distinct.contains(value); };
  return to_truth(machine.each(part, scope, Sink(contained)));
}

Truth subset_of(Machine& machine, const ProgramNode& node, const Scope& scope) {
  return is_subset(machine, node.left, machine.argument(node, 0), scope);
}
Truth superset_of(Machine& machine, const ProgramNode& node, const Scope& scope) {
  return is_subset(machine, machine.argument(node, 0), node.left, scope);
}

bool count(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  std::int64_t number = 0;
  auto add = [&](const Value&) {
    ++number;
    return true;
  };
  machine.each(node.left, scope, Sink(add));
  return sink(Value::of_integer(number));
}

bool distinct(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  Machine::Scratch items(machine);
  Distinct known(machine, items);
  auto add = [&](const Value& value) { return !known.add(value) || sink(value); };
  return machine.each(node.left, scope, Sink(add));
}

Truth is_distinct(Machine& machine, const ProgramNode& node, const Scope& scope) {
  Machine::Scratch items(machine);
  Distinct known(machine, items);
  auto add = [&](const Value& value) { return known.add(value); };
  return to_truth(machine.each(node.left, scope, Sink(add)));
}

Truth negation(Machine& machine, const ProgramNode& node, const Scope& scope) {
  const Truth value = machine.truth(node.left, scope);
  return value == Truth::empty ? value : to_truth(value == Truth::no);
}

constexpr Function existence_table[] = {
    {.name = "empty", .arguments = "", .result = Result::boolean, .truth = empty},
    {.name = "exists", .arguments = "?l", .result = Result::boolean, .truth = exists},
    {.name = "all", .arguments = "l", .result = Result::boolean, .truth = all},
    {.name = "allTrue", .arguments = "", .result = Result::boolean, .truth = all_true},
    {.name = "anyTrue", .arguments = "", .result = Result::boolean, .truth = any_true},
    {.name = "allFalse", .arguments = "", .result = Result::boolean, .truth = all_false},
    {.name = "anyFalse", .arguments = "", .result = Result::boolean, .truth = any_false},
    {.name = "subsetOf", .arguments = "v", .result = Result::boolean, .truth = subset_of},
    {.name = "supersetOf", .arguments = "v", .result = Result::boolean, .truth = superset_of},
    {.name = "count", .arguments = "", .result = Result::integer, .items = count},
    {.name = "distinct", .arguments = "", .result = Result::input, .items = distinct},
    {.name = "isDistinct", .arguments = "", .result = Result::boolean, .truth = is_distinct},
    {.name = "not", .arguments = "", .result = Result::boolean, .truth = negation},
};

}  // namespace

std::span<const Function> existence_functions() noexcept {
  return existence_table;
}

}  // namespace lhcr::fhirpath
