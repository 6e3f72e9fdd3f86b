// SPDX-License-Identifier: Apache-2.0
#include "fhirpath/value.hpp"

namespace lhcr::fhirpath {

std::string_view system_type_name(const Value& value) noexcept {
  switch (value.kind()) {
    case Value::Kind::boolean:
      return "Boolean";
    case Value::Kind::integer:
      return "Integer";
    case Value::Kind::decimal:
      return "Decimal";
    case Value::Kind::string:
      return "String";
    case Value::Kind::quantity:
      return "Quantity";
    case Value::Kind::date_time:
      switch (value.date_time().kind) {
        case DateTime::Kind::date:
          return "Date";
        case DateTime::Kind::date_time:
          return "DateTime";
        case DateTime::Kind::time:
          break;
      }
      return "Time";
    case Value::Kind::none:
    case Value::Kind::node:
    case Value::Kind::type:
      break;
  }
  return {};
}

namespace {

void append_quantity(const Quantity& quantity, std::string& out) {
  quantity.value.append_text(out);
  out += ' ';
  if (!quantity.calendar) {
    out.append("'").append(quantity.unit).append("'");
    return;
  }
  out.append(quantity.unit);
  if (!(quantity.value == Decimal(1))) {
    out += 's';
  }
}

}  // namespace

void append_text(const Value& value, std::string& out) {
  switch (value.kind()) {
    case Value::Kind::boolean:
      out += value.boolean() ? "true" : "false";
      break;
    case Value::Kind::integer:
      out += std::to_string(value.integer());
      break;
    case Value::Kind::decimal:
      value.decimal().append_text(out);
      break;
    case Value::Kind::string:
      out += value.string();
      break;
    case Value::Kind::date_time:
      value.date_time().append_text(out);
      break;
    case Value::Kind::quantity:
      append_quantity(value.quantity(), out);
      break;
    case Value::Kind::type:
      out.append(value.type().space).append(".").append(value.type().name);
      break;
    case Value::Kind::none:
    case Value::Kind::node:
      break;
  }
}

}  // namespace lhcr::fhirpath
