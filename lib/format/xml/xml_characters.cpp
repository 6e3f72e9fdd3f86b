// SPDX-License-Identifier: Apache-2.0
#include "format/xml/xml_characters.hpp"

#include <algorithm>

#include <simdjson.h>

#include "base/text.hpp"
#include "finding/id.hpp"
#include "format/json/json_scan.hpp"

namespace lhcr::format {
namespace {

using finding::Id;
using finding::id;

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

/// Production 4, NameStartChar, beyond ASCII.
constexpr Range name_starts[] = {
    {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},
    {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
    {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
};
/// Production 4a, what NameChar has beside.
constexpr Range name_others[] = {{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}};

template <std::size_t Size>
bool is_in(const Range (&ranges)[Size], std::uint32_t code_point) noexcept {
  return std::any_of(std::begin(ranges), std::end(ranges), [code_point](const Range& range) {
    return code_point >= range.first && code_point <= range.last;
  });
}

struct Decoded {
  std::uint32_t code_point = 0;  // 0: no character
  std::size_t size = 0;
};

/// The character at `at`, of which nothing is known yet.
Decoded decode(const char* at, const char* end) noexcept {
  const auto byte = [at](std::size_t index) { return static_cast<unsigned char>(at[index]); };
  Decoded decoded;
  decoded.size = byte(0) < 0x80 ? 1U : byte(0) < 0xE0 ? 2U : byte(0) < 0xF0 ? 3U : 4U;
  if (decoded.size > static_cast<std::size_t>(end - at)) {
    return decoded;
  }
  std::uint32_t bits = decoded.size == 1 ? byte(0) : byte(0) & (0xFFU >> (decoded.size + 1));
  for (std::size_t index = 1; index < decoded.size; ++index) {
    bits = bits << 6U | (byte(index) & 0x3FU);
  }
  decoded.code_point = bits;
  return decoded;
}

bool is_name_start(std::uint32_t code_point) noexcept {
  return code_point < 0x80 ? is_byte(static_cast<char>(code_point), begins_name)
                           : is_in(name_starts, code_point);
}

bool is_name_part(std::uint32_t code_point) noexcept {
  return code_point < 0x80 ? is_byte(static_cast<char>(code_point), in_name)
                           : is_in(name_starts, code_point) || is_in(name_others, code_point);
}

bool is_control(char byte) {
  return static_cast<unsigned char>(byte) < 0x20 && !is_space(byte);
}

/// The first byte from `at` on that is a control character, or the first of U+F000 to U+FFFF, which
/// U+FFFE and U+FFFF are among.
const char* find_suspect(const char* at, const char* end) noexcept {
  constexpr char lead = '\xEF';
#if defined(__SSE2__)
  for (; end - at >= ByteBlock::width; at += ByteBlock::width) {
    const ByteBlock block(at);
    const __m128i white =
        _mm_or_si128(_mm_or_si128(block.equal('\n'), block.equal('\r')), block.equal('\t'));
    const __m128i found =
        _mm_or_si128(_mm_andnot_si128(white, block.controls()), block.equal(lead));
    if (const unsigned bits = ByteBlock::bits(found); bits != 0) {
      return at + __builtin_ctz(bits);
    }
  }
#endif
  while (at != end && !is_control(*at) && *at != lead) {
    ++at;
  }
  return at;
}

/// Where the first control character, U+FFFE or U+FFFF is, or std::string_view::npos.
std::size_t find_no_text(std::string_view text) noexcept {
  const char* const end = text.data() + text.size();
  for (const char* at = find_suspect(text.data(), end); at != end; at = find_suspect(at + 1, end)) {
    const std::string_view rest(at, static_cast<std::size_t>(end - at));
    const bool other = rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF");
    if (is_control(*at) || other) {
      return static_cast<std::size_t>(at - text.data());
    }
  }
  return std::string_view::npos;
}

}  // namespace

bool is_blank(std::string_view text) noexcept {
  // Most of what is not blank shows it at once, and most of what is blank is indentation.
  const char* at = text.data();
  const char* const end = at + text.size();
#if defined(__SSE2__)
  for (; end - at >= ByteBlock::width; at += ByteBlock::width) {
    const ByteBlock block(at);
    const __m128i lines = _mm_or_si128(block.equal('\n'), block.equal('\r'));
    const __m128i white = _mm_or_si128(_mm_or_si128(block.equal(' '), block.equal('\t')), lines);
    if (ByteBlock::bits(white) != 0xFFFFU) {
      return false;
    }
  }
#endif
  return std::all_of(at, end, is_space);
}

bool is_xml_character(std::uint32_t code_point) noexcept {
  return code_point < 0x20 ? is_space(static_cast<char>(code_point))
                           : code_point < 0xD800 || (code_point > 0xDFFF && code_point < 0xFFFE) ||
                                 (code_point > 0xFFFF && code_point < 0x110000);
}

const char* end_of_name_beyond_ascii(const char* at, const char* end) noexcept {
  const char* next = at;
  while (next != end) {
    const Decoded decoded = decode(next, end);
    if (!(next == at ? is_name_start(decoded.code_point) : is_name_part(decoded.code_point))) {
      break;
    }
    next += decoded.size;
  }
  return next;
}

bool is_qualified(std::string_view name, std::size_t colon) noexcept {
  if (colon == std::string_view::npos) {
    return true;
  }
  const std::string_view local = name.substr(colon + 1);
  return colon > 0 && !local.empty() && local.find(':') == std::string_view::npos &&
         is_name_start(decode(local.data(), local.data() + local.size()).code_point);
}

std::optional<Fault> find_no_character(std::string_view text) {
  const std::size_t at = find_no_text(text);
  const std::string_view good = text.substr(0, at);
  const std::size_t bad = simdjson::validate_utf8(good.data(), good.size())
                              ? std::string_view::npos
                              : find_invalid_utf8(good);
  if (bad != std::string_view::npos) {
    return Fault{id<"input-not-utf8">, bad, {}};
  }
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string name = describe_character(text, at);
  return is_control(text[at]) ? Fault{id<"input-not-text">, at, name}
                              : Fault{id<"xml-syntax">, at, name + " is not allowed here"};
}

}  // namespace lhcr::format
