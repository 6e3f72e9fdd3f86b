// SPDX-License-Identifier: Apache-2.0
#include "fhirpath/machine.hpp"

#include <chrono>
#include <utility>

#include <re2/re2.h>

#include "fhirpath/text.hpp"

namespace lhcr::fhirpath {
namespace {

Services& no_services() {
  static Services services;
  return services;
}

}  // namespace

Machine::Machine(const definition::Definitions& definitions) : definitions_(definitions) {}
Machine::~Machine() = default;

void Machine::start(const Program& program, const Context& context, tree::NodeId focus) {
  program_ = &program;
  context_ = &context;
  services_ = context.services != nullptr ? context.services : &no_services();
  focus_ = focus;
  steps_left_ = context.step_limit;
  borrowed_ = 0;
  quantities_used_ = 0;
  types_used_ = 0;
  now_known_ = false;
  arena_.clear();
  if (slots_.size() < program.slots) {
    slots_.resize(program.slots);
  }
  if (caches_.size() < program.caches) {
    caches_.resize(program.caches);
  }
  for (std::uint32_t i = 0; i < program.caches; ++i) {
    caches_[i].filled = false;
    caches_[i].looked_through = false;
  }
}

Machine::Buffers& Machine::borrow() {
  if (borrowed_ == pool_.size()) {
    pool_.push_back(std::make_unique<Buffers>());
  }
  Buffers& buffers = *pool_[borrowed_++];
  buffers.items.clear();
  return buffers;
}

void Machine::out_of_steps() const {
  throw ExpressionError("The evaluation takes too many steps", 0);
}

void Machine::fail(const std::string& what, const ProgramNode& at) const {
  throw ExpressionError(what, at.position);
}

Value Machine::quantity(const Quantity& quantity) {
  if (quantities_used_ == quantities_.size()) {
    quantities_.emplace_back();
  }
  Quantity& kept = quantities_[quantities_used_++];
  kept = quantity;
  return Value::of_quantity(&kept);
}

Value Machine::type_name(std::string_view space, std::string_view name) {
  if (types_used_ == types_.size()) {
    types_.emplace_back();
  }
  TypeName& kept = types_[types_used_++];
  kept = {space, name};
  return Value::of_type(&kept);
}

const DateTime& Machine::now() {
  if (!now_known_) {
    const auto given = DateTime::parse_date_time(context_->now);
    if (given && given->precision >= Precision::hour) {
      now_ = *given;
    } else {
      const auto since = std::chrono::system_clock::now().time_since_epoch();
      const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
      const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds);
      now_ = from_unix(seconds.count(), static_cast<std::uint32_t>(rest.count()));
    }
    now_known_ = true;
  }
  return now_;
}

const re2::RE2& Machine::pattern(std::string_view text, const ProgramNode& at) {
  constexpr std::size_t limit = 256;
  constexpr std::uint64_t compiling_a_pattern = 1000;
  if (const auto found = patterns_.find(text); found != patterns_.end()) {
    return *found->second->compiled;
  }
  if (patterns_.size() >= limit) {
    patterns_.clear();
  }
  step(compiling_a_pattern + text.size());
  auto known =
      std::make_unique<KnownPattern>(KnownPattern{std::string(text), compile_pattern(text)});
  if (!known->compiled->ok()) {
    fail("Not a regular expression: " + known->compiled->error(), at);
  }
  const re2::RE2& compiled = *known->compiled;
  const std::string_view key = known->text;
  patterns_.emplace(key, std::move(known));
  return compiled;
}

const ucum::Unit* Machine::unit(const Quantity& quantity) {
  constexpr std::size_t limit = 4096;
  auto found = units_.find(quantity.unit);
  if (found == units_.end()) {
    if (units_.size() >= limit) {
      earlier_units_ = std::exchange(units_, {});  // which the caller may still look at
    }
    auto known = std::make_unique<KnownUnit>(
        KnownUnit{std::string(quantity.unit), ucum::parse(quantity.unit)});
    const std::string_view key = known->text;
    found = units_.emplace(key, std::move(known)).first;
  }
  const std::optional<ucum::Unit>& unit = found->second->unit;
  return unit ? &*unit : nullptr;
}

// --- the tree ---

bool Machine::each_child(tree::NodeId parent, Symbol element, Sink sink) {
  const tree::Tree& tree = *context_->tree;
  std::uint64_t looked_at = 1;
  for (tree::NodeId id = tree[parent].child; id != tree::no_node; id = tree[id].next, ++looked_at) {
    const tree::Node& node = tree[id];
    if (node.element == element && !node.is(tree::Flag::meta) && !sink(Value::of_node(id))) {
      return false;
    }
  }
  step(looked_at);
  return true;
}

bool Machine::each_child(tree::NodeId parent, Sink sink) {
  const tree::Tree& tree = *context_->tree;
  for (tree::NodeId id = tree[parent].child; id != tree::no_node; id = tree[id].next) {
    step();
    if (!tree[id].is(tree::Flag::meta) && !sink(Value::of_node(id))) {
      return false;
    }
  }
  return true;
}

bool Machine::each_descendant(tree::NodeId top, Sink sink) {
  const tree::Tree& tree = *context_->tree;
  tree::NodeId id = tree[top].child;
  while (id != tree::no_node) {
    step();
    const bool element = !tree[id].is(tree::Flag::meta);
    if (element && !sink(Value::of_node(id))) {
      return false;
    }
    if (element && tree[id].child != tree::no_node) {
      id = tree[id].child;
      continue;
    }
    while (id != top && tree[id].next == tree::no_node) {
      id = tree[id].parent;
    }
    id = id == top ? tree::no_node : tree[id].next;
  }
  return true;
}

tree::NodeId Machine::child(tree::NodeId parent, Symbol element) const {
  return element == no_symbol ? tree::no_node : context_->tree->child(parent, element);
}

}  // namespace lhcr::fhirpath
