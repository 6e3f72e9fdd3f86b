// SPDX-License-Identifier: Apache-2.0
/// =, ~ and <, and the hash that goes with =.
#include <algorithm>
#include <array>
#include <functional>

#include "base/measure.hpp"
#include "fhirpath/machine.hpp"
#include "fhirpath/text.hpp"

namespace lhcr::fhirpath {
namespace {

constexpr int max_tree_depth = 1000;  // of records that are compared as a whole

struct CalendarCode {
  std::string_view keyword;
  std::string_view ucum;
  bool varies;  // its length depends on the calendar
};
constexpr std::array<CalendarCode, 8> calendar_codes = {{
    {"year", "a", true},
    {"month", "mo", true},
    {"week", "wk", false},
    {"day", "d", false},
    {"hour", "h", false},
    {"minute", "min", false},
    {"second", "s", false},
    {"millisecond", "ms", false},
}};

const CalendarCode* calendar_code(const Quantity& quantity) noexcept {
  if (!quantity.calendar) {
    return nullptr;
  }
  const auto* const found =
      std::find_if(calendar_codes.begin(), calendar_codes.end(),
                   [&](const CalendarCode& code) { return code.keyword == quantity.unit; });
  return found == calendar_codes.end() ? nullptr : found;
}

Quantity in_ucum(const Quantity& quantity) noexcept {
  const CalendarCode* const code = calendar_code(quantity);
  return code == nullptr ? quantity : Quantity{quantity.value, code->ucum, false};
}

/// A calendar year or month has no fixed length: it compares with its like only.
bool calendar_allows(const Quantity& left, const Quantity& right) noexcept {
  const CalendarCode* const a = calendar_code(left);
  const CalendarCode* const b = calendar_code(right);
  const bool left_varies = a != nullptr && a->varies;
  const bool right_varies = b != nullptr && b->varies;
  return left_varies == right_varies;
}

/// Decimals that count for equivalence: trailing zeros do not.
int significant_scale(const Decimal& value) noexcept {
  const Decimal plain = value.normalized();
  return value.exponent() > 0 ? -value.exponent() : std::max(0, -plain.exponent());
}

bool equivalent_decimals(const Decimal& left, const Decimal& right) noexcept {
  const int places = std::min(significant_scale(left), significant_scale(right));
  return left.rounded(places) == right.rounded(places);
}

std::optional<int> order_quantities(Machine& machine, const Quantity& left, const Quantity& right) {
  if (!calendar_allows(left, right)) {
    return std::nullopt;
  }
  const Quantity a = in_ucum(left);
  const Quantity b = in_ucum(right);
  return compare_in_units(a.value, a.unit, b.value, b.unit, [&](std::string_view code) {
    return machine.unit({{}, code});
  });
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) noexcept {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL;
  return hash ^ (hash >> 32U);
}

std::uint64_t hash_decimal(const Decimal& value) noexcept {
  const Decimal plain = value.normalized();
  return mix(static_cast<std::uint64_t>(plain.coefficient()),
             static_cast<std::uint64_t>(plain.exponent()) + 17);
}

}  // namespace

// --- equality ---

Truth Machine::equal_quantities(const Quantity& left, const Quantity& right) {
  const std::optional<int> order = order_quantities(*this, left, right);
  return order ? to_truth(*order == 0) : Truth::empty;
}

Truth Machine::equal_system(const Value& left, const Value& right) {
  if (is_number(left) && is_number(right)) {
    return to_truth(left.kind() == Value::Kind::integer && right.kind() == Value::Kind::integer
                        ? left.integer() == right.integer()
                        : decimal_of(left) == decimal_of(right));
  }
  if ((is_quantity(left) && (is_quantity(right) || is_number(right))) ||
      (is_number(left) && is_quantity(right))) {
    return equal_quantities(quantity_of(left), quantity_of(right));
  }
  if (left.kind() != right.kind()) {
    return Truth::no;
  }
  switch (left.kind()) {
    case Value::Kind::boolean:
      return to_truth(left.boolean() == right.boolean());
    case Value::Kind::string:
      return to_truth(left.string() == right.string());
    case Value::Kind::type:
      return to_truth(left.type().space == right.type().space &&
                      left.type().name == right.type().name);
    case Value::Kind::date_time: {
      const DateTime& a = left.date_time();
      const DateTime& b = right.date_time();
      if ((a.kind == DateTime::Kind::time) != (b.kind == DateTime::Kind::time)) {
        return Truth::no;
      }
      const std::optional<int> order = lhcr::compare(a, b);
      return order ? to_truth(*order == 0) : Truth::empty;
    }
    default:
      break;
  }
  return Truth::no;
}

Truth Machine::equal(const Value& left, const Value& right) {
  step();
  const Value a = system(left);
  const Value b = system(right);
  if (left.is_node() && right.is_node()) {
    if (left.node() == right.node()) {
      return Truth::yes;
    }
    if (a.is_none() || b.is_none() || a.is_node() || b.is_node()) {
      return equal_nodes(left.node(), right.node());
    }
  }
  if (a.is_none() || b.is_none()) {
    return Truth::empty;
  }
  return a.is_node() || b.is_node() ? Truth::no : equal_system(a, b);
}

Truth Machine::equal_values(tree::NodeId left, tree::NodeId right) {
  step();
  const Value a = system(Value::of_node(left));
  const Value b = system(Value::of_node(right));
  if (a.is_none() != b.is_none()) {
    return Truth::no;
  }
  // A Quantity is compared by its elements here.
  const bool plain =
      !a.is_none() && !a.is_node() && !b.is_node() && !is_quantity(a) && !is_quantity(b);
  return plain ? equal_system(a, b) : Truth::yes;
}

namespace {

/// The children of a node, those of one element together: the order of an object's members means
/// nothing, that of a list does.
void sorted_children(const tree::Tree& tree, tree::NodeId node, std::vector<tree::NodeId>& out) {
  out.clear();
  bool sorted = true;
  for (const tree::NodeId child : tree.children(node)) {
    sorted = sorted && (out.empty() || tree[out.back()].element <= tree[child].element);
    out.push_back(child);
  }
  if (!sorted) {
    std::stable_sort(out.begin(), out.end(), [&](tree::NodeId left, tree::NodeId right) {
      return tree[left].element < tree[right].element;
    });
  }
}

}  // namespace

Truth Machine::equal_nodes(tree::NodeId left, tree::NodeId right) {
  const tree::Tree& tree = this->tree();
  Truth all = Truth::yes;
  // No recursion, since records may be deep.
  std::vector<std::pair<tree::NodeId, tree::NodeId>> open{{left, right}};
  std::vector<tree::NodeId> ours;
  std::vector<tree::NodeId> others;
  while (!open.empty()) {
    const auto [x, y] = open.back();
    open.pop_back();
    const Truth same = equal_values(x, y);
    sorted_children(tree, x, ours);
    sorted_children(tree, y, others);
    const bool alike = std::equal(
        ours.begin(), ours.end(), others.begin(), others.end(),
        [&](tree::NodeId a, tree::NodeId b) { return tree[a].element == tree[b].element; });
    if (same == Truth::no || !alike) {
      return Truth::no;
    }
    all = same == Truth::yes ? all : same;
    step(ours.size() + 1);
    for (std::size_t at = 0; at < ours.size(); ++at) {
      open.emplace_back(ours[at], others[at]);
    }
  }
  return all;
}

// --- equivalence ---

bool Machine::equivalent_quantities(const Quantity& left, const Quantity& right) {
  const Quantity a = in_ucum(left);
  const Quantity b = in_ucum(right);
  if (a.unit == b.unit) {
    return equivalent_decimals(a.value, b.value);
  }
  const ucum::Unit* const left_unit = unit(a);
  const ucum::Unit* const right_unit = unit(b);
  if (left_unit == nullptr || right_unit == nullptr) {
    return false;
  }
  const auto converted = ucum::convert(b.value, *right_unit, *left_unit);
  return converted && equivalent_decimals(a.value, *converted);
}

bool Machine::equivalent(const Value& left, const Value& right) {
  step();
  const Value a = system(left);
  const Value b = system(right);
  if (left.is_node() && right.is_node() &&
      (a.is_none() || b.is_none() || a.is_node() || b.is_node())) {
    return equivalent_nodes(left.node(), right.node(), 0);
  }
  if (a.kind() == Value::Kind::string && b.kind() == Value::Kind::string) {
    return equivalent_text(a.string(), b.string());
  }
  if (a.kind() == Value::Kind::date_time && b.kind() == Value::Kind::date_time) {
    return lhcr::equivalent(a.date_time(), b.date_time());
  }
  if (is_number(a) && is_number(b) &&
      (a.kind() == Value::Kind::decimal || b.kind() == Value::Kind::decimal)) {
    return equivalent_decimals(decimal_of(a), decimal_of(b));
  }
  if ((is_quantity(a) && (is_quantity(b) || is_number(b))) || (is_number(a) && is_quantity(b))) {
    return equivalent_quantities(quantity_of(a), quantity_of(b));
  }
  return !a.is_none() && !b.is_none() && !a.is_node() && !b.is_node() &&
         equal_system(a, b) == Truth::yes;
}

bool Machine::equivalent_nodes(tree::NodeId left, tree::NodeId right, int depth) {
  if (depth > max_tree_depth) {
    throw ExpressionError("The elements compared are nested too deeply", 0);
  }
  step();
  const Value a = system(Value::of_node(left));
  const Value b = system(Value::of_node(right));
  if (a.is_none() != b.is_none()) {
    return false;
  }
  if (!a.is_none() && !a.is_node() && !b.is_node() && !is_quantity(a)) {
    return equivalent(a, b);
  }
  Scratch others(*this);
  auto keep = [&](const Value& value) {
    others->push_back(value);
    return true;
  };
  each_child(right, Sink(keep));
  auto take = [&](const Value& value) {
    for (Value& other : *others) {
      if (node(value).element == node(other).element &&
          equivalent_nodes(value.node(), other.node(), depth + 1)) {
        other = others->back();
        others->pop_back();
        return true;
      }
    }
    return false;
  };
  return each_child(left, Sink(take)) && others->empty();
}

// --- order ---

std::optional<int> Machine::order(const Value& left, const Value& right, const ProgramNode& at) {
  const Value a = system(left);
  const Value b = system(right);
  if (a.is_none() || b.is_none()) {
    return std::nullopt;
  }
  if (is_number(a) && is_number(b)) {
    return lhcr::compare(decimal_of(a), decimal_of(b));
  }
  if ((is_quantity(a) && (is_quantity(b) || is_number(b))) || (is_number(a) && is_quantity(b))) {
    return order_quantities(*this, quantity_of(a), quantity_of(b));
  }
  if (a.kind() == Value::Kind::string && b.kind() == Value::Kind::string) {
    const int order = a.string().compare(b.string());
    return order == 0 ? 0 : (order < 0 ? -1 : 1);
  }
  const bool moments = a.kind() == Value::Kind::date_time && b.kind() == Value::Kind::date_time;
  if (!moments || (a.date_time().kind == DateTime::Kind::time) !=
                      (b.date_time().kind == DateTime::Kind::time)) {
    fail("The values have no order", at);
  }
  return lhcr::compare(a.date_time(), b.date_time());
}

// --- hash ---

std::uint64_t Machine::hash_node(tree::NodeId id, int depth) {
  const tree::Tree& tree = this->tree();
  std::uint64_t hash = mix(tree[id].element, 1);
  if (depth > max_tree_depth) {
    return hash;
  }
  if (tree[id].type != definition::no_type && system_type(tree[id].type) == SystemType::string) {
    hash = mix(hash, std::hash<std::string_view>()(tree[id].text()));
  }
  std::uint64_t below = 0;
  for (const tree::NodeId child : tree.children(id)) {
    step();
    below += hash_node(child, depth + 1);  // in any order
  }
  return mix(hash, below);
}

std::uint64_t Machine::hash(const Value& value) {
  const Value plain = system(value);
  switch (plain.kind()) {
    case Value::Kind::none:
      return 1;
    case Value::Kind::node:
      return hash_node(plain.node(), 0);
    case Value::Kind::boolean:
      return plain.boolean() ? 3 : 2;
    case Value::Kind::integer:
      return hash_decimal(Decimal(plain.integer()));
    case Value::Kind::decimal:
      return hash_decimal(plain.decimal());
    case Value::Kind::string:
      return std::hash<std::string_view>()(plain.string());
    case Value::Kind::date_time:
      return lhcr::hash(plain.date_time());
    case Value::Kind::quantity:
      // Equal quantities may have different units.
      return plain.quantity().unit == "1" ? hash_decimal(plain.quantity().value) : 5;
    case Value::Kind::type:
      return std::hash<std::string_view>()(plain.type().name);
  }
  return 0;
}

}  // namespace lhcr::fhirpath
