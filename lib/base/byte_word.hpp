// SPDX-License-Identifier: Apache-2.0
/// Eight bytes of text looked at together, on any processor: most texts have none of what is looked
/// for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace lhcr {

class ByteWord {
 public:
  static constexpr std::size_t size = sizeof(std::uint64_t);
  /// Eight bytes must be there.
  explicit ByteWord(const char* at) noexcept { std::memcpy(&word_, at, size); }

  /// Whether one of the bytes is one of these.
  template <class... Bytes>
  [[nodiscard]] bool has_any(Bytes... bytes) const noexcept {
    return (marks(bytes) | ...) != 0;
  }
  /// Whether one of the bytes is a control character (below a space) or one of these.
  template <class... Bytes>
  [[nodiscard]] bool has_control_or(Bytes... bytes) const noexcept {
    return ((below_space() | ... | marks(bytes))) != 0;
  }
  [[nodiscard]] bool is_ascii() const noexcept { return (word_ & high_bits) == 0; }

 private:
  static constexpr std::uint64_t each = 0x0101010101010101U;
  static constexpr std::uint64_t high_bits = 0x80 * each;

  // Not 0 where a byte is asked for; a carry may mark the bytes above it, too.
  [[nodiscard]] std::uint64_t marks(char byte) const noexcept {
    const std::uint64_t zero = word_ ^ (each * static_cast<unsigned char>(byte));
    return (zero - each) & ~zero & high_bits;
  }
  [[nodiscard]] std::uint64_t below_space() const noexcept {
    return (word_ - 0x20 * each) & ~word_ & high_bits;
  }

  std::uint64_t word_ = 0;
};

}  // namespace lhcr
