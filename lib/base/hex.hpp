// SPDX-License-Identifier: Apache-2.0
/// Numbers and bytes in hexadecimal digits; reading them is hex_value() of base/ascii.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace lhcr {

/// The digit of the last four bits, in small letters.
[[nodiscard]] constexpr char hex_digit(std::uint64_t value) noexcept {
  return "0123456789abcdef"[value & 15U];
}
/// The same in capitals.
[[nodiscard]] constexpr char capital_hex_digit(std::uint64_t value) noexcept {
  return "0123456789ABCDEF"[value & 15U];
}
/// Two digits a byte, in small letters.
[[nodiscard]] std::string hex(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::string hex(std::string_view bytes);
/// Sixteen digits, in small letters.
[[nodiscard]] std::string hex(std::uint64_t value);

}  // namespace lhcr
