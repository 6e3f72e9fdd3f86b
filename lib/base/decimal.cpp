// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/ascii.hpp"
#include "base/number_in.hpp"

namespace lhcr {
namespace {

constexpr std::array<Uint128, 39> make_powers() {
  std::array<Uint128, 39> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) {
    powers[i] = powers[i - 1] * 10;
  }
  return powers;
}
constexpr std::array<Uint128, 39> powers_of_ten = make_powers();

Uint128 ten_to(int exponent) noexcept {
  return powers_of_ten[static_cast<std::size_t>(exponent)];
}

Uint128 magnitude(const Decimal& value) noexcept {
  const Int128 coefficient = value.coefficient();
  return coefficient < 0 ? -static_cast<Uint128>(coefficient) : static_cast<Uint128>(coefficient);
}

int digit_count(Uint128 value) noexcept {
  int digits = 1;
  while (digits < 39 && value >= ten_to(digits)) {
    ++digits;
  }
  return digits;
}

/// An unsigned 256-bit number, least significant half first.
struct Wide {
  Uint128 low = 0;
  Uint128 high = 0;

  bool operator==(const Wide&) const = default;
};

bool less(const Wide& left, const Wide& right) noexcept {
  return left.high != right.high ? left.high < right.high : left.low < right.low;
}

Wide multiply_wide(Uint128 left, Uint128 right) noexcept {
  constexpr Uint128 mask = ~std::uint64_t{0};
  const Uint128 left_low = left & mask;
  const Uint128 left_high = left >> 64U;
  const Uint128 right_low = right & mask;
  const Uint128 right_high = right >> 64U;
  const Uint128 low = left_low * right_low;
  const Uint128 middle = left_high * right_low + (low >> 64U);
  const Uint128 other = left_low * right_high + (middle & mask);
  return {(other << 64U) | (low & mask), left_high * right_high + (middle >> 64U) + (other >> 64U)};
}

Wide add_wide(const Wide& left, const Wide& right) noexcept {
  const Uint128 low = left.low + right.low;
  return {low, left.high + right.high + (low < left.low ? 1 : 0)};
}

Wide subtract_wide(const Wide& left, const Wide& right) noexcept {
  return {left.low - right.low, left.high - right.high - (left.low < right.low ? 1 : 0)};
}

/// Divides in place and returns the remainder; `divisor` must be below 2^127.
Uint128 divide_wide(Wide& value, Uint128 divisor) noexcept {
  if (value.high == 0) {
    const Uint128 rest = value.low % divisor;
    value.low /= divisor;
    return rest;
  }
  Uint128 rest = 0;
  Wide quotient;
  for (unsigned bit = 256; bit-- > 0;) {
    const Uint128 half = bit >= 128 ? value.high : value.low;
    rest = (rest << 1U) | ((half >> (bit % 128)) & 1U);
    Uint128& into = bit >= 128 ? quotient.high : quotient.low;
    into <<= 1U;
    if (rest >= divisor) {
      rest -= divisor;
      into |= 1U;
    }
  }
  value = quotient;
  return rest;
}

int wide_digit_count(Wide value) noexcept {
  int digits = 0;
  while (value.high != 0) {
    (void)divide_wide(value, ten_to(38));
    digits += 38;
  }
  return digits + digit_count(value.low);
}

std::optional<Decimal> make(bool negative, Uint128 coefficient, int exponent) noexcept {
  if (exponent > Decimal::max_exponent || exponent < -Decimal::max_exponent) {
    return std::nullopt;
  }
  const auto value = static_cast<Int128>(coefficient);
  return Decimal(negative ? -value : value, exponent);
}

/// Drops the last `digits` digits of `value`, half away from zero. `sticky`: what was cut off
/// before was not zero.
Uint128 drop_digits(Wide value, int digits) noexcept {
  for (; digits > 38; digits -= 38) {
    (void)divide_wide(value, ten_to(38));
  }
  const Uint128 divisor = ten_to(digits);
  const Uint128 rest = divide_wide(value, divisor);
  return value.low + (rest * 2 >= divisor && digits > 0 ? 1 : 0);
}

/// Rounds 256 bits to at most 38 digits.
std::optional<Decimal> fit(bool negative, const Wide& value, int exponent) noexcept {
  const int excess = wide_digit_count(value) - Decimal::max_digits;
  if (excess <= 0) {
    return make(negative, value.low, exponent);
  }
  Uint128 rounded = drop_digits(value, excess);
  if (rounded == ten_to(38)) {
    return make(negative, ten_to(37), exponent + excess + 1);
  }
  return make(negative, rounded, exponent + excess);
}

/// Digits collected while reading a number; digits beyond 38 only move the exponent.
struct Reading {
  Uint128 coefficient = 0;
  int exponent = 0;
  int digits = 0;
  bool any = false;
  bool round_up = false;

