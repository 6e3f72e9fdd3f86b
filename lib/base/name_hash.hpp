// SPDX-License-Identifier: Apache-2.0
/// Hashing and comparing of names. They are short, so words are what they are hashed and compared
/// by; the last one overlaps the one before. Names of less than eight bytes fit into one word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace lhcr {

template <class Word>
[[nodiscard]] Word load_word(const char* bytes) noexcept {
  Word word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

/// All of a name of less than eight bytes.
[[nodiscard]] inline std::uint64_t short_word(const char* bytes, std::size_t size) noexcept {
  if (size >= sizeof(std::uint32_t)) {
    const auto low = load_word<std::uint32_t>(bytes);
    const auto high = load_word<std::uint32_t>(bytes + size - sizeof(std::uint32_t));
    return std::uint64_t{high} << 32U | low;
  }
  if (size == 0) {
    return 0;
  }
  const auto byte = [bytes](std::size_t at) {
    return std::uint64_t{static_cast<unsigned char>(bytes[at])};
  };
  return byte(0) | byte(size / 2) << 8U | byte(size - 1) << 16U;
}

[[nodiscard]] inline std::uint64_t hash_name(std::string_view name) noexcept {
  constexpr std::uint64_t multiplier = 0x9E3779B97F4A7C15ULL;
  constexpr std::size_t word = sizeof(std::uint64_t);
  std::uint64_t hash = name.size() * multiplier;
  const auto mix = [&hash](std::uint64_t bits) {
    hash = (hash ^ bits) * multiplier;
    hash ^= hash >> 29U;
  };
  if (name.size() < word) {
    mix(short_word(name.data(), name.size()));
    return hash;
  }
  const char* last = name.data() + name.size() - word;
  for (const char* at = name.data(); at < last; at += word) {
    mix(load_word<std::uint64_t>(at));
  }
  mix(load_word<std::uint64_t>(last));
  return hash;
}

[[nodiscard]] inline bool same_name(std::string_view left, std::string_view right) noexcept {
  constexpr std::size_t word = sizeof(std::uint64_t);
  if (left.size() != right.size()) {
    return false;
  }
  if (left.size() < word) {
    return short_word(left.data(), left.size()) == short_word(right.data(), right.size());
  }
  if (left.size() > 2 * word) {
    return std::memcmp(left.data(), right.data(), left.size()) == 0;
  }
  const std::size_t last = left.size() - word;
  return load_word<std::uint64_t>(left.data()) == load_word<std::uint64_t>(right.data()) &&
         load_word<std::uint64_t>(left.data() + last) ==
             load_word<std::uint64_t>(right.data() + last);
}

}  // namespace lhcr
