// SPDX-License-Identifier: Apache-2.0
/// FHIRPath section 5.5, conversion.
#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "fhirpath/machine.hpp"
#include "fhirpath/parser.hpp"

namespace lhcr::fhirpath {
namespace {

/// Evaluates the one branch that the criterion asks for; $this is the input item.
bool iif(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  Scope inner = scope;
  inner.self = machine.single(node.left, scope);
  inner.many = nullptr;
  if (machine.truth(machine.argument(node, 0), inner) == Truth::yes) {
    return machine.each(machine.argument(node, 1), inner, sink);
  }
  return node.count < 3 || machine.each(machine.argument(node, 2), inner, sink);
}

bool is_word_of(std::string_view text, std::initializer_list<std::string_view> words) noexcept {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return same_letters(text, word); });
}

Value boolean_of_number(const Decimal& number) noexcept {
  if (number == Decimal(1) || number.is_zero()) {
    return Value::of_boolean(!number.is_zero());
  }
  return {};
}

Value to_boolean(Machine&, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::boolean:
      return value;
    case Value::Kind::integer:
      return boolean_of_number(Decimal(value.integer()));
    case Value::Kind::decimal:
      return boolean_of_number(value.decimal());
    case Value::Kind::string:
      if (is_word_of(value.string(), {"true", "t", "yes", "y", "1", "1.0"})) {
        return Value::of_boolean(true);
      }
      return is_word_of(value.string(), {"false", "f", "no", "n", "0", "0.0"})
                 ? Value::of_boolean(false)
                 : Value();
    default:
      break;
  }
  return {};
}

bool is_whole(std::string_view text) noexcept {
  const std::string_view digits =
      text.substr(!text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0);
  return !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit);
}

Value to_integer(Machine&, const Value& value) {
  if (value.kind() == Value::Kind::integer) {
    return value;
  }
  if (value.kind() == Value::Kind::boolean) {
    return Value::of_integer(value.boolean() ? 1 : 0);
  }
  if (value.kind() != Value::Kind::string || !is_whole(value.string())) {
    return {};
  }
  const auto number = Decimal::parse(value.string());
  const auto whole = number ? number->integer() : std::nullopt;
  return whole && *whole >= INT32_MIN && *whole <= INT32_MAX ? Value::of_integer(*whole) : Value();
}

/// What FHIRPath takes for a decimal number: no exponent.
std::optional<Decimal> plain_decimal(std::string_view text) noexcept {
  return text.find_first_of("eE") == std::string_view::npos ? Decimal::parse(text) : std::nullopt;
}

Value to_decimal(Machine&, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::decimal:
      return value;
    case Value::Kind::integer:
      return Value::of_decimal(Decimal(value.integer()));
    case Value::Kind::boolean:
      return Value::of_decimal(Decimal(Int128{value.boolean() ? 10 : 0}, -1));
    case Value::Kind::string: {
      const auto number = plain_decimal(value.string());
      return number ? Value::of_decimal(*number) : Value();
    }
    default:
      break;
  }
  return {};
}

Value value_of(const std::optional<DateTime>& moment) noexcept {
  return moment ? Value::of_date_time(*moment) : Value();
}

Value to_date(Machine&, const Value& value) {
  if (value.kind() == Value::Kind::string) {
    return value_of(DateTime::parse_date(value.string()));
  }
  if (value.kind() != Value::Kind::date_time || value.date_time().kind == DateTime::Kind::time) {
    return {};
  }
  DateTime date;
  date.year = value.date_time().year;
  date.month = value.date_time().month;
  date.day = value.date_time().day;
  date.precision = std::min(value.date_time().precision, Precision::day);
  return Value::of_date_time(date);
}

Value to_date_time(Machine&, const Value& value) {
  if (value.kind() == Value::Kind::string) {
    return value_of(DateTime::parse_date_time(value.string()));
  }
  if (value.kind() != Value::Kind::date_time || value.date_time().kind == DateTime::Kind::time) {
    return {};
  }
  DateTime moment = value.date_time();
  moment.kind = DateTime::Kind::date_time;
  return Value::of_date_time(moment);
}

Value to_time(Machine&, const Value& value) {
  if (value.kind() == Value::Kind::string) {
    return value_of(DateTime::parse_time(value.string()));
  }
  const bool time =
      value.kind() == Value::Kind::date_time && value.date_time().kind == DateTime::Kind::time;
  return time ? value : Value();
}

/// `number`, `number 'unit'` or `number keyword`.
Value quantity_of_text(Machine& machine, std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("+-.0123456789"), text.size());
  const auto number = plain_decimal(text.substr(0, end));
  if (!number) {
    return {};
  }
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n", end), text.size()));
  if (text.empty()) {
    return machine.quantity({*number, "1", false});
  }
  if (text.size() > 2 && text.front() == '\'' && text.find('\'', 1) == text.size() - 1) {
    return machine.quantity({*number, text.substr(1, text.size() - 2), false});
  }
  const std::string_view keyword = calendar_unit(text);
  return keyword.empty() ? Value() : machine.quantity({*number, keyword, true});
}

