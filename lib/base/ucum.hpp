// SPDX-License-Identifier: Apache-2.0
/// Units of measure (UCUM, case sensitive): reading, comparing and converting.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/decimal.hpp"

namespace lhcr::ucum {

/// A unit in terms of the seven base units: one unit is numerator / denominator of them. The
/// factors are exact decimals except where UCUM itself defines a unit by a measured or irrational
/// number.
struct Unit {
  static constexpr std::size_t base_units = 7;  ///< m s g rad K C cd
  std::array<std::int8_t, base_units> dimension{};
  std::int8_t arbitrary_power = 0;
  std::uint16_t arbitrary =
      0;  ///< number of an arbitrary or logarithmic unit, which equals nothing but itself
  Decimal numerator{1};
  Decimal denominator{1};
  Decimal offset;  ///< added before scaling: 273.15 for Cel

  /// Whether values of both units can be compared.
  [[nodiscard]] bool commensurable(const Unit& other) const noexcept {
    return dimension == other.dimension && arbitrary == other.arbitrary &&
           arbitrary_power == other.arbitrary_power;
  }
  [[nodiscard]] bool dimensionless() const noexcept { return commensurable(Unit{}); }
};

/// Reads a unit expression ("mg/dL", "10*3/uL", "m/s2", "{score}"); empty text and "1" are the
/// unity. nullopt when it is no UCUM.
[[nodiscard]] std::optional<Unit> parse(std::string_view text) noexcept;

/// Whether a text is a unit expression of UCUM at all: as parse(), but also for units that cannot
/// be computed with, such as products of two arbitrary units.
[[nodiscard]] bool is_valid(std::string_view text) noexcept;

/// Negative, zero or positive; nullopt when the units are not commensurable.
[[nodiscard]] std::optional<int> compare(const Decimal& left, const Unit& left_unit,
                                         const Decimal& right, const Unit& right_unit) noexcept;
/// `value` in another unit; nullopt when the units are not commensurable.
[[nodiscard]] std::optional<Decimal> convert(const Decimal& value, const Unit& from,
                                             const Unit& to) noexcept;
/// The unit of a product or (`negative`) a quotient; nullopt when an exponent leaves its range.
[[nodiscard]] std::optional<Unit> multiply(const Unit& left, const Unit& right,
                                           bool negative = false) noexcept;

}  // namespace lhcr::ucum
