// SPDX-License-Identifier: Apache-2.0
/// Letters and digits: those of ASCII, whatever the locale is.
#pragma once

#include <string>
#include <string_view>

namespace lhcr {

[[nodiscard]] constexpr bool is_digit(char byte) noexcept {
  return byte >= '0' && byte <= '9';
}
/// A capital letter.
[[nodiscard]] constexpr bool is_capital(char byte) noexcept {
  return byte >= 'A' && byte <= 'Z';
}
[[nodiscard]] constexpr bool is_letter(char byte) noexcept {
  return is_capital(byte) || (byte >= 'a' && byte <= 'z');
}
[[nodiscard]] constexpr bool is_alphanumeric(char byte) noexcept {
  return is_letter(byte) || is_digit(byte);
}
/// The value of a hexadecimal digit, or -1.
[[nodiscard]] constexpr int hex_value(char byte) noexcept {
  if (is_digit(byte)) return byte - '0';
  const char small = static_cast<char>(byte | 0x20);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}
/// The small letter of a capital one; any other byte as it is.
[[nodiscard]] constexpr char small_letter(char byte) noexcept {
  return is_capital(byte) ? static_cast<char>(byte - 'A' + 'a') : byte;
}
/// The capital letter of a small one; any other byte as it is.
[[nodiscard]] constexpr char capital_letter(char byte) noexcept {
  return is_letter(byte) ? static_cast<char>(byte & ~0x20) : byte;
}
[[nodiscard]] std::string in_small_letters(std::string_view text);
/// Compares without regard to case.
[[nodiscard]] bool same_letters(std::string_view left, std::string_view right) noexcept;

}  // namespace lhcr
