// SPDX-License-Identifier: Apache-2.0
#include "format/xml/xml_encoding.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "base/text.hpp"
#include "finding/id.hpp"

namespace lhcr::format {
namespace {

using finding::Id;
using finding::id;
using std::string_view_literals::operator""sv;

enum class Encoding { utf8, utf16_little, utf16_big, latin1, windows1252, ascii, utf16, unknown };

struct EncodingName {
  std::string_view name;  // in capitals
  Encoding encoding;
};

/// Names of the IANA registry and common other spellings.
constexpr EncodingName encoding_names[] = {
    {"UTF-8", Encoding::utf8},
    {"UTF8", Encoding::utf8},
    {"UTF-16", Encoding::utf16},
    {"UTF16", Encoding::utf16},
    {"ISO-10646-UCS-2", Encoding::utf16},
    {"UTF-16LE", Encoding::utf16_little},
    {"UTF-16BE", Encoding::utf16_big},
    {"ISO-8859-1", Encoding::latin1},
    {"ISO_8859-1", Encoding::latin1},
    {"LATIN1", Encoding::latin1},
    {"WINDOWS-1252", Encoding::windows1252},
    {"CP1252", Encoding::windows1252},
    {"US-ASCII", Encoding::ascii},
    {"ASCII", Encoding::ascii},
};

/// The name in the XML declaration, in capitals; empty when there is none.
std::string declared_name(std::string_view text) {
  constexpr std::string_view key = "encoding";
  if (text.starts_with(utf8_bom)) {
    text.remove_prefix(utf8_bom.size());
  }
  const std::size_t end = text.starts_with("<?xml") ? text.find("?>") : std::string_view::npos;
  const std::string_view declaration = text.substr(0, end == std::string_view::npos ? 0 : end);
  const std::size_t at = declaration.find(key);
  const std::size_t open = at == std::string_view::npos
                               ? std::string_view::npos
                               : declaration.find_first_of("'\"", at + key.size());
  const std::size_t close = open == std::string_view::npos
                                ? std::string_view::npos
                                : declaration.find(declaration[open], open + 1);
  if (close == std::string_view::npos) {
    return {};
  }
  std::string name(declaration.substr(open + 1, close - open - 1));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return name;
}

Encoding encoding_named(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(encoding_names), std::end(encoding_names),
                   [name](const EncodingName& known) { return known.name == name; });
  return found == std::end(encoding_names) ? Encoding::unknown : found->encoding;
}

/// UTF-16 as the byte order mark or the zero bytes of the first character tell it; otherwise
/// Encoding::utf8, which stands for every encoding that writes '<' as one byte.
Encoding family_of(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE"sv) || bytes.starts_with("<\0"sv)) {
    return Encoding::utf16_little;
  }
  return bytes.starts_with("\xFE\xFF"sv) || bytes.starts_with("\0<"sv) ? Encoding::utf16_big
                                                                       : Encoding::utf8;
}

/// Four bytes a character are like UTF-16 with two zero bytes beside the '<' or the mark.
bool is_utf32(std::string_view bytes) {
  constexpr std::string_view starts[] = {"\xFF\xFE\0\0"sv, "\0\0\xFE\xFF"sv, "<\0\0\0"sv,
                                         "\0\0\0<"sv};
  return std::any_of(std::begin(starts), std::end(starts),
                     [bytes](std::string_view start) { return bytes.starts_with(start); });
}

bool agrees(Encoding declared, Encoding family) {
  return declared == family || (declared == Encoding::utf16 && family != Encoding::utf8);
}

Fault contradiction(const std::string& declared, std::string_view bytes_are) {
  return {id<"xml-syntax">, 0,
          "the declaration says " + declared + ", and the bytes are " + std::string(bytes_are)};
}

// --- decoding ---

/// What windows-1252 has at 0x80 to 0x9F; 0 where it has nothing.
constexpr std::array<std::uint16_t, 32> windows1252_part = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

std::uint32_t code_point_of(unsigned char byte, bool windows) {
  return windows && byte >= 0x80 && byte < 0xA0 ? windows1252_part[byte - 0x80U] : byte;
}

std::string_view from_one_byte(std::string_view bytes, bool windows, Arena& arena,
                               std::optional<Fault>& fault) {
  const std::size_t room = bytes.size() * 3;
  char* begin = arena.allocate(room);
  char* out = begin;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const auto byte = static_cast<unsigned char>(bytes[at]);
    const std::uint32_t code_point = code_point_of(byte, windows);
    if (code_point == 0 && byte != 0) {
      fault = Fault{id<"xml-syntax">, at, "a byte that windows-1252 does not have"};
      return {};
    }
    out = write_utf8(out, code_point);
  }
  const auto used = static_cast<std::size_t>(out - begin);
  arena.shrink_last(begin, room, used);
  return {begin, used};
}

