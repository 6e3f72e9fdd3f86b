// SPDX-License-Identifier: Apache-2.0
/// FHIRPath section 5.9, lowBoundary(), highBoundary(), precision(); comparable() of the FHIR page.
#include "fhirpath/machine.hpp"

namespace lhcr::fhirpath {
namespace {

constexpr int default_decimals = 8;
constexpr int max_decimals = 31;

/// The number half a unit of the last written digit away: outwards when `away` from zero. Outer
/// edges are rounded to the wanted precision, inner ones cut, as the specification's examples have
/// it.
std::optional<Decimal> edge(const Decimal& value, bool away, int places) {
  const Decimal half(Int128{5}, -value.scale() - 1);
  const Decimal size = value.absolute();
  const auto moved = away ? add(size, half) : subtract(size, half);
  if (!moved) {
    return std::nullopt;
  }
  const Decimal cut = away ? moved->rounded(places) : moved->truncated(places);
  return cut.with_scale(places);
}

std::optional<Decimal> boundary(const Decimal& value, bool high, int places) {
  const bool away = high != value.is_negative();
  const auto size = edge(value, away, places);
  return size && value.is_negative() ? std::optional<Decimal>(size->negated()) : size;
}

int default_digits(DateTime::Kind kind) noexcept {
  switch (kind) {
    case DateTime::Kind::date:
      return 8;
    case DateTime::Kind::date_time:
      return 17;
    case DateTime::Kind::time:
      break;
  }
  return 9;
}

Value number_boundary(Call& call, const Value& value, bool high,
                      std::optional<std::int64_t> precision) {
  const std::int64_t places = precision.value_or(default_decimals);
  if (places < 0 || places > max_decimals) {
    return {};
  }
  if (value.kind() == Value::Kind::quantity) {
    Quantity quantity = value.quantity();
    const auto number = boundary(quantity.value, high, static_cast<int>(places));
    quantity.value = number.value_or(quantity.value);
    return number ? call.machine.quantity(quantity) : Value();
  }
  const Decimal decimal =
      value.kind() == Value::Kind::integer ? Decimal(value.integer()) : value.decimal();
  const auto number = boundary(decimal, high, static_cast<int>(places));
  return number ? Value::of_decimal(*number) : Value();
}

/// Of a Period the side that is asked for (SQL on FHIR v2, ShareableViewDefinition).
Value side_of_period(Call& call, bool high) {
  if (!call.input.is_node()) return call.input;
  const tree::NodeId period = call.input.node();
  const definition::TypeId type = call.machine.tree()[period].type;
  const definition::Definitions& definitions = call.machine.definitions();
  if (type == definition::no_type || type != definitions.type("Period")) return call.input;
  const Symbol name = call.machine.tree().find(high ? "end" : "start");
  const tree::NodeId side = call.machine.child(period, name);
  return side == tree::no_node ? Value() : Value::of_node(side);
}

template <bool high>
Value boundary_of(Call& call) {
  const Value value = call.machine.system(side_of_period(call, high));
  std::optional<std::int64_t> precision;
  if (!call.arguments[0].is_none()) {
    precision = call.arguments[0].integer();
  }
  switch (value.kind()) {
    case Value::Kind::integer:
    case Value::Kind::decimal:
    case Value::Kind::quantity:
      return number_boundary(call, value, high, precision);
    case Value::Kind::date_time: {
      const std::int64_t digits = precision.value_or(default_digits(value.date_time().kind));
      const int wanted = digits < 0 || digits > 17 ? 0 : static_cast<int>(digits);
      const auto moment =
          high ? high_boundary(value.date_time(), wanted) : low_boundary(value.date_time(), wanted);
      return moment ? Value::of_date_time(*moment) : Value();
    }
    case Value::Kind::none:
      return {};
    default:
      break;
  }
  call.machine.fail("Boundaries are those of numbers, dates and times", call.node);
}

Value precision(Call& call) {
  const Value value = call.machine.system(call.input);
  switch (value.kind()) {
    case Value::Kind::none:
      return {};
    case Value::Kind::integer:
      return Value::of_integer(0);
    case Value::Kind::decimal:
      return Value::of_integer(value.decimal().scale());
    case Value::Kind::date_time:
      return Value::of_integer(value.date_time().digits());
    default:
      break;
  }
  call.machine.fail("precision() works on decimals, dates and times", call.node);
}

Value comparable(Call& call) {
  const Value left = call.machine.system(call.input);
  const Value right = call.machine.system(call.arguments[0]);
  if (left.kind() != Value::Kind::quantity || right.kind() != Value::Kind::quantity) {
    call.machine.fail("comparable() works on quantities", call.node);
  }
  if (left.quantity().unit == right.quantity().unit) {
    return Value::of_boolean(true);
  }
  const ucum::Unit* const left_unit = call.machine.unit(left.quantity());
  const ucum::Unit* const right_unit = call.machine.unit(right.quantity());
  return Value::of_boolean(left_unit != nullptr && right_unit != nullptr &&
                           left_unit->commensurable(*right_unit));
}

constexpr Function boundary_table[] = {
    {.name = "lowBoundary",
     .arguments = "?i",
     .input = Input::item,
     .result = Result::first,
     .item = boundary_of<false>},
    {.name = "highBoundary",
     .arguments = "?i",
     .input = Input::item,
     .result = Result::first,
     .item = boundary_of<true>},
    {.name = "precision",
     .arguments = "",
     .input = Input::item,
     .result = Result::integer,
     .item = precision},
    {.name = "comparable",
     .arguments = "v",
     .input = Input::item,
     .result = Result::boolean,
     .item = comparable},
};

}  // namespace

std::span<const Function> boundary_functions() noexcept {
  return boundary_table;
}

}  // namespace lhcr::fhirpath