  void digit(char c, bool fraction) noexcept {
    any = true;
    if (digits >= Decimal::max_digits) {
      if (digits == Decimal::max_digits) {
        round_up = c >= '5';
        ++digits;
      }
      exponent += fraction ? 0 : 1;
      return;
    }
    coefficient = coefficient * 10 + static_cast<unsigned>(c - '0');
    digits += coefficient != 0 ? 1 : 0;
    exponent -= fraction ? 1 : 0;
  }
};

bool read_exponent(std::string_view text, int& exponent) noexcept {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') {
      return false;
    }
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || std::abs(value) > 1'000'000) {
    return false;
  }
  exponent += value;
  return true;
}

std::optional<Decimal> finish(const Reading& reading, bool negative) noexcept {
  Uint128 coefficient = reading.coefficient + (reading.round_up ? 1 : 0);
  int exponent = reading.exponent;
  if (coefficient == ten_to(38)) {
    coefficient = ten_to(37);
    ++exponent;
  }
  return make(negative, coefficient, exponent);
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) noexcept {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    text.remove_prefix(1);
  }
  Reading reading;
  std::size_t at = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    reading.digit(text[at], false);
  }
  if (!reading.any) {
    return std::nullopt;
  }
  if (at < text.size() && text[at] == '.') {
    const std::size_t first = ++at;
    for (; at < text.size() && is_digit(text[at]); ++at) {
      reading.digit(text[at], true);
    }
    if (at == first) {
      return std::nullopt;
    }
  }
  if (at < text.size()) {
    const bool has_exponent = text[at] == 'e' || text[at] == 'E';
    if (!has_exponent || !read_exponent(text.substr(at + 1), reading.exponent)) {
      return std::nullopt;
    }
  }
  return finish(reading, negative);
}

std::optional<Decimal> Decimal::from_double(double value) noexcept {
  if (!std::isfinite(value)) {
    return std::nullopt;
  }
  std::array<char, 64> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                    std::chars_format::general, 15);
  return parse({buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data())});
}

std::optional<std::int64_t> Decimal::integer() const noexcept {
  const Decimal plain = normalized();
  if (plain.exponent_ < 0 || plain.exponent_ > 18) {
    return plain.is_zero() ? std::optional<std::int64_t>(0) : std::nullopt;
  }
  const Uint128 scaled = magnitude(plain);
  if (scaled > static_cast<Uint128>(INT64_MAX) ||
      scaled * ten_to(plain.exponent_) > static_cast<Uint128>(INT64_MAX)) {
    return std::nullopt;
  }
  const auto value = static_cast<std::int64_t>(scaled * ten_to(plain.exponent_));
  return is_negative() ? -value : value;
}

double Decimal::to_double() const noexcept {
  std::array<char, 64> buffer{};
  char* next = buffer.data() + 40;
  Uint128 left = magnitude(*this);
  char* first = next;
  do {
    *--first = static_cast<char>('0' + static_cast<int>(left % 10));
    left /= 10;
  } while (left != 0);
  *next++ = 'e';
  next = std::to_chars(next, buffer.data() + buffer.size(), exponent_).ptr;
  double value = 0;
  (void)read_number(first, next, value);
  return is_negative() ? -value : value;
}

void Decimal::append_text(std::string& out) const {
  std::array<char, 40> buffer{};
  std::size_t first = buffer.size();
  Uint128 left = magnitude(*this);
  do {
    buffer[--first] = static_cast<char>('0' + static_cast<int>(left % 10));
    left /= 10;
  } while (left != 0);
  const std::string_view digits(buffer.data() + first, buffer.size() - first);
  if (is_negative()) {
    out += '-';
  }
  const int after = scale();
  if (exponent_ > 40 || after > 80) {
    out.append(digits).append("e").append(std::to_string(exponent_));
    return;
  }
  const int before = static_cast<int>(digits.size()) - after;
  if (before <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-before), '0').append(digits);
    return;
  }
  out.append(digits.substr(0, static_cast<std::size_t>(before)));
  out.append(exponent_ > 0 && !is_zero() ? static_cast<std::size_t>(exponent_) : 0, '0');
  if (after > 0) {
    out.append(".").append(digits.substr(static_cast<std::size_t>(before)));
  }
}

