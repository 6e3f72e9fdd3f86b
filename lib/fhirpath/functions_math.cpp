// SPDX-License-Identifier: Apache-2.0
/// FHIRPath section 5.7, mathematics.
#include <cmath>

#include "fhirpath/machine.hpp"

namespace lhcr::fhirpath {
namespace {

Decimal decimal(const Call& call, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::integer:
      return Decimal(value.integer());
    case Value::Kind::decimal:
      return value.decimal();
    default:
      break;
  }
  call.machine.fail(std::string(call.node.function->name) + "() works on numbers", call.node);
}

Value value_of(const std::optional<Decimal>& number) noexcept {
  return number ? Value::of_decimal(*number) : Value();
}

Value whole(const Decimal& number) noexcept {
  const auto value = number.integer();
  return value && *value >= INT32_MIN && *value <= INT32_MAX ? Value::of_integer(*value) : Value();
}

Value absolute(Call& call) {
  if (call.input.kind() == Value::Kind::quantity) {
    Quantity quantity = call.input.quantity();
    quantity.value = quantity.value.absolute();
    return call.machine.quantity(quantity);
  }
  return call.input.kind() == Value::Kind::integer
             ? whole(Decimal(call.input.integer()).absolute())
             : Value::of_decimal(decimal(call, call.input).absolute());
}

Value ceiling(Call& call) {
  return whole(decimal(call, call.input).ceiling());
}
Value floor(Call& call) {
  return whole(decimal(call, call.input).floor());
}
Value truncate(Call& call) {
  return whole(decimal(call, call.input).truncated());
}

Value exponential(Call& call) {
  return value_of(Decimal::from_double(std::exp(decimal(call, call.input).to_double())));
}

Value natural_logarithm(Call& call) {
  return value_of(Decimal::from_double(std::log(decimal(call, call.input).to_double())));
}

Value logarithm(Call& call) {
  const double base = decimal(call, call.machine.system(call.arguments[0])).to_double();
  const double value = decimal(call, call.input).to_double();
  if (base == 1.0 || base <= 0.0) {
    return {};
  }
  return value_of(Decimal::from_double(std::log(value) / std::log(base)));
}

Value raise(Call& call) {
  const Value exponent = call.machine.system(call.arguments[0]);
  const auto result = power(decimal(call, call.input), decimal(call, exponent));
  const bool integers =
      call.input.kind() == Value::Kind::integer && exponent.kind() == Value::Kind::integer;
  return result && integers && exponent.integer() >= 0 ? whole(*result) : value_of(result);
}

Value round(Call& call) {
  const std::int64_t places = call.arguments[0].is_none() ? 0 : call.arguments[0].integer();
  if (places < 0 || places > Decimal::max_digits) {
    call.machine.fail("round() takes a precision from 0 to 38", call.node);
  }
  return Value::of_decimal(decimal(call, call.input).rounded(static_cast<int>(places)));
}

Value square_root(Call& call) {
  return value_of(Decimal::from_double(std::sqrt(decimal(call, call.input).to_double())));
}

constexpr Input number = Input::number;

constexpr Function math_table[] = {
    {.name = "abs", .arguments = "", .input = number, .result = Result::number, .item = absolute},
    {.name = "ceiling",
     .arguments = "",
     .input = number,
     .result = Result::integer,
     .item = ceiling},
    {.name = "exp",
     .arguments = "",
     .input = number,
     .result = Result::decimal,
     .item = exponential},
    {.name = "floor", .arguments = "", .input = number, .result = Result::integer, .item = floor},
    {.name = "ln",
     .arguments = "",
     .input = number,
     .result = Result::decimal,
     .item = natural_logarithm},
    {.name = "log",
     .arguments = "v",
     .input = number,
     .result = Result::decimal,
     .item = logarithm},
    {.name = "power", .arguments = "v", .input = number, .result = Result::number, .item = raise},
    {.name = "round", .arguments = "?i", .input = number, .result = Result::decimal, .item = round},
    {.name = "sqrt",
     .arguments = "",
     .input = number,
     .result = Result::decimal,
     .item = square_root},
    {.name = "truncate",
     .arguments = "",
     .input = number,
     .result = Result::integer,
     .item = truncate},
};

}  // namespace

std::span<const Function> math_functions() noexcept {
  return math_table;
}

}  // namespace lhcr::fhirpath
