// SPDX-License-Identifier: Apache-2.0
/// Decimal numbers with up to 38 significant digits that remember their written precision.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lhcr {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

/// coefficient * 10^exponent. "1.50" keeps both decimals: equal to "1.5", written back as "1.50".
/// Operations round half away from zero when a result needs more than 38 digits.
class Decimal {
 public:
  constexpr Decimal() = default;
  constexpr explicit Decimal(std::int64_t integer) noexcept
      : low_(static_cast<std::uint64_t>(integer)), high_(integer < 0 ? -1 : 0) {}
  /// coefficient * 10^exponent; |coefficient| must be below 10^38.
  constexpr Decimal(Int128 coefficient, std::int32_t exponent) noexcept
      : low_(static_cast<std::uint64_t>(coefficient)),
        high_(static_cast<std::int64_t>(coefficient >> 64U)),
        exponent_(exponent) {}

  /// Reads `[+-]digits[.digits][e[+-]digits]`; nullopt for anything else or an exponent beyond
  /// +-max_exponent.
  [[nodiscard]] static std::optional<Decimal> parse(std::string_view text) noexcept;
  /// The nearest decimal with 15 significant digits; nullopt for infinities and NaN.
  [[nodiscard]] static std::optional<Decimal> from_double(double value) noexcept;

  [[nodiscard]] constexpr Int128 coefficient() const noexcept {
    return static_cast<Int128>((static_cast<Uint128>(static_cast<std::uint64_t>(high_)) << 64U) |
                               low_);
  }
  [[nodiscard]] constexpr std::int32_t exponent() const noexcept { return exponent_; }
  [[nodiscard]] bool is_zero() const noexcept { return low_ == 0 && high_ == 0; }
  [[nodiscard]] bool is_negative() const noexcept { return high_ < 0; }
  /// Digits after the decimal point as written.
  [[nodiscard]] int scale() const noexcept { return exponent_ < 0 ? -exponent_ : 0; }
  /// The value as a 64-bit integer when it is whole and fits.
  [[nodiscard]] std::optional<std::int64_t> integer() const noexcept;
  [[nodiscard]] double to_double() const noexcept;
  [[nodiscard]] std::string text() const;
  void append_text(std::string& out) const;

  [[nodiscard]] Decimal negated() const noexcept { return {-coefficient(), exponent_}; }
  [[nodiscard]] Decimal absolute() const noexcept { return is_negative() ? negated() : *this; }
  /// Without trailing zeros in the coefficient.
  [[nodiscard]] Decimal normalized() const noexcept;
  /// Towards zero, down, up, and half away from zero; `places` decimals are kept (may be negative).
  [[nodiscard]] Decimal truncated(int places = 0) const noexcept;
  [[nodiscard]] Decimal floor() const noexcept;
  [[nodiscard]] Decimal ceiling() const noexcept;
  [[nodiscard]] Decimal rounded(int places) const noexcept;
  /// The same value written with `places` decimals (rounded when it has more).
  [[nodiscard]] Decimal with_scale(int places) const noexcept;

  static constexpr int max_digits = 38;
  static constexpr int max_exponent = 6000;

 private:
  std::uint64_t low_ = 0;
  std::int64_t high_ = 0;
  std::int32_t exponent_ = 0;
};

/// Negative, zero or positive; exact.
[[nodiscard]] int compare(const Decimal& left, const Decimal& right) noexcept;
[[nodiscard]] inline bool operator==(const Decimal& left, const Decimal& right) noexcept {
  return compare(left, right) == 0;
}

// nullopt: beyond the range of exponents, or a division by zero.
[[nodiscard]] std::optional<Decimal> add(const Decimal& left, const Decimal& right) noexcept;
[[nodiscard]] std::optional<Decimal> subtract(const Decimal& left, const Decimal& right) noexcept;
[[nodiscard]] std::optional<Decimal> multiply(const Decimal& left, const Decimal& right) noexcept;
/// At least 28 significant digits; exact quotients are written without trailing zeros.
[[nodiscard]] std::optional<Decimal> divide(const Decimal& left, const Decimal& right) noexcept;
/// The whole quotient, towards zero.
[[nodiscard]] std::optional<Decimal> divide_whole(const Decimal& left,
                                                  const Decimal& right) noexcept;
/// left - right * divide_whole(left, right)
[[nodiscard]] std::optional<Decimal> remainder(const Decimal& left, const Decimal& right) noexcept;
/// Exact for a whole exponent, else through double; nullopt where the power is no real number.
[[nodiscard]] std::optional<Decimal> power(const Decimal& base, const Decimal& exponent) noexcept;

}  // namespace lhcr
