// SPDX-License-Identifier: Apache-2.0
#include "format/xml/xml_scan.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <string>
#include <utility>

#include <pugixml.hpp>

#include "base/text.hpp"
#include "finding/id.hpp"

namespace lhcr::format {
namespace {

using finding::Id;
using std::string_view_literals::operator""sv;

constexpr std::size_t npos = std::string_view::npos;

// --- encodings ---

enum class Encoding { utf8, utf16_little, utf16_big, latin1, unsupported };

/// The name in the XML declaration, in capitals; empty when there is none.
std::string declared_encoding(std::string_view bytes) {
  constexpr std::string_view key = "encoding";
  if (bytes.starts_with(utf8_bom)) {
    bytes.remove_prefix(utf8_bom.size());
  }
  const std::size_t end = bytes.starts_with("<?xml") ? bytes.find("?>") : npos;
  const std::string_view declaration = bytes.substr(0, end == npos ? 0 : end);
  const std::size_t at = declaration.find(key);
  const std::size_t open = at == npos ? npos : declaration.find_first_of("'\"", at + key.size());
  const std::size_t close = open == npos ? npos : declaration.find(declaration[open], open + 1);
  if (close == npos) {
    return {};
  }
  std::string name(declaration.substr(open + 1, close - open - 1));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return name;
}

Encoding encoding_of(std::string_view bytes, const std::string& declared) {
  if (bytes.starts_with("\xFF\xFE"sv) || bytes.starts_with("<\0"sv)) {
    return Encoding::utf16_little;
  }
  if (bytes.starts_with("\xFE\xFF"sv) || bytes.starts_with("\0<"sv)) {
    return Encoding::utf16_big;
  }
  constexpr std::string_view utf8_names[] = {"", "UTF-8", "UTF8", "US-ASCII", "ASCII"};
  constexpr std::string_view latin1_names[] = {"ISO-8859-1", "ISO_8859-1", "LATIN1"};
  const auto is = [&declared](std::string_view name) { return declared == name; };
  if (std::any_of(std::begin(utf8_names), std::end(utf8_names), is)) {
    return Encoding::utf8;
  }
  return std::any_of(std::begin(latin1_names), std::end(latin1_names), is) ? Encoding::latin1
                                                                           : Encoding::unsupported;
}

std::string_view from_latin1(std::string_view bytes, Arena& arena) {
  const std::size_t room = bytes.size() * 2;
  char* begin = arena.allocate(room);
  char* out = begin;
  for (const char byte : bytes) {
    out = write_utf8(out, static_cast<unsigned char>(byte));
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
      fault = Fault{Id::xml_syntax, at, "half a surrogate pair in UTF-16"};
      return {};
    }
    unit = pair ? 0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U) : unit;
    out = write_utf8(out, unit);
    at += pair ? 4U : 2U;
  }
  if (at != bytes.size()) {
    fault = Fault{Id::xml_syntax, at, "half a character at the end of UTF-16"};
  }
  const auto used = static_cast<std::size_t>(out - begin);
  arena.shrink_last(begin, room, used);
  return {begin, used};
}

// --- characters ---

bool is_control(char byte) {
  return static_cast<unsigned char>(byte) < 0x20 && !is_space(byte);
}

// Without early exit, so that the compiler uses vector instructions: nearly always there is nothing
// to find.
template <class Predicate>
bool holds(std::string_view text, Predicate predicate) {
  unsigned found = 0;
  for (const char byte : text) {
    found |= predicate(byte) ? 1U : 0U;
  }
  return found != 0;
}

bool needs_decoding(char byte) {
  return byte == '&' || byte == '<' || static_cast<unsigned char>(byte) < 0x20;
}

std::optional<Fault> find_bad_text(std::string_view text) {
  if (holds(text, is_control)) {
    const auto at =
        static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_control) - text.begin());
    return Fault{Id::input_not_text, at, describe_character(text, at)};
  }
  const std::size_t bad = find_invalid_utf8(text);
  return bad == npos ? std::optional<Fault>() : Fault{Id::input_not_utf8, bad, {}};
}

// --- references ---

/// XML 1.0 production 2.
bool is_xml_character(std::uint32_t code_point) {
  if (code_point < 0x20) {
    return code_point == '\t' || code_point == '\n' || code_point == '\r';
  }
  return code_point < 0xD800 || (code_point >= 0xE000 && code_point < 0xFFFE) ||
         (code_point >= 0x10000 && code_point < 0x110000);
}

