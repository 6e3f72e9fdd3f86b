// SPDX-License-Identifier: Apache-2.0
/// FHIRPath section 5.2, filtering and projection, and section 7, aggregates.
#include <utility>

#include "fhirpath/machine.hpp"

namespace lhcr::fhirpath {
namespace {

bool where(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  Scope inner{{}, 0, scope.total, nullptr};
  const Index criteria = machine.argument(node, 0);
  auto filter = [&](const Value& value) {
    inner.self = value;
    const bool wanted = machine.truth(criteria, inner) == Truth::yes;
    ++inner.index;
    return !wanted || sink(value);
  };
  return machine.each(node.left, scope, Sink(filter));
}

bool select(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  Scope inner{{}, 0, scope.total, nullptr};
  const Index projection = machine.argument(node, 0);
  auto project = [&](const Value& value) {
    inner.self = value;
    const bool more = machine.each(projection, inner, sink);
    ++inner.index;
    return more;
  };
  return machine.each(node.left, scope, Sink(project));
}

bool repeat(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  // What is new goes to the result and into the queue, which is the list of all results so far.
  Machine::Scratch results(machine);
  Distinct distinct(machine, results);
  const Index projection = machine.argument(node, 0);
  auto add = [&](const Value& value) { return !distinct.add(value) || sink(value); };
  Scope inner{{}, 0, scope.total, nullptr};
  auto project = [&](const Value& value) {
    inner.self = value;
    return machine.each(projection, inner, Sink(add));
  };
  if (!machine.each(node.left, scope, Sink(project))) {
    return false;
  }
  for (std::size_t i = 0; i < results->size(); ++i) {
    const Value value = (*results)[i];
    if (!project(value)) {
      return false;
    }
  }
  return true;
}

bool repeat_all(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  Machine::Scratch queue(machine);
  const Index projection = machine.argument(node, 0);
  auto add = [&](const Value& value) {
    machine.step();
    queue->push_back(value);
    return sink(value);
  };
  Scope inner{{}, 0, scope.total, nullptr};
  auto project = [&](const Value& value) {
    machine.step();
    inner.self = value;
    return machine.each(projection, inner, Sink(add));
  };
  if (!machine.each(node.left, scope, Sink(project))) {
    return false;
  }
  for (std::size_t i = 0; i < queue->size(); ++i) {
    const Value value = (*queue)[i];
    if (!project(value)) {
      return false;
    }
  }
  return true;
}

bool aggregate(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  Machine::Scratch total(machine);
  Machine::Scratch next(machine);
  if (node.count > 1) {
    machine.collect(machine.argument(node, 1), scope, *total);
  }
  const Index aggregator = machine.argument(node, 0);
  Scope inner{{}, 0, &*total, nullptr};
  auto accumulate = [&](const Value& value) {
    inner.self = value;
    next->clear();
    machine.collect(aggregator, inner, *next);
    std::swap(*total, *next);
    ++inner.index;
    return true;
  };
  machine.each(node.left, scope, Sink(accumulate));
  for (const Value& value : *total) {
    if (!sink(value)) {
      return false;
    }
  }
  return true;
}

bool coalesce(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  bool found = false;
  bool more = true;
  auto give = [&](const Value& value) {
    found = true;
    more = sink(value);
    return more;
  };
  for (std::uint32_t i = 0; i < node.count && !found; ++i) {
    machine.each(machine.argument(node, i), scope, Sink(give));
  }
  return more;
}

constexpr Function filtering_table[] = {
    {.name = "where", .arguments = "l", .result = Result::input, .items = where},
    {.name = "select", .arguments = "l", .result = Result::argument, .items = select},
    {.name = "repeat", .arguments = "l", .result = Result::unknown, .items = repeat, .wide = true},
    {.name = "repeatAll",
     .arguments = "l",
     .result = Result::unknown,
     .items = repeat_all,
     .wide = true},
    {.name = "aggregate", .arguments = "l?v", .result = Result::unknown, .items = aggregate},
    {.name = "coalesce", .arguments = "v*", .result = Result::unknown, .items = coalesce},
};

}  // namespace

std::span<const Function> filtering_functions() noexcept {
  return filtering_table;
}

}  // namespace lhcr::fhirpath
