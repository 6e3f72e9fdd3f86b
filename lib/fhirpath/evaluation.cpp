// SPDX-License-Identifier: Apache-2.0
/// What each kind of program node does.
#include "base/names.hpp"
#include "fhirpath/machine.hpp"

namespace lhcr::fhirpath {

void Machine::collect(Index index, const Scope& scope, Collection& out) {
  auto keep = [&](const Value& value) {
    step();
    out.push_back(value);
    return true;
  };
  each(index, scope, Sink(keep));
}

bool Machine::any(Index index, const Scope& scope) {
  auto stop = [](const Value&) { return false; };
  return !each(index, scope, Sink(stop));
}

Value Machine::single(Index index, const Scope& scope) {
  const ProgramNode& node = program_->nodes[index];
  if (node.op == Op::literal) {
    return program_->constants[node.data];
  }
  if (node.op == Op::self && scope.many == nullptr) {
    return scope.self;
  }
  Value found;
  bool many = false;
  auto keep = [&](const Value& value) {
    many = !found.is_none();
    found = value;
    return !many;
  };
  each(index, scope, Sink(keep));
  if (many) {
    fail("One item is expected here and there are more", node);
  }
  return found;
}

/// The element "value" that the definitions give each primitive type.
bool Machine::own_value(const Value& value, const ProgramNode& node, Sink sink) {
  if (node.symbol != name::value) {
    return true;
  }
  const Value plain = system(value);
  return plain.is_none() || plain.is_node() || is_quantity(plain) || sink(plain);
}

bool Machine::members_of(const Value& value, const ProgramNode& node, Sink sink) {
  if (value.is_node()) {
    return node.symbol == no_symbol ||
           (each_child(value.node(), node.symbol, sink) && own_value(value, node, sink));
  }
  if (value.kind() == Value::Kind::type && node.data != no_part) {
    return sink(Value::of_string(node.data == part_name ? value.type().name : value.type().space));
  }
  return true;
}

bool Machine::each_item(const Collection& items, Sink sink) {
  // By number: the sink may run code that adds to the collection.
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!sink(items[i])) {
      return false;
    }
  }
  return true;
}

bool Machine::each_constant(const ProgramNode& node, Sink sink) {
  for (std::uint32_t i = 0; i < node.count; ++i) {
    if (!sink(program_->constants[node.data + i])) {
      return false;
    }
  }
  return true;
}

bool Machine::self_step(const ProgramNode& node, const Value& self, Sink sink) {
  const bool whole =
      node.op == Op::self || (node.op == Op::type_root && self.is_node() && is(self, node.type));
  if (whole) {
    return self.is_none() || sink(self);
  }
  return members_of(self, node, sink);
}

bool Machine::each_self(const ProgramNode& node, const Scope& scope, Sink sink) {
  if (scope.many == nullptr) {
    return self_step(node, scope.self, sink);
  }
  for (const Value& value : *scope.many) {
    if (!self_step(node, value, sink)) {
      return false;
    }
  }
  return true;
}

bool Machine::each_member(const ProgramNode& node, const Scope& scope, Sink sink) {
  auto step_into = [&](const Value& value) { return members_of(value, node, sink); };
  return each(node.left, scope, Sink(step_into));
}

bool Machine::each_union(const ProgramNode& node, const Scope& scope, Sink sink) {
  Scratch items(*this);
  Distinct distinct(*this, items);
  auto add = [&](const Value& value) { return !distinct.add(value) || sink(value); };
  for (std::uint32_t i = 0; i < node.count; ++i) {
    if (!each(program_->arguments[node.first + i], scope, Sink(add))) {
      return false;
    }
  }
  return true;
}

Machine::Cache& Machine::fill_cache(const ProgramNode& node) {
  Cache& cache = caches_[node.data];
  if (!cache.filled) {
    cache.items.clear();
    collect(node.left, Scope{}, cache.items);
    cache.filled = true;
  }
  return cache;
}

bool Machine::each_cached(const ProgramNode& node, Sink sink) {
  for (const Value& value : fill_cache(node).items) {
    step();
    if (!sink(value)) {
      return false;
    }
  }
  return true;
}

