// SPDX-License-Identifier: Apache-2.0
#include "base/measure.hpp"

#include "base/date_time.hpp"
#include "base/decimal.hpp"
#include "base/ucum.hpp"

namespace lhcr {

std::optional<int> compare_measures(const Measure& left, const Measure& right) {
  const auto first = Decimal::parse(left.value);
  const auto second = Decimal::parse(right.value);
  if (!first || !second || left.code.empty() != right.code.empty()) {
    return std::nullopt;
  }
  if (left.code == right.code) {
    const bool same = !left.code.empty() || (left.unit.empty() && right.unit.empty());
    return same ? std::optional(compare(*first, *second)) : std::nullopt;
  }
  const auto from = ucum::parse(left.code);
  const auto to = ucum::parse(right.code);
  return from && to ? ucum::compare(*first, *from, *second, *to) : std::nullopt;
}

std::optional<int> compare_primitives(std::string_view left, std::string_view right,
                                      std::string_view type) {
  const bool numeric = type == "decimal" || type == "integer";
  if (numeric || type.empty()) {
    const auto first = Decimal::parse(left);
    const auto second = Decimal::parse(right);
    if (numeric || (first && second)) {
      return first && second ? std::optional(compare(*first, *second)) : std::nullopt;
    }
  }
  const bool time = type == "time" || (type.empty() && right.find(':') == 2);
  const auto first = time ? DateTime::parse_time(left) : DateTime::parse_date_time(left);
  const auto second = time ? DateTime::parse_time(right) : DateTime::parse_date_time(right);
  return first && second ? compare(*first, *second) : std::nullopt;
}

}  // namespace lhcr
