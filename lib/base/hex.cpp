// SPDX-License-Identifier: Apache-2.0
#include "base/hex.hpp"

namespace lhcr {

std::string hex(std::span<const std::uint8_t> bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    out += hex_digit(byte >> 4U);
    out += hex_digit(byte);
  }
  return out;
}

std::string hex(std::string_view bytes) {
  return hex(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

std::string hex(std::uint64_t value) {
  std::string out(16, '0');
  for (std::size_t at = out.size(); at-- > 0; value >>= 4U) out[at] = hex_digit(value);
  return out;
}

}  // namespace lhcr