std::uint32_t utf16_unit(std::string_view bytes, std::size_t at, bool big) {
  const auto first = static_cast<unsigned char>(bytes[at]);
  const auto second = static_cast<unsigned char>(bytes[at + 1]);
  return big ? first * 256U + second : second * 256U + first;
}

std::string_view from_utf16(std::string_view bytes, bool big, Arena& arena,
                            std::optional<Fault>& fault) {
  const std::size_t room = bytes.size() / 2 * 3 + 4;
  char* begin = arena.allocate(room);
  char* out = begin;
  std::size_t at = 0;
  while (at + 1 < bytes.size()) {
    std::uint32_t unit = utf16_unit(bytes, at, big);
    const std::uint32_t low = at + 3 < bytes.size() ? utf16_unit(bytes, at + 2, big) : 0;
    const bool surrogate = unit >= 0xD800U && unit < 0xE000U;
    const bool pair = surrogate && unit < 0xDC00U && low >= 0xDC00U && low < 0xE000U;
    if (surrogate && !pair) {
      fault = Fault{id<"xml-syntax">, at, "half a surrogate pair in UTF-16"};
      return {};
    }
    unit = pair ? 0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U) : unit;
    out = write_utf8(out, unit);
    at += pair ? 4U : 2U;
  }
  if (at != bytes.size()) {
    fault = Fault{id<"xml-syntax">, at, "half a character at the end of UTF-16"};
  }
  const auto used = static_cast<std::size_t>(out - begin);
  arena.shrink_last(begin, room, used);
  return {begin, used};
}

std::string_view decode_utf16(std::string_view bytes, Encoding family, Arena& arena,
                              std::optional<Fault>& fault) {
  const bool big = family == Encoding::utf16_big;
  const std::string_view text = from_utf16(bytes, big, arena, fault);
  const std::string declared = declared_name(text);
  if (!fault && !declared.empty() && !agrees(encoding_named(declared), family)) {
    fault = contradiction(declared, big ? "UTF-16BE" : "UTF-16LE");
  }
  return text;
}

/// Whether `bytes` are what was declared.
std::optional<Fault> find_contradiction(std::string_view bytes, Encoding encoding,
                                        const std::string& declared) {
  const bool marked = bytes.starts_with(utf8_bom);
  switch (encoding) {
    case Encoding::unknown:
      return Fault{id<"xml-encoding">, 0, declared};
    case Encoding::utf16:
    case Encoding::utf16_little:
    case Encoding::utf16_big:
      return contradiction(declared, "not");
    case Encoding::latin1:
    case Encoding::windows1252:
      return marked ? std::optional(contradiction(declared, "UTF-8")) : std::nullopt;
    case Encoding::ascii: {
      const auto* const other = std::find_if(bytes.begin(), bytes.end(), [](char byte) {
        return static_cast<unsigned char>(byte) >= 0x80;
      });
      if (other != bytes.end()) {
        return Fault{id<"xml-syntax">, static_cast<std::size_t>(other - bytes.begin()),
                     "the declaration says " + declared + ", which does not have this byte"};
      }
      return std::nullopt;
    }
    case Encoding::utf8:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::string_view decode_document(std::string_view bytes, Arena& arena,
                                 std::optional<Fault>& fault) {
  if (is_utf32(bytes)) {
    fault = Fault{id<"xml-encoding">, 0, "UTF-32"};
    return {};
  }
  const Encoding family = family_of(bytes);
  if (family != Encoding::utf8) {
    return decode_utf16(bytes, family, arena, fault);
  }
  const std::string declared = declared_name(bytes);
  const Encoding encoding = declared.empty() ? Encoding::utf8 : encoding_named(declared);
  fault = find_contradiction(bytes, encoding, declared);
  const bool windows = encoding == Encoding::windows1252;
  if (fault || (encoding != Encoding::latin1 && !windows)) {
    return bytes;
  }
  return from_one_byte(bytes, windows, arena, fault);
}

std::string_view counted_text(const Record& record, Arena& arena) {
  if (record.format != Format::xml) {
    return record.bytes;
  }
  std::optional<Fault> fault;
  const std::string_view text = decode_document(record.bytes, arena, fault);
  return fault ? record.bytes : text;
}

}  // namespace lhcr::format
