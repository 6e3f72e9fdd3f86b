// SPDX-License-Identifier: Apache-2.0
#include "map/hash.hpp"

#include "base/hex.hpp"

namespace lhcr::map {

void hash_into(std::string_view text, std::uint64_t& a, std::uint64_t& b) noexcept {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    a = (a ^ byte) * 0x100000001B3ULL;
    b = (b + byte + 1) * 0x9E3779B97F4A7C15ULL;
    b ^= b >> 29U;
  }
  a = (a ^ (text.size() + 0x1F)) * 0x100000001B3ULL;
  b = (b ^ text.size()) * 0xBF58476D1CE4E5B9ULL;
}

Digest digest_of(std::string_view key) noexcept {
  Digest digest{0xCBF29CE484222325ULL, 0x2545F4914F6CDD1DULL};
  hash_into(key, digest.a, digest.b);
  return digest;
}

std::string uuid_of(std::string_view key) {
  return uuid_of(digest_of(key));
}

std::string uuid_of(Digest digest) {
  auto [a, b] = digest;
  a ^= a >> 32U;
  a *= 0x94D049BB133111EBULL;
  a ^= b >> 31U;
  a = (a & ~0xF000ULL) | 0x8000ULL;
  b = (b & ~(3ULL << 62U)) | (2ULL << 62U);
  std::string out;
  for (unsigned i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) {
      out += '-';
    }
    const std::uint64_t word = i < 16 ? a : b;
    out += hex_digit(word >> (60U - 4U * (i % 16U)));
  }
  return out;
}

}  // namespace lhcr::map