std::string Decimal::text() const {
  std::string out;
  append_text(out);
  return out;
}

Decimal Decimal::normalized() const noexcept {
  if (is_zero()) {
    return {};
  }
  Int128 coefficient = this->coefficient();
  std::int32_t exponent = exponent_;
  while (coefficient % 10 == 0) {
    coefficient /= 10;
    ++exponent;
  }
  return {coefficient, exponent};
}

Decimal Decimal::truncated(int places) const noexcept {
  const int cut = -exponent_ - places;
  if (cut <= 0) {
    return *this;
  }
  return {cut > 38 ? 0 : coefficient() / static_cast<Int128>(ten_to(cut)), -places};
}

Decimal Decimal::floor() const noexcept {
  const Decimal whole = truncated();
  return is_negative() && compare(whole, *this) != 0
             ? Decimal(whole.coefficient() - 1, whole.exponent())
             : whole;
}

Decimal Decimal::ceiling() const noexcept {
  const Decimal whole = truncated();
  return !is_negative() && compare(whole, *this) != 0
             ? Decimal(whole.coefficient() + 1, whole.exponent())
             : whole;
}

Decimal Decimal::rounded(int places) const noexcept {
  const int cut = -exponent_ - places;
  if (cut <= 0) {
    return *this;
  }
  if (cut > 38) {
    return {Int128{0}, -places};
  }
  const auto value = static_cast<Int128>(drop_digits({magnitude(*this), 0}, cut));
  return {is_negative() ? -value : value, -places};
}

Decimal Decimal::with_scale(int places) const noexcept {
  const int missing = exponent_ + places;
  if (missing <= 0) {
    return rounded(places);
  }
  if (digit_count(magnitude(*this)) + missing > max_digits) {
    return *this;
  }
  return {coefficient() * static_cast<Int128>(ten_to(missing)), -places};
}

namespace {

/// Both magnitudes brought to one exponent. `right` must have the smaller exponent and the gap fit
/// 38 digits.
struct Aligned {
  Wide left;
  Wide right;
  int exponent;
};

/// The position of the leading digit: 12.3 -> 2.
int leading_position(const Decimal& value) noexcept {
  return digit_count(magnitude(value)) + value.exponent();
}

Aligned align(const Decimal& left, const Decimal& right) noexcept {
  const int exponent = std::min(left.exponent(), right.exponent());
  return {multiply_wide(magnitude(left), ten_to(left.exponent() - exponent)),
          multiply_wide(magnitude(right), ten_to(right.exponent() - exponent)), exponent};
}

bool far_apart(const Decimal& left, const Decimal& right) noexcept {
  return std::abs(left.exponent() - right.exponent()) > 38;
}

int compare_magnitudes(const Decimal& left, const Decimal& right) noexcept {
  const int left_position = leading_position(left);
  const int right_position = leading_position(right);
  if (left_position != right_position) {
    return left_position < right_position ? -1 : 1;
  }
  const Aligned both = align(left, right);
  return both.left == both.right ? 0 : (less(both.left, both.right) ? -1 : 1);
}

}  // namespace

int compare(const Decimal& left, const Decimal& right) noexcept {
  if (left.exponent() == right.exponent()) {
    const Int128 a = left.coefficient();
    const Int128 b = right.coefficient();
    return a == b ? 0 : (a < b ? -1 : 1);
  }
  const int left_sign = left.is_zero() ? 0 : (left.is_negative() ? -1 : 1);
  const int right_sign = right.is_zero() ? 0 : (right.is_negative() ? -1 : 1);
  if (left_sign != right_sign) {
    return left_sign < right_sign ? -1 : 1;
  }
  if (left_sign == 0) {
    return 0;
  }
  return left_sign * compare_magnitudes(left.normalized(), right.normalized());
}

