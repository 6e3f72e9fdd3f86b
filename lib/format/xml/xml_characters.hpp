// SPDX-License-Identifier: Apache-2.0
/// What XML 1.0 (fifth edition) and Namespaces in XML 1.0 say about single characters, and steps
/// over many at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "format/byte_block.hpp"
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

#if defined(__SSE2__)
/// Marks bytes of names in ASCII: letters, digits and the colon behind them, "-.", "_".
[[nodiscard]] inline __m128i in_names(const ByteBlock& block) noexcept {
  const auto range = [](__m128i of, char first, char size) {
    const __m128i from = _mm_sub_epi8(of, _mm_set1_epi8(first));
    return _mm_cmpeq_epi8(_mm_min_epu8(from, _mm_set1_epi8(size)), from);
  };
  const __m128i letters = range(_mm_or_si128(block.bytes, _mm_set1_epi8(0x20)), 'a', 'z' - 'a');
  const __m128i others =
      _mm_or_si128(range(block.bytes, '0', ':' - '0'), range(block.bytes, '-', 1));
  return _mm_or_si128(_mm_or_si128(letters, others), block.equal('_'));
}
#endif

/// The first byte from `at` on that no name in ASCII has, or `end`.
[[nodiscard]] inline const char* skip_name_bytes(const char* at, const char* end) noexcept {
#if defined(__SSE2__)
  for (; end - at >= ByteBlock::width; at += ByteBlock::width) {
    const unsigned others = ~ByteBlock::bits(in_names(ByteBlock(at))) & 0xFFFFU;
    if (others != 0) {
      return at + __builtin_ctz(others);
    }
  }
#endif
  while (at != end && is_byte(*at, in_name)) {
    ++at;
  }
  return at;
}

/// The end of the name (production 5) that begins at `at`; `at` itself when there is none.
[[nodiscard]] const char* end_of_name_beyond_ascii(const char* at, const char* end) noexcept;
[[nodiscard]] inline const char* end_of_name(const char* at, const char* end) noexcept {
  const char* const next = at != end && is_byte(*at, begins_name) ? skip_name_bytes(at, end) : at;
  return next != end && is_byte(*next, beyond_ascii) ? end_of_name_beyond_ascii(at, end) : next;
}

/// Whether all of `text` is white space.
[[nodiscard]] bool is_blank(std::string_view text) noexcept;

/// Namespaces in XML 1.0, production 7: at most one colon, and names on both of its sides. `colon`:
/// of the first one in the name, or npos.
[[nodiscard]] bool is_qualified(std::string_view name, std::size_t colon) noexcept;

/// The first place at which `text` is no text of XML: a control character that XML does not have
/// (id<"input-not-text">), bytes that are not UTF-8 (id<"input-not-utf8">), U+FFFE or U+FFFF
/// (id<"xml-syntax">).
[[nodiscard]] std::optional<Fault> find_no_character(std::string_view text);

/// The first byte from `at` on that is one of `Stops`, or `end`. With `Controls` any below U+0020
/// is one, too.
template <bool Controls, char... Stops>
[[nodiscard]] const char* find_byte(const char* at, const char* end) noexcept {
#if defined(__SSE2__)
  for (; end - at >= ByteBlock::width; at += ByteBlock::width) {
    const ByteBlock block(at);
    __m128i found = Controls ? block.controls() : _mm_setzero_si128();
    ((found = _mm_or_si128(found, block.equal(Stops))), ...);
    if (const unsigned bits = ByteBlock::bits(found); bits != 0) {
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
