// SPDX-License-Identifier: Apache-2.0
/// From nodes to System values, and type tests.
#include <array>

#include "base/names.hpp"
#include "base/number_in.hpp"
#include "fhirpath/machine.hpp"

namespace lhcr::fhirpath {
namespace {

constexpr std::uint8_t not_asked = 255;

struct Conversion {
  std::string_view fhir;
  SystemType system;
};
/// FHIR R4, "Using FHIR types in expressions". Every other primitive is a String.
constexpr std::array<Conversion, 15> conversions = {{
    {"bl-simple", SystemType::boolean},  // and those of CDA
    {"bn", SystemType::boolean},
    {"int-simple", SystemType::integer},
    {"real-simple", SystemType::decimal},
    {"probability", SystemType::decimal},
    {"ts-simple", SystemType::date_time},
    {"boolean", SystemType::boolean},
    {"integer", SystemType::integer},
    {"integer64", SystemType::integer},
    {"decimal", SystemType::decimal},
    {"date", SystemType::date},
    {"dateTime", SystemType::date_time},
    {"instant", SystemType::date_time},
    {"time", SystemType::time},
    {"Quantity", SystemType::quantity},
}};

SystemType system_type_of_name(std::string_view name) noexcept {
  for (const Conversion& conversion : conversions) {
    if (conversion.fhir == name) {
      return conversion.system;
    }
  }
  return SystemType::none;
}

SystemType system_type_of_kind(tree::Kind kind) noexcept {
  switch (kind) {
    case tree::Kind::string:
    case tree::Kind::xhtml:
    case tree::Kind::text:
      return SystemType::string;
    case tree::Kind::number:
      return SystemType::decimal;
    case tree::Kind::boolean:
      return SystemType::boolean;
    case tree::Kind::object:
    case tree::Kind::null:
      break;
  }
  return SystemType::none;
}

Value number_of(std::string_view text, bool whole) noexcept {
  const auto number = number_in<std::int32_t>(text);
  if (number && whole) {
    return Value::of_integer(*number);
  }
  const auto decimal = Decimal::parse(text);
  return decimal ? Value::of_decimal(*decimal) : Value::of_string(text);
}

Value moment_of(std::string_view text, const std::optional<DateTime>& moment) noexcept {
  return moment ? Value::of_date_time(*moment) : Value::of_string(text);
}

}  // namespace

SystemType Machine::system_type(definition::TypeId type) {
  if (type >= system_types_.size()) {
    system_types_.resize(type + std::size_t{1}, not_asked);
  }
  if (system_types_[type] == not_asked) {
    SystemType found = SystemType::none;
    for (definition::TypeId at = type; at != definition::no_type && found == SystemType::none;
         at = definitions_.info(at).base) {
      found = system_type_of_name(definitions_.info(at).name);
    }
    const bool primitive = type != definition::no_type &&
                           definitions_.info(type).kind == definition::TypeKind::primitive;
    found = found == SystemType::none && primitive ? SystemType::string : found;
    system_types_[type] = static_cast<std::uint8_t>(found);
  }
  return static_cast<SystemType>(system_types_[type]);
}

SystemType Machine::system_type(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::boolean:
      return SystemType::boolean;
    case Value::Kind::integer:
      return SystemType::integer;
    case Value::Kind::decimal:
      return SystemType::decimal;
    case Value::Kind::string:
      return SystemType::string;
    case Value::Kind::quantity:
      return SystemType::quantity;
    case Value::Kind::date_time:
      return value.date_time().kind == DateTime::Kind::date   ? SystemType::date
             : value.date_time().kind == DateTime::Kind::time ? SystemType::time
                                                              : SystemType::date_time;
    case Value::Kind::none:
    case Value::Kind::node:
    case Value::Kind::type:
      break;
  }
  return SystemType::none;
}

Value Machine::system_of_text(SystemType type, const tree::Node& node) {
  const std::string_view text = node.text();
  switch (type) {
    case SystemType::boolean:
      return text == "true" || text == "false" ? Value::of_boolean(text == "true")
                                               : Value::of_string(text);
    case SystemType::integer:
      return number_of(text, true);
    case SystemType::decimal:
      return number_of(text, node.type == definition::no_type);
    case SystemType::date:
      return moment_of(text, DateTime::parse_date(text));
    case SystemType::date_time:
      return moment_of(text, node.is(tree::Flag::attribute) ? DateTime::parse_timestamp(text)
                                                            : DateTime::parse_date_time(text));
    case SystemType::time:
      return moment_of(text, DateTime::parse_time(text));
    case SystemType::none:
    case SystemType::string:
    case SystemType::quantity:
      break;
  }
  return Value::of_string(text);
}

Value Machine::system_quantity(tree::NodeId id) {
  const tree::NodeId value = child(id, name::value);
  if (value == tree::no_node || child(id, name::comparator) != tree::no_node) {
    return {};
  }
  const auto number = Decimal::parse(tree()[value].text());
  if (!number) {
    return {};
  }
  const tree::NodeId code = child(id, name::code);
  const tree::NodeId unit = child(id, name::unit);
  const tree::NodeId named = code != tree::no_node ? code : unit;
  Quantity found{*number, "1", false};
  if (named != tree::no_node && !tree()[named].text().empty()) {
    found.unit = tree()[named].text();
  }
  return quantity(found);
}

Value Machine::system(const Value& value) {
  if (!value.is_node()) {
    return value;
  }
  const tree::Node& node = this->node(value);
  const SystemType type =
      node.type != definition::no_type ? system_type(node.type) : system_type_of_kind(node.kind);
  if (type == SystemType::quantity) {
    const Value converted = system_quantity(value.node());
    return converted.is_none() ? value : converted;
  }
  if (type == SystemType::none) {
    return node.kind == tree::Kind::null ? Value() : value;
  }
  const bool has_value = node.kind != tree::Kind::null && node.kind != tree::Kind::object;
  return has_value ? system_of_text(type, node) : Value();
}

bool Machine::is(const Value& value, const TypeSpec& type) {
  if (type.any) {
    return true;
  }
  if (!value.is_node()) {
    return type.system != SystemType::none && system_type(value) == type.system;
  }
  const definition::TypeId own = node(value).type;
  return type.fhir != definition::no_type && own != definition::no_type &&
         definitions_.derives(own, type.fhir);
}

bool Machine::is_exactly(const Value& value, const TypeSpec& type) {
  if (!is(value, type)) {
    return false;
  }
  const bool primitive = value.is_node() && type.fhir != definition::no_type &&
                         definitions_.info(type.fhir).kind == definition::TypeKind::primitive;
  return !primitive || node(value).type == type.fhir || definitions_.info(type.fhir).abstract;
}

}  // namespace lhcr::fhirpath
