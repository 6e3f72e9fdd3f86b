// SPDX-License-Identifier: Apache-2.0
/// Comparison of the values of FHIR as they are written: exact numbers, dates and times with their
/// precision, quantities with their units.
#pragma once

#include <optional>
#include <string_view>

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

/// Two values of a FHIR primitive type: numbers, times of day, or dates of any precision. `type`
/// empty: whichever both are. nullopt where one is not of the type, and where the precision does
/// not decide.
[[nodiscard]] std::optional<int> compare_primitives(std::string_view left, std::string_view right,
                                                    std::string_view type = {});

}  // namespace lhcr
