// SPDX-License-Identifier: Apache-2.0
/// UTF-8, lines and columns, and the escapes of JSON and XML.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lhcr {

/// The three bytes that some programs put before UTF-8 text.
constexpr std::string_view utf8_bom = "\xEF\xBB\xBF";

/// Offset of the first byte that is not part of valid UTF-8 (RFC 3629: no surrogates, no overlong
/// forms), or std::string_view::npos when all of `text` is valid.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text) noexcept;

/// Appends one code point, which must be a Unicode scalar value, as UTF-8.
void append_utf8(std::string& out, std::uint32_t code_point);
/// Writes one code point as UTF-8 to `out` (room for four bytes) and returns the end of what was
/// written.
char* write_utf8(char* out, std::uint32_t code_point) noexcept;

/// Number of Unicode code points in valid UTF-8.
[[nodiscard]] std::uint64_t count_code_points(std::string_view text) noexcept;

/// A place in a text. Both numbers count from 1; columns count code points.
struct LineColumn {
  std::uint64_t line = 1;
  std::uint64_t column = 1;
};

/// Turns byte offsets into lines and columns. Offsets that do not decrease from call to call cost
/// one pass over the text in all; a smaller one than the latest starts again. A line ends with LF,
/// CRLF or a lone CR; a BOM takes no column.
class LineCounter {
 public:
  /// `text` must outlive the counter.
  explicit LineCounter(std::string_view text) noexcept : text_(text) {}
  /// The place of the byte at `offset`; the place after the last byte when `offset` is beyond the
  /// end.
  [[nodiscard]] LineColumn at(std::size_t offset) noexcept;

 private:
  void advance(std::size_t offset) noexcept;

  std::string_view text_;
  std::size_t line_start_ = 0;
  std::size_t offset_ = 0;  // place_ is the place of this byte
  LineColumn place_;
};

/// Appends `text` with the escapes a JSON string needs, without the quotes.
void append_json_escaped(std::string& out, std::string_view text);
/// Appends `text` as a JSON string in quotes.
void append_json_string(std::string& out, std::string_view text);
[[nodiscard]] std::string json_string(std::string_view text);
/// Appends `text` for use between XML tags. A character that XML 1.0 cannot hold becomes U+FFFD.
void append_xml_text(std::string& out, std::string_view text);
/// Appends `text` for use in an XML attribute in double quotes (without them); line ends and tabs
/// become references.
void append_xml_attribute(std::string& out, std::string_view text);
/// Appends a line end and twice `depth` spaces.
void append_new_line(std::string& out, std::size_t depth);

/// `text` with U+FFFD for each byte that is not part of valid UTF-8.
[[nodiscard]] std::string valid_utf8(std::string_view text);
/// `text` for one line of a terminal or a log: each white space character becomes a space; what
/// steers a terminal (C0, DEL, C1), what turns the direction of text and bytes that are no UTF-8
/// become U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);
/// The same for several lines: line feeds stay.
[[nodiscard]] std::string printable_lines(std::string_view text);

/// Each "%41" of a URI as its byte (RFC 3986, 2.1); a "%" without two digits stays.
[[nodiscard]] std::string percent_decoded(std::string_view text);
/// A canonical URL without the "|version" behind it (R4 references.html#canonical).
[[nodiscard]] constexpr std::string_view without_version(std::string_view canonical) noexcept {
  return canonical.substr(0, canonical.find('|'));
}
/// Appends a byte percent-encoded, with capital digits (RFC 3986 section 2.1).
void append_percent(std::string& out, char byte);

/// Whether a byte is JSON's or XML's white space: space, tab, LF, CR.
[[nodiscard]] constexpr bool is_space(char byte) noexcept {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/// Without white space at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;
/// Whether one of the space separated words is `word`; an empty list has every word.
[[nodiscard]] bool has_word(std::string_view words, std::string_view word) noexcept;
/// Compares displays: letter case (of ASCII) and runs of white space do not count.
[[nodiscard]] bool same_display(std::string_view left, std::string_view right) noexcept;

}  // namespace lhcr
