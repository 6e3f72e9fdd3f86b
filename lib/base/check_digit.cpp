// SPDX-License-Identifier: Apache-2.0
#include "base/check_digit.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/ascii.hpp"

namespace lhcr {
namespace {

constexpr std::size_t nhs_number_length = 10;

std::size_t digit(char byte) noexcept {
  return static_cast<std::size_t>(byte - '0');
}

using Permutation = std::array<std::uint8_t, 10>;

/// Multiplication in the dihedral group of the pentagon: 0 to 4 turn it, 5 to 9 turn and flip it.
constexpr std::size_t turn(std::size_t left, std::size_t right) noexcept {
  const std::size_t flipped = left / 5;
  const std::size_t angle = flipped == 0 ? left % 5 + right % 5 : left % 5 + 5 - right % 5;
  return angle % 5 + 5 * (flipped ^ (right / 5));
}

/// Verhoeff's permutation of the digits; the n-th digit from the right goes through it n times.
constexpr Permutation verhoeff_permutation = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
constexpr std::size_t verhoeff_period = 8;

constexpr std::array<Permutation, verhoeff_period> permutations() noexcept {
  std::array<Permutation, verhoeff_period> powers{};
  for (std::uint8_t i = 0; i < 10; ++i) powers[0][i] = i;
  for (std::size_t power = 1; power < verhoeff_period; ++power) {
    for (std::size_t i = 0; i < 10; ++i) {
      powers[power][i] = verhoeff_permutation[powers[power - 1][i]];
    }
  }
  return powers;
}
constexpr auto verhoeff_powers = permutations();

}  // namespace

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool has_modulus11_check_digit(std::string_view digits) noexcept {
  if (digits.size() != nhs_number_length || !is_digits(digits)) return false;
  std::size_t sum = 0;
  for (std::size_t i = 0; i + 1 < digits.size(); ++i) sum += digit(digits[i]) * (digits.size() - i);
  return (11 - sum % 11) % 11 == digit(digits.back());
}

bool has_verhoeff_check_digit(std::string_view digits) noexcept {
  if (!is_digits(digits)) return false;
  std::size_t check = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t at = digit(digits[digits.size() - 1 - i]);
    check = turn(check, verhoeff_powers[i % verhoeff_period][at]);
  }
  return check == 0;
}

}  // namespace lhcr
