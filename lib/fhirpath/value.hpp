// SPDX-License-Identifier: Apache-2.0
/// One item of a FHIRPath collection: a node of the tree or a System value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/date_time.hpp"
#include "base/decimal.hpp"
#include "tree/tree.hpp"

namespace lhcr::fhirpath {

/// A System.Quantity. `calendar`: the unit was written as a keyword (1 year), not as UCUM ('a').
struct Quantity {
  Decimal value;
  std::string_view unit;  ///< UCUM code, or the keyword; "1" when there is none
  bool calendar = false;
};

/// What type() returns: a SimpleTypeInfo or ClassInfo.
struct TypeName {
  std::string_view space;  ///< "System" or "FHIR"
  std::string_view name;
};

/// A cheap copy. Text, quantities and type names point into the tree, the program or the
/// evaluator's scratch.
class Value {
 public:
  enum class Kind : std::uint8_t {
    none,  ///< no value at all; never an item of a collection
    node,
    boolean,
    integer,
    decimal,
    string,
    date_time,  ///< Date, DateTime and Time; see DateTime::kind
    quantity,
    type,
  };

  constexpr Value() noexcept : integer_(0) {}
  [[nodiscard]] static Value of_node(tree::NodeId id) noexcept {
    Value value(Kind::node);
    value.node_ = id;
    return value;
  }
  [[nodiscard]] static Value of_boolean(bool truth) noexcept {
    Value value(Kind::boolean);
    value.boolean_ = truth;
    return value;
  }
  [[nodiscard]] static Value of_integer(std::int64_t number) noexcept {
    Value value(Kind::integer);
    value.integer_ = number;
    return value;
  }
  [[nodiscard]] static Value of_decimal(const Decimal& number) noexcept {
    Value value(Kind::decimal);
    value.decimal_ = number;
    return value;
  }
  [[nodiscard]] static Value of_string(std::string_view text) noexcept {
    Value value(Kind::string);
    value.text_ = text;
    return value;
  }
  [[nodiscard]] static Value of_date_time(const DateTime& moment) noexcept {
    Value value(Kind::date_time);
    value.date_time_ = moment;
    return value;
  }
  /// `quantity` must outlive the value.
  [[nodiscard]] static Value of_quantity(const Quantity* quantity) noexcept {
    Value value(Kind::quantity);
    value.quantity_ = quantity;
    return value;
  }
  /// `type` must outlive the value.
  [[nodiscard]] static Value of_type(const TypeName* type) noexcept {
    Value value(Kind::type);
    value.type_ = type;
    return value;
  }

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is_none() const noexcept { return kind_ == Kind::none; }
  [[nodiscard]] bool is_node() const noexcept { return kind_ == Kind::node; }
  // Each may be called for its own kind only.
  [[nodiscard]] tree::NodeId node() const noexcept { return node_; }
  [[nodiscard]] bool boolean() const noexcept { return boolean_; }
  [[nodiscard]] std::int64_t integer() const noexcept { return integer_; }
  [[nodiscard]] const Decimal& decimal() const noexcept { return decimal_; }
  [[nodiscard]] std::string_view string() const noexcept { return text_; }
  [[nodiscard]] const DateTime& date_time() const noexcept { return date_time_; }
  [[nodiscard]] const Quantity& quantity() const noexcept { return *quantity_; }
  [[nodiscard]] const TypeName& type() const noexcept { return *type_; }

 private:
  explicit constexpr Value(Kind kind) noexcept : integer_(0), kind_(kind) {}

  union {
    tree::NodeId node_;
    bool boolean_;
    std::int64_t integer_;
    Decimal decimal_;
    std::string_view text_;
    DateTime date_time_;
    const Quantity* quantity_;
    const TypeName* type_;
  };
  Kind kind_ = Kind::none;
};
static_assert(sizeof(Value) <= 32);

[[nodiscard]] inline bool is_number(const Value& value) noexcept {
  return value.kind() == Value::Kind::integer || value.kind() == Value::Kind::decimal;
}
[[nodiscard]] inline bool is_quantity(const Value& value) noexcept {
  return value.kind() == Value::Kind::quantity;
}
/// Of a number.
[[nodiscard]] inline Decimal decimal_of(const Value& value) noexcept {
  return value.kind() == Value::Kind::integer ? Decimal(value.integer()) : value.decimal();
}
/// Of a quantity, or of a number, which has the unit 1.
[[nodiscard]] inline Quantity quantity_of(const Value& value) noexcept {
  return is_quantity(value) ? value.quantity() : Quantity{decimal_of(value), "1", false};
}

/// The value of a %name.
struct NamedValue {
  std::string name;
  Value value;
};

/// "Boolean", "Integer", "Decimal", "String", "Date", "DateTime", "Time", "Quantity"; empty for
/// nodes and types.
[[nodiscard]] std::string_view system_type_name(const Value& value) noexcept;

/// Appends a System value as toString() writes it: no quotes, no '@'; a quantity as `1.5 'mg'` or
/// `1 year`.
void append_text(const Value& value, std::string& out);

}  // namespace lhcr::fhirpath
