// SPDX-License-Identifier: Apache-2.0
#include "base/measure.hpp"

#include "base/date_time.hpp"

namespace lhcr {
namespace {

bool is_numeric(std::string_view type) {
  return type == "decimal" || type == "integer";
}

std::optional<DateTime> moment(std::string_view text, std::string_view type) {
  if (type == "time") return DateTime::parse_time(text);
  return type == "TS" ? DateTime::parse_timestamp(text) : DateTime::parse_date_time(text);
}

}  // namespace

std::optional<int> compare_measures(const Measure& left, const Measure& right) {
  const auto first = Decimal::parse(left.value);
  const auto second = Decimal::parse(right.value);
  if (!first || !second || left.code.empty() != right.code.empty()) {
    return std::nullopt;
  }
  if (left.code.empty() && !(left.unit.empty() && right.unit.empty())) {
    return std::nullopt;
  }
  return compare_in_units(*first, left.code, *second, right.code, &ucum::parse);
}

std::optional<int> compare_primitives(std::string_view left, std::string_view right,
                                      std::string_view type) {
  const bool numeric = is_numeric(type);
  if (numeric || type.empty()) {
    const auto first = Decimal::parse(left);
    const auto second = Decimal::parse(right);
    if (numeric || (first && second)) {
      return first && second ? std::optional(compare(*first, *second)) : std::nullopt;
    }
  }
  if (type.empty() && right.find(':') == 2) type = "time";
  const auto first = moment(left, type);
  const auto second = moment(right, type);
  return first && second ? compare(*first, *second) : std::nullopt;
}

Sameness sameness(std::string_view left, std::string_view right, std::string_view type) {
  if (left == right) return Sameness::same;
  if (compare_primitives(left, right, type) != 0) return Sameness::different;
  if (is_numeric(type)) {
    const bool alike = Decimal::parse(left)->scale() == Decimal::parse(right)->scale();
    return alike ? Sameness::same : Sameness::precision;
  }
  const auto first = moment(left, type);
  const auto second = moment(right, type);
  const bool alike =
      first->precision == second->precision && first->fraction_digits == second->fraction_digits;
  return alike ? Sameness::zone : Sameness::precision;
}

}  // namespace lhcr