/// The character a numeric reference (without '&' and ';') stands for, 0 when it is none.
std::uint32_t numeric_reference(std::string_view name) {
  const bool hex = name.starts_with("#x");
  name.remove_prefix(hex ? 2 : 1);
  std::uint32_t value = 0;
  for (const char byte : name) {
    const bool digit = byte >= '0' && byte <= '9';
    const char lower = static_cast<char>(byte | 0x20);
    if (!digit && !(hex && lower >= 'a' && lower <= 'f')) {
      return 0;
    }
    const auto bits = static_cast<std::uint32_t>(digit ? byte - '0' : lower - 'a' + 10);
    value = value * (hex ? 16U : 10U) + bits;
    if (value > 0x10FFFF) {
      return 0;
    }
  }
  return is_xml_character(value) ? value : 0;
}

struct Reference {
  std::uint32_t code_point = 0;
  std::size_t length = 0;  // with '&' and ';'; 0: none
};

/// Reads the reference at the '&' at `at`.
Reference read_reference(std::string_view text, std::size_t at, std::optional<Fault>& fault) {
  constexpr std::size_t longest = 64;
  constexpr std::array<std::pair<std::string_view, char>, 5> named = {
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  const std::string_view head = text.substr(at + 1, longest);
  const std::size_t end = head.find_first_of("; \t\r\n<&\"'");
  if (end == npos || head[end] != ';' || end == 0) {
    fault = Fault{Id::xml_syntax, at, "'&' must be written as &amp;"};
    return {};
  }
  const std::string_view name = head.substr(0, end);
  if (name.front() == '#') {
    const std::uint32_t code_point = numeric_reference(name);
    if (code_point == 0) {
      fault = Fault{Id::xml_syntax, at, "&" + std::string(name) + "; is no character of XML"};
    }
    return {code_point, end + 2};
  }
  const auto known = std::find_if(named.begin(), named.end(),
                                  [name](const auto& entry) { return entry.first == name; });
  if (known == named.end()) {
    fault = Fault{Id::xml_syntax, at, "the entity &" + std::string(name) + "; is not declared"};
    return {};
  }
  return {static_cast<unsigned char>(known->second), end + 2};
}

/// Whether a piece of character data or a tag holds only known references.
bool check_references(std::string_view source, std::size_t from, std::size_t to,
                      std::optional<Fault>& fault) {
  const std::string_view piece = source.substr(from, to - from);
  for (std::size_t at = piece.find('&'); at != npos; at = piece.find('&', at + 1)) {
    read_reference(piece, at, fault);
    if (fault) {
      fault->offset += from;
      return false;
    }
  }
  return true;
}

/// Where the tag that begins at `start` ends: the offset behind its '>'.
std::size_t tag_end(std::string_view source, std::size_t start) {
  char quote = '\0';
  for (std::size_t at = start; at < source.size(); ++at) {
    const char byte = source[at];
    if (quote != '\0') {
      quote = byte == quote ? '\0' : quote;
    } else if (byte == '"' || byte == '\'') {
      quote = byte;
    } else if (byte == '>') {
      return at + 1;
    }
  }
  return source.size();
}

/// The end of the comment, CDATA section or processing instruction at `start`; `start` itself when
/// it is none.
std::size_t special_end(std::string_view source, std::size_t start) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kinds = {
      {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}}};
  for (const auto& [open, close] : kinds) {
    if (source.substr(start).starts_with(open)) {
      const std::size_t end = source.find(close, start + open.size());
      return end == npos ? source.size() : end + close.size();
    }
  }
  return start;
}

}  // namespace

std::string_view decode_document(std::string_view bytes, Arena& arena,
                                 std::optional<Fault>& fault) {
  const std::string declared = declared_encoding(bytes);
  std::string_view text = bytes;
  switch (encoding_of(bytes, declared)) {
    case Encoding::utf8:
      break;
    case Encoding::utf16_little:
      text = from_utf16(bytes, false, arena, fault);
      break;
    case Encoding::utf16_big:
      text = from_utf16(bytes, true, arena, fault);
      break;
    case Encoding::latin1:
      text = from_latin1(bytes, arena);
      break;
    case Encoding::unsupported:
      fault = Fault{Id::xml_encoding, 0, declared};
      break;
  }
  if (!fault) {
    fault = find_bad_text(text);
  }
  return text;
}

