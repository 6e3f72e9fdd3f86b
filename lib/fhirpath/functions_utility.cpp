// SPDX-License-Identifier: Apache-2.0
/// FHIRPath section 5.9, utility functions, and defineVariable().
#include "fhirpath/machine.hpp"
#include "tree/paths.hpp"

namespace lhcr::fhirpath {
namespace {

void append_item(Machine& machine, tree::Paths& paths, const Value& value, std::string& out) {
  const Value plain = machine.system(value);
  if (!out.empty()) {
    out += ", ";
  }
  if (plain.is_node() || plain.is_none()) {
    out += paths.of(value.node());
  } else {
    append_text(plain, out);
  }
}

bool trace(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  if (!machine.services().wants_trace()) {
    return machine.each(node.left, scope, sink);
  }
  Machine::Scratch items(machine);
  machine.collect(node.left, scope, *items);
  std::string text;
  tree::Paths paths(machine.tree());
  Scope inner{{}, 0, scope.total, nullptr};
  auto add = [&](const Value& value) {
    append_item(machine, paths, value, text);
    return true;
  };
  for (const Value& value : *items) {
    inner.self = value;
    if (node.count > 1) {
      machine.each(machine.argument(node, 1), inner, Sink(add));
    } else {
      add(value);
    }
    ++inner.index;
  }
  const Value name = machine.system(machine.single(machine.argument(node, 0), scope));
  machine.services().trace(name.kind() == Value::Kind::string ? name.string() : std::string_view(),
                           text);
  for (const Value& value : *items) {
    if (!sink(value)) {
      return false;
    }
  }
  return true;
}

bool define_variable(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  Machine::Scratch items(machine);
  machine.collect(node.left, scope, *items);
  Collection& slot = machine.slot(node.data);
  if (node.count > 1) {
    Machine::Scratch value(machine);
    machine.collect(machine.argument(node, 1), Scope{{}, scope.index, scope.total, &*items},
                    *value);
    slot.assign(value->begin(), value->end());
  } else {
    slot.assign(items->begin(), items->end());
  }
  for (const Value& value : *items) {
    if (!sink(value)) {
      return false;
    }
  }
  return true;
}

Value now(Call& call) {
  return Value::of_date_time(call.machine.now());
}

Value today(Call& call) {
  DateTime date = call.machine.now();
  DateTime result;
  result.year = date.year;
  result.month = date.month;
  result.day = date.day;
  result.precision = Precision::day;
  return Value::of_date_time(result);
}

Value time_of_day(Call& call) {
  DateTime time = call.machine.now();
  time.kind = DateTime::Kind::time;
  time.year = 1;
  time.month = 1;
  time.day = 1;
  time.zoned = false;
  time.offset_minutes = 0;
  return Value::of_date_time(time);
}

constexpr Function utility_table[] = {
    {.name = "trace", .arguments = "v?l", .result = Result::input, .items = trace},
    {.name = "defineVariable",
     .arguments = "v?l",
     .result = Result::input,
     .items = define_variable},
    {.name = "now",
     .arguments = "",
     .input = Input::none,
     .result = Result::date_time,
     .item = now},
    {.name = "today", .arguments = "", .input = Input::none, .result = Result::date, .item = today},
    {.name = "timeOfDay",
     .arguments = "",
     .input = Input::none,
     .result = Result::time,
     .item = time_of_day},
};

}  // namespace

std::span<const Function> utility_functions() noexcept {
  return utility_table;
}

}  // namespace lhcr::fhirpath