bool Machine::each_variable(const ProgramNode& node, Sink sink) {
  const std::string& name = program_->texts[node.data];
  for (const auto& [known, value] : context_->variables) {
    if (known == name) {
      return sink(Value::of_string(value));
    }
  }
  if (context_->values != nullptr) {
    for (const NamedValue& known : *context_->values) {
      if (known.name == name) {
        return known.value.is_none() || sink(known.value);
      }
    }
  }
  fail("There is no variable %" + name, node);
}

bool Machine::each_typed(const ProgramNode& node, const Scope& scope, Sink sink) {
  if (program_->lists_as) {
    auto filter = [&](const Value& value) { return !is_exactly(value, node.type) || sink(value); };
    return each(node.left, scope, Sink(filter));
  }
  const Value value = single(node.left, scope);
  return value.is_none() || !is_exactly(value, node.type) || sink(value);
}

Value Machine::item_at(const ProgramNode& node, const Scope& scope) {
  const Value at = system(single(node.right, scope));
  if (at.is_none()) {
    return {};
  }
  if (at.kind() != Value::Kind::integer) {
    fail("An index is an integer", node);
  }
  std::int64_t left = at.integer();
  Value found;
  auto count = [&](const Value& value) {
    if (left-- == 0) {
      found = value;
      return false;
    }
    return true;
  };
  if (left >= 0) {
    each(node.left, scope, Sink(count));
  }
  return found;
}

Value Machine::operation(const ProgramNode& node, const Scope& scope) {
  const Value left = single(node.left, scope);
  if (node.op == Op::negate) {
    return left.is_none() ? left : arithmetic(node, Value::of_integer(0), left);
  }
  const Value right = single(node.right, scope);
  if (node.op != Op::concatenate && (left.is_none() || right.is_none())) {
    return {};
  }
  return arithmetic(node, left, right);
}

bool Machine::each(Index index, const Scope& scope, Sink sink) {
  const ProgramNode& node = program_->nodes[index];
  step();
  const auto give = [&](const Value& value) { return value.is_none() || sink(value); };
  switch (node.op) {
    case Op::empty:
      return true;
    case Op::literal:
      return sink(program_->constants[node.data]);
    case Op::literal_list:
      return each_constant(node, sink);
    case Op::index:
      return sink(Value::of_integer(scope.index));
    case Op::total:
      return scope.total == nullptr || each_item(*scope.total, sink);
    case Op::resource:
      return sink(Value::of_node(context_->resource));
    case Op::root_resource:
      return sink(Value::of_node(context_->root_resource));
    case Op::context:
      return sink(Value::of_node(focus_));
    case Op::variable:
      return each_variable(node, sink);
    case Op::slot:
      return each_item(slots_[node.data], sink);
    case Op::self:
    case Op::type_root:
    case Op::child:
      return each_self(node, scope, sink);
    case Op::member:
      return each_member(node, scope, sink);
    case Op::call:
      return each_call(node, scope, sink);
    case Op::item:
      return give(item_at(node, scope));
    case Op::cached:
      return each_cached(node, sink);
    case Op::set_union:
      return each_union(node, scope, sink);
    case Op::type_as:
      return each_typed(node, scope, sink);
    case Op::negate:
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::divide_whole:
    case Op::modulo:
    case Op::concatenate:
      return give(operation(node, scope));
    default:
      break;
  }
  const Truth value = truth(index, scope);
  return value == Truth::empty || sink(Value::of_boolean(value == Truth::yes));
}

// --- truth ---

Truth Machine::truth_of(const Value& value) {
  const Value plain = value.is_node() ? system(value) : value;
  if (plain.kind() == Value::Kind::boolean) {
    return to_truth(plain.boolean());
  }
  return value.is_none() ? Truth::empty : Truth::yes;
}

Truth Machine::general_truth(Index index, const Scope& scope) {
  return truth_of(single(index, scope));
}

Truth Machine::type_is(const ProgramNode& node, const Scope& scope) {
  const Value value = single(node.left, scope);
  return value.is_none() ? Truth::empty : to_truth(is(value, node.type));
}

