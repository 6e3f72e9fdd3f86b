// SPDX-License-Identifier: Apache-2.0
/// + - * / div mod & and the sign.
#include <array>
#include <limits>

#include "fhirpath/machine.hpp"
#include "fhirpath/parser.hpp"

namespace lhcr::fhirpath {
namespace {

bool is_integer(const Value& value) noexcept {
  return value.kind() == Value::Kind::integer;
}

Value of(const std::optional<Decimal>& number) noexcept {
  return number ? Value::of_decimal(*number) : Value();
}

/// Integer is 32 bits wide; what leaves it is empty.
Value integer(std::int64_t number) noexcept {
  const bool fits = number >= std::numeric_limits<std::int32_t>::min() &&
                    number <= std::numeric_limits<std::int32_t>::max();
  return fits ? Value::of_integer(number) : Value();
}

Value integers(Op op, std::int64_t left, std::int64_t right) noexcept {
  switch (op) {
    case Op::add:
      return integer(left + right);
    case Op::subtract:
    case Op::negate:
      return integer(left - right);
    case Op::multiply:
      return integer(left * right);
    case Op::divide_whole:
      return right == 0 ? Value() : integer(left / right);
    case Op::modulo:
      return right == 0 ? Value() : integer(left % right);
    default:
      break;
  }
  return of(divide(Decimal(left), Decimal(right)));
}

Value whole(const std::optional<Decimal>& number) noexcept {
  const auto value = number ? number->integer() : std::nullopt;
  return value ? integer(*value) : Value();
}

Value decimals(Op op, const Decimal& left, const Decimal& right) noexcept {
  switch (op) {
    case Op::add:
      return of(add(left, right));
    case Op::negate:
      return Value::of_decimal(right.negated());
    case Op::subtract:
      return of(subtract(left, right));
    case Op::multiply:
      return of(multiply(left, right));
    case Op::divide_whole:
      return whole(divide_whole(left, right));
    case Op::modulo:
      return of(remainder(left, right));
    default:
      break;
  }
  return of(divide(left, right));
}

struct Duration {
  CalendarUnit unit;
  std::int64_t amount;
  std::int64_t nanoseconds;  ///< of a second
};

struct DurationUnit {
  std::string_view code;
  bool calendar;
  CalendarUnit unit;
};
/// What may be added to a date: keywords, and the UCUM units of fixed length.
constexpr std::array<DurationUnit, 14> duration_units = {{
    {"year", true, CalendarUnit::year},
    {"month", true, CalendarUnit::month},
    {"week", true, CalendarUnit::week},
    {"day", true, CalendarUnit::day},
    {"hour", true, CalendarUnit::hour},
    {"minute", true, CalendarUnit::minute},
    {"second", true, CalendarUnit::second},
    {"millisecond", true, CalendarUnit::millisecond},
    {"wk", false, CalendarUnit::week},
    {"d", false, CalendarUnit::day},
    {"h", false, CalendarUnit::hour},
    {"min", false, CalendarUnit::minute},
    {"s", false, CalendarUnit::second},
    {"ms", false, CalendarUnit::millisecond},
}};

std::optional<Duration> duration(const Quantity& quantity) noexcept {
  for (const DurationUnit& known : duration_units) {
    if (known.code != quantity.unit || known.calendar != quantity.calendar) {
      continue;
    }
    const Decimal parts = quantity.value.truncated();
    const auto amount = parts.integer();
    if (!amount) {
      return Duration{known.unit, std::numeric_limits<std::int64_t>::max(), 0};
    }
    // Below a second the decimals count, above they do not.
    std::int64_t nanoseconds = 0;
    if (known.unit >= CalendarUnit::second) {
      const auto rest = subtract(quantity.value, parts);
      const int digits = known.unit == CalendarUnit::second ? 9 : 6;
      const auto scaled = rest ? multiply(*rest, Decimal(Int128{1}, digits)) : std::nullopt;
      nanoseconds = scaled ? scaled->truncated().integer().value_or(0) : 0;
    }
    return Duration{known.unit, *amount, nanoseconds};
  }
  return std::nullopt;
}

bool allowed(DateTime::Kind kind, CalendarUnit unit) noexcept {
  switch (kind) {
    case DateTime::Kind::date:
      return unit <= CalendarUnit::day;
    case DateTime::Kind::time:
      return unit >= CalendarUnit::hour;
    case DateTime::Kind::date_time:
      break;
  }
  return true;
}

Value move(Machine& machine, const ProgramNode& node, const DateTime& moment, const Quantity& by) {
  const auto length = duration(by);
  if (!length || !allowed(moment.kind, length->unit)) {
    machine.fail("'" + std::string(by.unit) + "' is not a unit that can be added here", node);
  }
  const std::int64_t sign = node.op == Op::subtract ? -1 : 1;
  if (length->amount == std::numeric_limits<std::int64_t>::max()) {
    return {};
  }
  const auto moved = add(moment, sign * length->amount, length->unit, sign * length->nanoseconds);
  return moved ? Value::of_date_time(*moved) : Value();
}

/// A unit of a product: "m" and "m" give "m2", others "a.b" or "a/(b)".
std::string_view combined_unit(Machine& machine, std::string_view left, std::string_view right,
                               bool quotient) {
  if (right == "1") {
    return left;
  }
  if (!quotient && left == "1") {
    return right;
  }
  std::string text(left);
  if (quotient) {
    const bool plain = right.find_first_of("./") == std::string_view::npos;
    text += '/';
    text += plain ? std::string(right) : "(" + std::string(right) + ")";
  } else if (left == right && left.find_first_of("./0123456789") == std::string_view::npos) {
    text += '2';
  } else {
    text.append(".").append(right.front() == '/' ? "1" : "").append(right);
  }
  return machine.keep(text);
}

Value scale_quantities(Machine& machine, Op op, const Quantity& left, const Quantity& right) {
  const bool quotient = op == Op::divide;
  const auto number =
      quotient ? divide(left.value, right.value) : multiply(left.value, right.value);
  const ucum::Unit* const left_unit = left.calendar ? nullptr : machine.unit(left);
  const ucum::Unit* const right_unit = right.calendar ? nullptr : machine.unit(right);
  if (!number) {
    return {};
  }
  if (right.unit == "1" && !right.calendar) {
    return machine.quantity({*number, left.unit, left.calendar});
  }
  if (left_unit == nullptr || right_unit == nullptr) {
    return {};
  }
  const auto unit = ucum::multiply(*left_unit, *right_unit, quotient);
  if (!unit) {
    return {};
  }
  if (unit->dimensionless()) {
    const auto plain = ucum::convert(*number, *unit, ucum::Unit{});
    return plain ? machine.quantity({*plain, "1", false}) : Value();
  }
  return machine.quantity(
      {*number, combined_unit(machine, left.unit, right.unit, quotient), false});
}

/// `quantity` in the unit of `like`; nullopt when the units differ in kind.
std::optional<Quantity> in_unit_of(Machine& machine, const Quantity& quantity,
                                   const Quantity& like) {
  const auto value = ucum::convert(quantity.value, *machine.unit(quantity), *machine.unit(like));
  return value ? std::optional(Quantity{*value, like.unit, false}) : std::nullopt;
}

/// Both in the finer of their units (FHIRPath 6.6.3).
bool share_unit(Machine& machine, Quantity& left, Quantity& right) {
  const ucum::Unit* const left_unit = machine.unit(left);
  const ucum::Unit* const right_unit = machine.unit(right);
  if (left.calendar || right.calendar || left_unit == nullptr || right_unit == nullptr) {
    return false;
  }
  const auto order = ucum::compare(Decimal(1), *left_unit, Decimal(1), *right_unit);
  const bool right_is_finer = order.value_or(0) > 0;
  const auto converted =
      right_is_finer ? in_unit_of(machine, left, right) : in_unit_of(machine, right, left);
  if (converted) {
    (right_is_finer ? left : right) = *converted;
  }
  return converted.has_value();
}

Value add_quantities(Machine& machine, Op op, Quantity left, Quantity right) {
  const bool same = left.unit == right.unit && left.calendar == right.calendar;
  if (!same && !share_unit(machine, left, right)) {
    return {};
  }
  const auto sum = op == Op::add ? add(left.value, right.value) : subtract(left.value, right.value);
  return sum ? machine.quantity({*sum, left.unit, left.calendar}) : Value();
}

Value quantities(Machine& machine, const ProgramNode& node, const Value& left, const Value& right) {
  switch (node.op) {
    case Op::negate: {
      Quantity negated = right.quantity();
      negated.value = negated.value.negated();
      return machine.quantity(negated);
    }
    case Op::add:
    case Op::subtract:
      return add_quantities(machine, node.op, quantity_of(left), quantity_of(right));
    case Op::multiply:
    case Op::divide:
      return scale_quantities(machine, node.op, quantity_of(left), quantity_of(right));
    default:
      break;
  }
  machine.fail("div and mod work on numbers", node);
}

Value concatenate(Machine& machine, std::string_view left, std::string_view right) {
  if (left.empty() || right.empty()) {
    return Value::of_string(left.empty() ? right : left);
  }
  char* const bytes = machine.allocate(left.size() + right.size());
  left.copy(bytes, left.size());
  right.copy(bytes + left.size(), right.size());
  return Value::of_string({bytes, left.size() + right.size()});
}

Value strings(Machine& machine, const ProgramNode& node, const Value& left, const Value& right) {
  for (const Value& value : {left, right}) {
    if (!value.is_none() && value.kind() != Value::Kind::string) {
      machine.fail("& works on strings", node);
    }
  }
  const auto text = [](const Value& value) {
    return value.is_none() ? std::string_view() : value.string();
  };
  return concatenate(machine, text(left), text(right));
}

}  // namespace

Value Machine::arithmetic(const ProgramNode& node, const Value& left, const Value& right) {
  const Value a = system(left);
  const Value b = system(right);
  if (node.op == Op::concatenate) {
    return strings(*this, node, a, b);
  }
  if (a.is_none() || b.is_none()) {
    return {};
  }
  if (is_integer(a) && is_integer(b)) {
    return integers(node.op, a.integer(), b.integer());
  }
  if (is_number(a) && is_number(b)) {
    return decimals(node.op, decimal_of(a), decimal_of(b));
  }
  if ((is_quantity(a) && (is_quantity(b) || is_number(b))) || (is_number(a) && is_quantity(b))) {
    return quantities(*this, node, a, b);
  }
  if (node.op == Op::add && a.kind() == Value::Kind::string && b.kind() == Value::Kind::string) {
    return concatenate(*this, a.string(), b.string());
  }
  const bool moves = node.op == Op::add || node.op == Op::subtract;
  if (moves && a.kind() == Value::Kind::date_time && is_quantity(b)) {
    return move(*this, node, a.date_time(), b.quantity());
  }
  fail("The operator does not work on these types", node);
}

}  // namespace lhcr::fhirpath
