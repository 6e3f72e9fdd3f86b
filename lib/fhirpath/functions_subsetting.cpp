// SPDX-License-Identifier: Apache-2.0
/// FHIRPath section 5.3, subsetting, with sort().
#include <algorithm>
#include <vector>

#include "fhirpath/machine.hpp"

namespace lhcr::fhirpath {
namespace {

bool single(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  const Value value = machine.single(node.left, scope);
  return value.is_none() || sink(value);
}

bool first(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  Value found;
  auto keep = [&](const Value& value) {
    found = value;
    return false;
  };
  machine.each(node.left, scope, Sink(keep));
  return found.is_none() || sink(found);
}

bool last(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  Value found;
  auto keep = [&](const Value& value) {
    found = value;
    return true;
  };
  machine.each(node.left, scope, Sink(keep));
  return found.is_none() || sink(found);
}

bool skip_items(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink,
                std::int64_t left) {
  auto give = [&](const Value& value) { return left-- > 0 || sink(value); };
  return machine.each(node.left, scope, Sink(give));
}

bool tail(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  return skip_items(machine, node, scope, sink, 1);
}

/// The integer argument of skip() and take(); nullopt when it is empty.
std::optional<std::int64_t> number(Machine& machine, const ProgramNode& node, const Scope& scope) {
  const Value value = machine.system(machine.single(machine.argument(node, 0), scope));
  if (value.is_none()) {
    return std::nullopt;
  }
  if (value.kind() != Value::Kind::integer) {
    machine.fail(std::string(node.function->name) + "() takes an integer", node);
  }
  return value.integer();
}

bool skip(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  const auto count = number(machine, node, scope);
  return !count || skip_items(machine, node, scope, sink, *count);
}

bool take(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  std::int64_t left = number(machine, node, scope).value_or(0);
  bool more = true;
  auto give = [&](const Value& value) {
    more = sink(value);
    return more && --left > 0;
  };
  if (left > 0) {
    machine.each(node.left, scope, Sink(give));
  }
  return more;
}

bool intersect(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  Machine::Scratch other_items(machine);
  Distinct other(machine, other_items);
  auto add = [&](const Value& value) {
    other.add(value);
    return true;
  };
  machine.each(machine.argument(node, 0), scope, Sink(add));
  Machine::Scratch items(machine);
  Distinct given(machine, items);
  auto give = [&](const Value& value) {
    return !other.contains(value) || !given.add(value) || sink(value);
  };
  return machine.each(node.left, scope, Sink(give));
}

bool exclude(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  Machine::Scratch other_items(machine);
  Distinct other(machine, other_items);
  auto add = [&](const Value& value) {
    other.add(value);
    return true;
  };
  machine.each(machine.argument(node, 0), scope, Sink(add));
  auto give = [&](const Value& value) { return other.contains(value) || sink(value); };
  return machine.each(node.left, scope, Sink(give));
}

/// Orders numbers of items by keys: the keys of item i are keys[i * width ...].
class KeyOrder {
 public:
  KeyOrder(Machine& machine, const ProgramNode& node, const Collection& keys)
      : machine_(machine), node_(node), keys_(keys) {}

  bool operator()(std::uint32_t left, std::uint32_t right) const {
    const std::uint32_t width = std::max<std::uint32_t>(node_.count, 1);
    for (std::uint32_t i = 0; i < width; ++i) {
      const int order = compare(keys_[left * width + i], keys_[right * width + i], i);
      if (order != 0) {
        return order < 0;
      }
    }
    return false;
  }

 private:
  /// Nothing comes before everything: `-key` of nothing is nothing still, `key desc` turns the
  /// order round.
  [[nodiscard]] int compare(const Value& left, const Value& right, std::uint32_t key) const {
    machine_.step();
    const bool negated = ((node_.data >> key) & 1U) != 0;
    const bool descending = ((node_.data >> (key + max_sort_keys)) & 1U) != 0;
    if (left.is_none() || right.is_none()) {
      const int order = static_cast<int>(!left.is_none()) - static_cast<int>(!right.is_none());
      return descending ? -order : order;
    }
    const int order = machine_.order(left, right, node_).value_or(0);
    return descending || negated ? -order : order;
  }

  Machine& machine_;
  const ProgramNode& node_;
  const Collection& keys_;
};

bool sort(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  Machine::Scratch items(machine);
  machine.collect(node.left, scope, *items);
  Machine::Scratch keys(machine);
  Scope inner{{}, 0, scope.total, nullptr};
  for (const Value& value : *items) {
    inner.self = value;
    for (std::uint32_t i = 0; i < node.count; ++i) {
      keys->push_back(machine.single(machine.argument(node, i), inner));
    }
    if (node.count == 0) {
      keys->push_back(value);
    }
  }
  std::vector<std::uint32_t> order(items->size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = static_cast<std::uint32_t>(i);
  }
  std::stable_sort(order.begin(), order.end(), KeyOrder(machine, node, *keys));
  for (const std::uint32_t at : order) {
    if (!sink((*items)[at])) {
      return false;
    }
  }
  return true;
}

constexpr Function subsetting_table[] = {
    {.name = "single", .arguments = "", .result = Result::first, .items = single},
    {.name = "first", .arguments = "", .result = Result::first, .items = first, .ordered = true},
    {.name = "last", .arguments = "", .result = Result::first, .items = last, .ordered = true},
    {.name = "tail", .arguments = "", .result = Result::input, .items = tail, .ordered = true},
    {.name = "skip", .arguments = "v", .result = Result::input, .items = skip, .ordered = true},
    {.name = "take", .arguments = "v", .result = Result::input, .items = take, .ordered = true},
    {.name = "intersect", .arguments = "v", .result = Result::input, .items = intersect},
    {.name = "exclude", .arguments = "v", .result = Result::input, .items = exclude},
    {.name = "sort", .arguments = "?l*", .result = Result::input, .items = sort},
};

}  // namespace

std::span<const Function> subsetting_functions() noexcept {
  return subsetting_table;
}

}  // namespace lhcr::fhirpath