Truth Machine::truth(Index index, const Scope& scope) {
  const ProgramNode& node = program_->nodes[index];
  switch (node.op) {
    case Op::conjunction:
    case Op::disjunction: {
      const Truth decided = node.op == Op::conjunction ? Truth::no : Truth::yes;
      bool open = false;
      for (std::uint32_t i = 0; i < node.count; ++i) {
        const Truth value = truth(program_->arguments[node.first + i], scope);
        if (value == decided) {
          return decided;
        }
        open = open || value == Truth::empty;
      }
      return open ? Truth::empty : to_truth(decided == Truth::no);
    }
    case Op::implies: {
      const Truth left = truth(node.left, scope);
      if (left == Truth::no) {
        return Truth::yes;
      }
      const Truth right = truth(node.right, scope);
      return left == Truth::yes ? right : (right == Truth::yes ? Truth::yes : Truth::empty);
    }
    case Op::exclusive_or: {
      const Truth left = truth(node.left, scope);
      const Truth right = truth(node.right, scope);
      return left == Truth::empty || right == Truth::empty ? Truth::empty : to_truth(left != right);
    }
    case Op::equal:
    case Op::not_equal: {
      const Truth same = truth_of_equality(node, scope);
      return same == Truth::empty || node.op == Op::equal ? same : to_truth(same == Truth::no);
    }
    case Op::equivalent:
      return equivalent_collections(node, scope);
    case Op::not_equivalent:
      return to_truth(equivalent_collections(node, scope) == Truth::no);
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      return compare(node, scope);
    case Op::member_of:
    case Op::contains:
      return membership(node, scope);
    case Op::type_is:
      return type_is(node, scope);
    case Op::call:
      if (node.function->truth != nullptr) {
        step();
        return node.function->truth(*this, node, scope);
      }
      break;
    default:
      break;
  }
  return general_truth(index, scope);
}

Truth Machine::truth_of_equality(const ProgramNode& node, const Scope& scope) {
  const ProgramNode& left = program_->nodes[node.left];
  const ProgramNode& right = program_->nodes[node.right];
  if (left.truth && right.truth) {
    const Truth a = truth(node.left, scope);
    const Truth b = truth(node.right, scope);
    return a == Truth::empty || b == Truth::empty ? Truth::empty : to_truth(a == b);
  }
  if (right.op != Op::literal) {
    return equal_collections(node, scope);
  }
  Value found;
  bool many = false;
  auto keep = [&](const Value& value) {
    many = !found.is_none();
    found = value;
    return !many;
  };
  each(node.left, scope, Sink(keep));
  if (many) {
    return Truth::no;
  }
  return found.is_none() ? Truth::empty : equal(found, program_->constants[right.data]);
}

Truth Machine::equal_collections(const ProgramNode& node, const Scope& scope) {
  Scratch left(*this);
  Scratch right(*this);
  collect(node.left, scope, *left);
  collect(node.right, scope, *right);
  if (left->empty() || right->empty()) {
    return Truth::empty;
  }
  if (left->size() != right->size()) {
    return Truth::no;
  }
  Truth all = Truth::yes;
  for (std::size_t i = 0; i < left->size(); ++i) {
    const Truth same = equal((*left)[i], (*right)[i]);
    if (same == Truth::no) {
      return Truth::no;
    }
    all = same == Truth::empty ? same : all;
  }
  return all;
}

Truth Machine::equivalent_collections(const ProgramNode& node, const Scope& scope) {
  Scratch left(*this);
  Scratch right(*this);
  collect(node.left, scope, *left);
  collect(node.right, scope, *right);
  if (left->size() != right->size()) {
    return Truth::no;
  }
  // Order does not matter: each item of the left takes one of the right.
  for (const Value& value : *left) {
    std::size_t at = 0;
    while (at < right->size() && !equivalent(value, (*right)[at])) {
      step();
      ++at;
    }
    if (at == right->size()) {
      return Truth::no;
    }
    (*right)[at] = right->back();
    right->pop_back();
  }
  return Truth::yes;
}

Truth Machine::compare(const ProgramNode& node, const Scope& scope) {
  const Value left = single(node.left, scope);
  const Value right = single(node.right, scope);
  if (left.is_none() || right.is_none()) {
    return Truth::empty;
  }
  const std::optional<int> order = this->order(left, right, node);
  if (!order) {
    return Truth::empty;
  }
  switch (node.op) {
    case Op::less:
      return to_truth(*order < 0);
    case Op::less_equal:
      return to_truth(*order <= 0);
    case Op::greater:
      return to_truth(*order > 0);
    default:
      break;
  }
  return to_truth(*order >= 0);
}