std::optional<Decimal> add(const Decimal& left, const Decimal& right) noexcept {
  if (left.is_zero() && right.exponent() <= left.exponent()) {
    return right;
  }
  if (right.is_zero() && left.exponent() <= right.exponent()) {
    return left;
  }
  if (far_apart(left, right)) {
    const Decimal left_plain = left.normalized();
    const Decimal right_plain = right.normalized();
    if (left.is_zero() || right.is_zero() || far_apart(left_plain, right_plain)) {
      // The smaller one is beyond the 38 digits that the larger one fills.
      const bool left_wins =
          right.is_zero() || (!left.is_zero() && leading_position(left) > leading_position(right));
      return left_wins ? left : right;
    }
    return add(left_plain, right_plain);
  }
  const Aligned both = align(left, right);
  if (left.is_negative() == right.is_negative()) {
    return fit(left.is_negative(), add_wide(both.left, both.right), both.exponent);
  }
  if (less(both.left, both.right)) {
    return fit(right.is_negative(), subtract_wide(both.right, both.left), both.exponent);
  }
  return fit(left.is_negative(), subtract_wide(both.left, both.right), both.exponent);
}

std::optional<Decimal> subtract(const Decimal& left, const Decimal& right) noexcept {
  return add(left, right.negated());
}

std::optional<Decimal> multiply(const Decimal& left, const Decimal& right) noexcept {
  return fit(left.is_negative() != right.is_negative(),
             multiply_wide(magnitude(left), magnitude(right)), left.exponent() + right.exponent());
}

std::optional<Decimal> divide(const Decimal& left, const Decimal& right) noexcept {
  if (right.is_zero()) {
    return std::nullopt;
  }
  if (left.is_zero()) {
    return Decimal();
  }
  const Uint128 divisor = magnitude(right);
  // Enough digits that the quotient has 28 or more whatever the operands' lengths are.
  const int lift = Decimal::max_digits - digit_count(magnitude(left));
  const int wanted = 30 + digit_count(divisor) - digit_count(magnitude(left));
  const int shift = std::clamp(wanted, 0, lift + Decimal::max_digits);
  const int first = std::min(shift, lift);
  Wide quotient = multiply_wide(magnitude(left) * ten_to(first), ten_to(shift - first));
  const Uint128 rest = divide_wide(quotient, divisor);
  const bool round_up = rest >= divisor - rest;
  const std::optional<Decimal> result =
      fit(left.is_negative() != right.is_negative(),
          add_wide(quotient, {round_up ? Uint128{1} : Uint128{0}, 0}),
          left.exponent() - right.exponent() - shift);
  if (!result) {
    return result;
  }
  const Decimal plain = result->normalized();
  return rest == 0 && plain.exponent() > 0 ? plain.with_scale(0) : plain;
}

std::optional<Decimal> divide_whole(const Decimal& left, const Decimal& right) noexcept {
  if (right.is_zero()) {
    return std::nullopt;
  }
  if (left.is_zero() || leading_position(left) < leading_position(right)) {
    return Decimal();
  }
  if (far_apart(left, right)) {
    const auto quotient = divide(left, right);
    return quotient ? std::optional<Decimal>(quotient->truncated()) : std::nullopt;
  }
  const Aligned both = align(left, right);
  if (both.right.high != 0) {
    const auto quotient = divide(left, right);
    return quotient ? std::optional<Decimal>(quotient->truncated()) : std::nullopt;
  }
  Wide quotient = both.left;
  (void)divide_wide(quotient, both.right.low);
  return fit(left.is_negative() != right.is_negative(), quotient, 0);
}

std::optional<Decimal> remainder(const Decimal& left, const Decimal& right) noexcept {
  const auto whole = divide_whole(left, right);
  if (!whole) {
    return std::nullopt;
  }
  const auto product = multiply(*whole, right);
  return product ? subtract(left, *product) : std::nullopt;
}

std::optional<Decimal> power(const Decimal& base, const Decimal& exponent) noexcept {
  const std::optional<std::int64_t> whole = exponent.integer();
  constexpr std::int64_t exact_limit = 100'000;
  if (!whole || *whole > exact_limit || *whole < -exact_limit) {
    return Decimal::from_double(std::pow(base.to_double(), exponent.to_double()));
  }
  std::optional<Decimal> result = Decimal(1);
  std::optional<Decimal> square = base;
  for (std::int64_t left = std::abs(*whole); left > 0 && result && square; left /= 2) {
    if (left % 2 != 0) {
      result = multiply(*result, *square);
    }
    square = left > 1 ? multiply(*square, *square) : square;
  }
  if (!result || !square) {
    return std::nullopt;
  }
  return *whole < 0 ? divide(Decimal(1), *result) : result;
}

}  // namespace lhcr