std::string_view decode_attribute(char* value, std::size_t size, std::optional<Fault>& fault) {
  const std::string_view raw(value, size);
  if (!holds(raw, needs_decoding)) {
    return raw;
  }
  std::size_t at = raw.find_first_of("&<\t\r\n");
  char* out = value + at;
  while (at < size) {
    const char byte = raw[at];
    if (byte == '<') {
      fault = Fault{Id::xml_syntax, at, "'<' must be written as &lt; in an attribute"};
      return {};
    }
    if (byte == '&') {
      const Reference reference = read_reference(raw, at, fault);
      if (fault) {
        return {};
      }
      out = write_utf8(out, reference.code_point);
      at += reference.length;
      continue;
    }
    at += byte == '\r' && at + 1 < size && raw[at + 1] == '\n' ? 2U : 1U;
    *out++ = is_space(byte) ? ' ' : byte;
  }
  return {value, static_cast<std::size_t>(out - value)};
}

namespace {

/// `special`: whether a byte does not stay as it is; `newline`: what a line end becomes.
template <class Predicate>
std::string_view decode_leniently(std::string_view raw, Predicate special, char newline,
                                  Arena& arena) {
  if (!holds(raw, special)) {
    return raw;
  }
  char* const begin = arena.allocate(raw.size());
  char* out = begin;
  for (std::size_t at = 0; at < raw.size();) {
    const char byte = raw[at];
    std::optional<Fault> fault;
    const Reference reference = byte == '&' ? read_reference(raw, at, fault) : Reference{};
    if (byte == '&' && !fault) {
      out = write_utf8(out, reference.code_point);
      at += reference.length;
      continue;
    }
    at += byte == '\r' && at + 1 < raw.size() && raw[at + 1] == '\n' ? 2U : 1U;
    *out++ = byte != '&' && special(byte) ? newline : byte;
  }
  const auto used = static_cast<std::size_t>(out - begin);
  arena.shrink_last(begin, raw.size(), used);
  return {begin, used};
}

}  // namespace

std::string_view decode_text(std::string_view raw, Arena& arena) {
  const auto special = [](char byte) { return byte == '&' || byte == '\r'; };
  return decode_leniently(raw, special, '\n', arena);
}

std::string_view decode_attribute_text(std::string_view raw, Arena& arena) {
  const auto special = [](char byte) {
    return byte == '&' || byte == '\t' || byte == '\r' || byte == '\n';
  };
  return decode_leniently(raw, special, ' ', arena);
}

std::size_t element_end(std::string_view source, std::size_t start, std::optional<Fault>& fault) {
  std::size_t depth = 0;
  std::size_t at = start;
  while (at < source.size()) {
    const std::size_t tag = std::min(source.find('<', at), source.size());
    if (!check_references(source, at, tag, fault) || tag == source.size()) {
      return source.size();
    }
    at = special_end(source, tag);
    if (at != tag) {
      continue;
    }
    at = tag_end(source, tag);
    const bool closing = source.substr(tag).starts_with("</");
    const bool empty = source[at - 1] == '>' && source[at - 2] == '/';
    if (!closing && !check_references(source, tag, at, fault)) {
      return source.size();
    }
    depth += closing ? 0U : 1U;
    depth -= (closing || empty) && depth > 0 ? 1U : 0U;
    if (depth == 0) {
      return at;
    }
  }
  return source.size();
}

bool is_well_formed_element(std::string_view text) {
  if (!text.starts_with('<') || find_bad_text(text)) {
    return false;
  }
  pugi::xml_document document;
  constexpr unsigned options =
      pugi::parse_fragment | pugi::parse_cdata | pugi::parse_doctype | pugi::parse_pi;
  if (!document.load_buffer(text.data(), text.size(), options, pugi::encoding_utf8)) {
    return false;
  }
  const pugi::xml_node root = document.first_child();
  std::optional<Fault> fault;
  return root.type() == pugi::node_element && !root.next_sibling() &&
         element_end(text, 0, fault) == text.size() && !fault;
}

}  // namespace lhcr::format