Truth Machine::membership(const ProgramNode& node, const Scope& scope) {
  const Index item = node.op == Op::member_of ? node.left : node.right;
  const Index items = node.op == Op::member_of ? node.right : node.left;
  const Value wanted = single(item, scope);
  if (wanted.is_none()) {
    return Truth::empty;
  }
  const ProgramNode& list = program_->nodes[items];
  // Whether an item occurs twice in a union does not matter here.
  if (list.op != Op::set_union) {
    return to_truth(contains(items, wanted, scope));
  }
  for (std::uint32_t i = 0; i < list.count; ++i) {
    if (contains(program_->arguments[list.first + i], wanted, scope)) {
      return Truth::yes;
    }
  }
  return Truth::no;
}

/// A list that stays the same in a loop is asked once for each round: dom-3 looks for each
/// contained resource among all references.
bool Machine::contains(Index items, const Value& wanted, const Scope& scope) {
  constexpr std::size_t few = 8;
  const ProgramNode& list = program_->nodes[items];
  if (list.op != Op::cached || fill_cache(list).items.size() <= few) {
    auto differs = [&](const Value& value) { return equal(value, wanted) != Truth::yes; };
    return !each(items, scope, Sink(differs));
  }
  Cache& cache = caches_[list.data];
  if (!cache.looked_through) {
    if (!cache.distinct) {
      cache.distinct = std::make_unique<Buffers>();
    }
    cache.distinct->items.clear();
    cache.distinct->slots.clear();
    for (const Value& value : cache.items) {
      Distinct(*this, *cache.distinct).add(value);
    }
    cache.looked_through = true;
  }
  return Distinct(*this, *cache.distinct).contains(wanted);
}

// --- calls ---

Value Machine::argument_value(Index index, char kind, const Scope& scope, const ProgramNode& call) {
  const Value value = single(index, scope);
  if (value.is_none() || kind == 'v') {
    return value;
  }
  const Value plain = system(value);
  const bool fits =
      kind == 's' ? plain.kind() == Value::Kind::string : plain.kind() == Value::Kind::integer;
  if (!fits && !plain.is_none()) {
    fail(std::string(call.function->name) + "() takes " + (kind == 's' ? "a string" : "an integer"),
         call);
  }
  return plain;
}

Value Machine::input_item(const ProgramNode& node, const Scope& scope) {
  const Value value = single(node.left, scope);
  const Input wanted = node.function->input;
  if (value.is_none() || wanted == Input::item) {
    return value;
  }
  const Value plain = system(value);
  const Value::Kind kind = plain.kind();
  const bool number =
      kind == Value::Kind::integer || kind == Value::Kind::decimal || kind == Value::Kind::quantity;
  if (!(wanted == Input::string ? kind == Value::Kind::string : number) && !plain.is_none()) {
    fail(std::string(node.function->name) + "() works on " +
             (wanted == Input::string ? "strings" : "numbers"),
         node);
  }
  return plain;
}

Value Machine::call_item(const ProgramNode& node, const Scope& scope) {
  const Function& function = *node.function;
  Call call{*this, node, scope, {}, {}};
  if (function.input != Input::none) {
    call.input = input_item(node, scope);
    if (call.input.is_none()) {
      return {};
    }
  }
  for (std::uint32_t i = 0; i < node.count; ++i) {
    const char kind = argument_letter(function, i);
    if (kind == 'l' || kind == 't') {
      continue;
    }
    call.arguments[i] = argument_value(argument(node, i), kind, scope, node);
    if (call.arguments[i].is_none()) {
      return {};
    }
  }
  return function.item(call);
}

bool Machine::each_call(const ProgramNode& node, const Scope& scope, Sink sink) {
  const Function& function = *node.function;
  if (function.items != nullptr) {
    return function.items(*this, node, scope, sink);
  }
  if (function.truth != nullptr) {
    const Truth value = function.truth(*this, node, scope);
    return value == Truth::empty || sink(Value::of_boolean(value == Truth::yes));
  }
  const Value value = call_item(node, scope);
  return value.is_none() || sink(value);
}

}  // namespace lhcr::fhirpath
