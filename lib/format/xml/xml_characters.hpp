// SPDX-License-Identifier: Apache-2.0
/// What XML 1.0 (fifth edition) and Namespaces in XML 1.0 say about single characters, and steps
/// over many at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "format/issues.hpp"

namespace lhcr::format {

/// What a byte can be in the markup of XML.
enum XmlByte : std::uint8_t {
  begins_name = 1,  ///< ASCII that a name can begin with
  in_name = 2,      ///< ASCII that a name can have
  beyond_ascii = 4
};

constexpr std::array<std::uint8_t, 256> xml_bytes = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    const unsigned lower = byte | 0x20U;
    const bool letter = lower >= 'a' && lower <= 'z';
    const bool begin = (letter && byte < 0x80U) || byte == '_' || byte == ':';
    const bool inside = begin || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.';
    table[byte] = static_cast<std::uint8_t>((begin ? begins_name : 0) | (inside ? in_name : 0) |
                                            (byte >= 0x80U ? beyond_ascii : 0));
  }
  return table;
}();

[[nodiscard]] inline bool is_byte(char byte, XmlByte kind) noexcept {
  return (xml_bytes[static_cast<unsigned char>(byte)] & kind) != 0;
}

/// Production 2.
[[nodiscard]] bool is_xml_character(std::uint32_t code_point) noexcept;
/// Production 4.
[[nodiscard]] bool begins_xml_name(std::uint32_t code_point) noexcept;

/// The end of the name (production 5) that begins at `at`; `at` itself when there is none.
[[nodiscard]] const char* end_of_name_beyond_ascii(const char* at, const char* end) noexcept;
[[nodiscard]] inline const char* end_of_name(const char* at, const char* end) noexcept {
  const char* next = at;
  if (at != end && is_byte(*at, begins_name)) {
    do {
      ++next;
    } while (next != end && is_byte(*next, in_name));
  }
  return next != end && is_byte(*next, beyond_ascii) ? end_of_name_beyond_ascii(at, end) : next;
}

/// Namespaces in XML 1.0, production 7: at most one colon, and names on both of its sides. `colon`:
/// of the first one in the name, or npos.
[[nodiscard]] bool is_qualified(std::string_view name, std::size_t colon) noexcept;

/// The first place at which `text` is no text of XML: a control character that XML does not have
/// (Id::input_not_text), bytes that are not UTF-8 (Id::input_not_utf8), U+FFFE or U+FFFF
/// (Id::xml_syntax).
[[nodiscard]] std::optional<Fault> find_no_character(std::string_view text);

/// The first byte from `at` on that is one of `Stops`, or `end`. With `Controls` any below U+0020
/// is one, too.
template <bool Controls, char... Stops>
[[nodiscard]] const char* find_byte(const char* at, const char* end) noexcept {
#if defined(__SSE2__)
  constexpr std::ptrdiff_t width = 16;
  for (; end - at >= width; at += width) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    __m128i found = _mm_setzero_si128();
    if constexpr (Controls) {
      found = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
    }
    ((found = _mm_or_si128(found, _mm_cmpeq_epi8(block, _mm_set1_epi8(Stops)))), ...);
    const auto bits = static_cast<unsigned>(_mm_movemask_epi8(found));
    if (bits != 0) {
      return at + __builtin_ctz(bits);
    }
  }
#endif
  while (at != end && ((*at != Stops) && ...) &&
         !(Controls && static_cast<unsigned char>(*at) < 0x20)) {
    ++at;
  }
  return at;
}

}  // namespace lhcr::format
