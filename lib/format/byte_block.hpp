// SPDX-License-Identifier: Apache-2.0
/// Sixteen bytes of text at once, where the processor has them; others go byte by byte.
#pragma once

#include <cstddef>

#if defined(__SSE2__)
#include <emmintrin.h>

namespace lhcr::format {

/// Each function marks those bytes that it asks for.
struct ByteBlock {
  static constexpr std::ptrdiff_t width = 16;
  explicit ByteBlock(const char* at) noexcept
      : bytes(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))) {}
  [[nodiscard]] __m128i equal(char byte) const noexcept {
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte));
  }
  [[nodiscard]] __m128i controls() const noexcept {
    return _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  }
  /// One bit for each byte that is marked.
  static unsigned bits(__m128i marked) noexcept {
    return static_cast<unsigned>(_mm_movemask_epi8(marked));
  }
  __m128i bytes;
};

}  // namespace lhcr::format
#endif
