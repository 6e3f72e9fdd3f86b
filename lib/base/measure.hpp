// SPDX-License-Identifier: Apache-2.0
/// The comparison of values as they are written in FHIR and CDA, for all who compare them: exact
/// numbers, dates and times with their precision, quantities with their units.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/decimal.hpp"
#include "base/ucum.hpp"

namespace lhcr {

/// The parts of a Quantity; those that it does not have are empty.
struct Measure {
  std::string_view value;
  std::string_view code;
  std::string_view unit;  ///< for people
};

/// Negative, zero or positive; nullopt where it cannot be said: values that are no numbers, units
/// that do not measure the same, one coded unit and one that is not. A unit
/// without a code is a word for people, which nothing can be computed with (R4, Quantity.code: "a
/// computer processable form of the unit"); two numbers without any unit are numbers.
[[nodiscard]] std::optional<int> compare_measures(const Measure& left, const Measure& right);

/// Two numbers with the UCUM codes of their units. `unit_of(code)` gives a pointer to or an
/// optional of what a code means. nullopt where the units do not measure the same.
template <class UnitOf>
[[nodiscard]] std::optional<int> compare_in_units(const Decimal& left, std::string_view left_code,
                                                  const Decimal& right, std::string_view right_code,
                                                  const UnitOf& unit_of) {
  if (left_code == right_code) return compare(left, right);
  const auto from = unit_of(left_code);
  const auto to = unit_of(right_code);
  return from && to ? ucum::compare(left, *from, right, *to) : std::nullopt;
}

/// Two values of a primitive type: numbers ("decimal", "integer"), times of day ("time"), HL7 V3's
/// points in time ("TS"), or dates of any precision. `type` empty: whichever both are. nullopt
/// where one is not of the type, and where the precision does not decide.
[[nodiscard]] std::optional<int> compare_primitives(std::string_view left, std::string_view right,
                                                    std::string_view type = {});

/// How far two texts say the same value.
enum class Sameness : std::uint8_t {
  different,  ///< or one is no value of the type, or their precisions do not decide
  precision,  ///< the same, said with another precision: 1.5 and 1.50
  zone,       ///< the same moment in another time zone
  same,
};
/// `type` as above, not empty. The same text is the same value, whatever it is.
[[nodiscard]] Sameness sameness(std::string_view left, std::string_view right,
                                std::string_view type);

}  // namespace lhcr