Value to_quantity(Machine& machine, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::quantity:
      return value;
    case Value::Kind::integer:
      return machine.quantity({Decimal(value.integer()), "1", false});
    case Value::Kind::decimal:
      return machine.quantity({value.decimal(), "1", false});
    case Value::Kind::boolean:
      return machine.quantity({Decimal(Int128{value.boolean() ? 10 : 0}, -1), "1", false});
    case Value::Kind::string:
      return quantity_of_text(machine, value.string());
    default:
      break;
  }
  return {};
}

Value to_string(Machine& machine, const Value& value) {
  if (value.kind() == Value::Kind::string) {
    return value;
  }
  if (value.is_node() || value.is_none() || value.kind() == Value::Kind::type) {
    return {};
  }
  std::string text;
  append_text(value, text);
  return machine.string(text);
}

/// `quantity` in the unit that the argument names.
Value in_unit(Machine& machine, const Value& value, std::string_view unit) {
  const std::string_view keyword = calendar_unit(unit);
  const Quantity wanted{Decimal(), keyword.empty() ? unit : keyword, !keyword.empty()};
  const Quantity& quantity = value.quantity();
  if (wanted.unit == quantity.unit && wanted.calendar == quantity.calendar) {
    return value;
  }
  const ucum::Unit* const from = quantity.calendar ? nullptr : machine.unit(quantity);
  const ucum::Unit* const to = wanted.calendar ? nullptr : machine.unit(wanted);
  if (from == nullptr || to == nullptr) {
    return {};
  }
  const auto converted = ucum::convert(quantity.value, *from, *to);
  return converted ? machine.quantity({*converted, machine.keep(unit), false}) : Value();
}

using Conversion = Value (*)(Machine&, const Value&);

template <Conversion convert>
Value to(Call& call) {
  return convert(call.machine, call.machine.system(call.input));
}

template <Conversion convert>
Value converts_to(Call& call) {
  const Value value = call.machine.system(call.input);
  return Value::of_boolean(!value.is_none() && !convert(call.machine, value).is_none());
}

Value quantity_in(Call& call) {
  const Value value = to_quantity(call.machine, call.machine.system(call.input));
  const bool asked = !call.arguments[0].is_none();
  return value.is_none() || !asked ? value
                                   : in_unit(call.machine, value, call.arguments[0].string());
}

Value converts_to_quantity_in(Call& call) {
  return Value::of_boolean(!quantity_in(call).is_none());
}

constexpr Function conversion_table[] = {
    {.name = "iif", .arguments = "cc?c", .result = Result::branch, .items = iif},
    {.name = "toBoolean",
     .arguments = "",
     .input = Input::item,
     .result = Result::boolean,
     .item = to<to_boolean>},
    {.name = "convertsToBoolean",
     .arguments = "",
     .input = Input::item,
     .result = Result::boolean,
     .item = converts_to<to_boolean>},
    {.name = "toInteger",
     .arguments = "",
     .input = Input::item,
     .result = Result::integer,
     .item = to<to_integer>},
    {.name = "convertsToInteger",
     .arguments = "",
     .input = Input::item,
     .result = Result::boolean,
     .item = converts_to<to_integer>},
    {.name = "toDecimal",
     .arguments = "",
     .input = Input::item,
     .result = Result::decimal,
     .item = to<to_decimal>},
    {.name = "convertsToDecimal",
     .arguments = "",
     .input = Input::item,
     .result = Result::boolean,
     .item = converts_to<to_decimal>},
    {.name = "toDate",
     .arguments = "",
     .input = Input::item,
     .result = Result::date,
     .item = to<to_date>},
    {.name = "convertsToDate",
     .arguments = "",
     .input = Input::item,
     .result = Result::boolean,
     .item = converts_to<to_date>},
    {.name = "toDateTime",
     .arguments = "",
     .input = Input::item,
     .result = Result::date_time,
     .item = to<to_date_time>},
    {.name = "convertsToDateTime",
     .arguments = "",
     .input = Input::item,
     .result = Result::boolean,
     .item = converts_to<to_date_time>},
    {.name = "toTime",
     .arguments = "",
     .input = Input::item,
     .result = Result::time,
     .item = to<to_time>},
    {.name = "convertsToTime",
     .arguments = "",
     .input = Input::item,
     .result = Result::boolean,
     .item = converts_to<to_time>},
    {.name = "toQuantity",
     .arguments = "?s",
     .input = Input::item,
     .result = Result::quantity,
     .item = quantity_in},
    {.name = "convertsToQuantity",
     .arguments = "?s",
     .input = Input::item,
     .result = Result::boolean,
     .item = converts_to_quantity_in},
    {.name = "toString",
     .arguments = "",
     .input = Input::item,
     .result = Result::string,
     .item = to<to_string>},
    {.name = "convertsToString",
     .arguments = "",
     .input = Input::item,
     .result = Result::boolean,
     .item = converts_to<to_string>},
};

}  // namespace

std::span<const Function> conversion_functions() noexcept {
  return conversion_table;
}

}  // namespace lhcr::fhirpath
