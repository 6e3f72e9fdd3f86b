// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/byte_word.hpp"
#include "base/hex.hpp"

namespace lhcr {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) noexcept {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

bool is_continuation(unsigned byte) noexcept {
  return (byte & 0xC0U) == 0x80U;
}

std::size_t skip_ascii(std::string_view text, std::size_t at) noexcept {
  while (at + ByteWord::size <= text.size() && ByteWord(text.data() + at).is_ascii()) {
    at += ByteWord::size;
  }
  while (at < text.size() && byte_at(text, at) < 0x80U) {
    ++at;
  }
  return at;
}

// RFC 3629 section 4: the second byte's range is what excludes overlong forms, surrogates and
// values above U+10FFFF.
std::size_t sequence_length(std::string_view text, std::size_t at) noexcept {
  const unsigned lead = byte_at(text, at);
  const unsigned second = byte_at(text, at + 1);
  if (lead >= 0xC2U && lead <= 0xDFU) {
    return is_continuation(second) ? 2 : 0;
  }
  if (lead >= 0xE0U && lead <= 0xEFU) {
    const unsigned low = lead == 0xE0U ? 0xA0U : 0x80U;
    const unsigned high = lead == 0xEDU ? 0x9FU : 0xBFU;
    return second >= low && second <= high && is_continuation(byte_at(text, at + 2)) ? 3 : 0;
  }
  if (lead >= 0xF0U && lead <= 0xF4U) {
    const unsigned low = lead == 0xF0U ? 0x90U : 0x80U;
    const unsigned high = lead == 0xF4U ? 0x8FU : 0xBFU;
    const bool tail =
        is_continuation(byte_at(text, at + 2)) && is_continuation(byte_at(text, at + 3));
    return second >= low && second <= high && tail ? 4 : 0;
  }
  return 0;
}

using Replacements = std::array<const char*, 256>;

constexpr std::size_t word_size = ByteWord::size;

/// Whether one of eight bytes is a control character or one of `Special`.
template <char... Special>
bool has_special(const char* bytes) noexcept {
  return ByteWord(bytes).has_control_or(Special...);
}

/// Where the first word from `at` on begins that is to be looked at closer; the end when there is
/// none.
template <char... Special>
std::size_t next_special(std::string_view text, std::size_t at) noexcept {
  const std::size_t left = text.size() - at;
  if (left < word_size) {
    std::array<char, word_size> padded{};
    padded.fill(' ');
    text.copy(padded.data(), left, at);
    return has_special<Special...>(padded.data()) ? at : text.size();
  }
  for (; at + word_size < text.size(); at += word_size) {
    if (has_special<Special...>(text.data() + at)) {
      return at;
    }
  }
  // The last word begins in the one before, of which nothing is special.
  return has_special<Special...>(text.data() + text.size() - word_size) ? at : text.size();
}

/// Copies `text`, with the bytes that have a replacement replaced: control characters and
/// `Special`.
template <char... Special>
void append_replaced(std::string& out, std::string_view text, const Replacements& replacements) {
  std::size_t copied = 0;
  for (std::size_t at = next_special<Special...>(text, 0); at < text.size();
       at = next_special<Special...>(text, at)) {
    const std::size_t end = std::min(at + word_size, text.size());
    for (; at < end; ++at) {
      const char* replacement = replacements[byte_at(text, at)];
      if (replacement != nullptr) {
        out.append(text, copied, at - copied);
        out += replacement;
        copied = at + 1;
      }
    }
  }
  out.append(text, copied, text.size() - copied);
}

/// U+FFFE and U+FFFF, which XML 1.0 cannot hold (section 2.2), become U+FFFD; all three differ in
/// their last byte.
void replace_noncharacters(std::string& out, std::size_t from) {
  constexpr std::string_view begin = "\xEF\xBF";
  for (std::size_t at = out.find(begin, from); at != std::string::npos && at + 2 < out.size();
       at = out.find(begin, at + 2)) {
    if (static_cast<unsigned char>(out[at + 2]) >= 0xBEU) out[at + 2] = '\xBD';
  }
}

template <char... Special>
void append_xml(std::string& out, std::string_view text, const Replacements& replacements) {
  const std::size_t from = out.size();
  append_replaced<Special...>(out, text, replacements);
  replace_noncharacters(out, from);
}

Replacements json_replacements() {
  static std::array<std::array<char, 7>, 32> codes{};
  Replacements table{};
  for (std::size_t byte = 0; byte < codes.size(); ++byte) {
    codes[byte] = {'\\', 'u', '0', '0', hex_digit(byte >> 4U), hex_digit(byte), '\0'};
    table[byte] = codes[byte].data();
  }
  table['\b'] = "\\b";
  table['\f'] = "\\f";
  table['\n'] = "\\n";
  table['\r'] = "\\r";
  table['\t'] = "\\t";
  table['"'] = "\\\"";
  table['\\'] = "\\\\";
  return table;
}

Replacements xml_text_replacements() {
  Replacements table{};
  std::fill(table.begin(), table.begin() + 32, "\xEF\xBF\xBD");
  table['\t'] = nullptr;
  table['\n'] = nullptr;
  table['\r'] = "&#13;";
  table['&'] = "&amp;";
  table['<'] = "&lt;";
  table['>'] = "&gt;";
  return table;
}

Replacements xml_attribute_replacements() {
  Replacements table = xml_text_replacements();
  table['\t'] = "&#9;";
  table['\n'] = "&#10;";
  table['"'] = "&quot;";
  return table;
}

constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

/// Length of what must not reach a terminal at `at` of valid UTF-8, 0 for anything else: C0, DEL,
/// C1 (C2 80 to C2 9F), and the embeddings, overrides and isolates of bidirectional text (U+202A to
/// U+202E, U+2066 to U+2069).
std::size_t steering_length(std::string_view text, std::size_t at) {
  const unsigned byte = byte_at(text, at);
  if (byte < 0x20 || byte == 0x7F) return 1;
  if (byte == 0xC2) return byte_at(text, at + 1) < 0xA0 ? 2 : 0;
  if (byte != 0xE2) return 0;
  const unsigned second = byte_at(text, at + 1);
  const unsigned third = byte_at(text, at + 2);
  const bool turns = (second == 0x80 && third >= 0xAA && third <= 0xAE) ||
                     (second == 0x81 && third >= 0xA6 && third <= 0xA9);
  return turns ? 3 : 0;
}

/// Where printable ASCII, which begins at `at`, ends.
std::size_t plain_end(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] >= ' ' && text[at] < 0x7F) ++at;
  return at;
}

std::string without_steering(std::string_view text, bool keep_lines) {
  const std::string valid = valid_utf8(text);
  std::string out;
  out.reserve(valid.size());
  for (std::size_t at = 0; at < valid.size();) {
    const std::size_t end = plain_end(valid, at);
    out.append(valid, at, end - at);
    at = end;
    if (at == valid.size()) break;
    const std::size_t steering = steering_length(valid, at);
    if (is_space(valid[at])) {
      out += keep_lines && valid[at] == '\n' ? '\n' : ' ';
    } else if (steering > 0) {
      out += replacement_character;
    } else {
      out += valid[at];
    }
    at += std::max<std::size_t>(steering, 1);
  }
  return out;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string valid;
  for (;;) {
    const std::size_t bad = find_invalid_utf8(text);
    valid += text.substr(0, bad);
    if (bad == std::string_view::npos) return valid;
    valid += replacement_character;
    text.remove_prefix(bad + 1);
  }
}

std::string printable(std::string_view text) {
  return without_steering(text, false);
}

std::string printable_lines(std::string_view text) {
  return without_steering(text, true);
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = text[at] == '%' && at + 2 < text.size() ? hex_value(text[at + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[at + 2]) : -1;
    out += low >= 0 ? static_cast<char>(high * 16 + low) : text[at];
    if (low >= 0) at += 2;
  }
  return out;
}

void append_percent(std::string& out, char byte) {
  const auto value = static_cast<unsigned char>(byte);
  out += '%';
  out += capital_hex_digit(value >> 4U);
  out += capital_hex_digit(value);
}

std::size_t find_invalid_utf8(std::string_view text) noexcept {
  std::size_t at = skip_ascii(text, 0);
  while (at < text.size()) {
    const std::size_t length = sequence_length(text, at);
    if (length == 0) {
      return at;
    }
    at = skip_ascii(text, at + length);
  }
  return std::string_view::npos;
}

char* write_utf8(char* out, std::uint32_t code_point) noexcept {
  const auto tail = [code_point](unsigned shift) {
    return static_cast<char>(0x80U | ((code_point >> shift) & 0x3FU));
  };
  if (code_point < 0x80U) {
    *out++ = static_cast<char>(code_point);
    return out;
  }
  if (code_point < 0x800U) {
    *out++ = static_cast<char>(0xC0U | (code_point >> 6U));
  } else {
    if (code_point < 0x10000U) {
      *out++ = static_cast<char>(0xE0U | (code_point >> 12U));
    } else {
      *out++ = static_cast<char>(0xF0U | (code_point >> 18U));
      *out++ = tail(12);
    }
    *out++ = tail(6);
  }
  *out++ = tail(0);
  return out;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  std::array<char, 4> bytes{};
  out.append(bytes.data(), write_utf8(bytes.data(), code_point));
}

std::uint64_t count_code_points(std::string_view text) noexcept {
  return static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return !is_continuation(static_cast<unsigned char>(byte));
  }));
}

LineColumn LineCounter::at(std::size_t offset) noexcept {
  if (offset < line_start_) {
    line_start_ = 0;
    place_.line = 1;
  }
  if (offset < offset_) {
    offset_ = line_start_;
    place_.column = 1;
  }
  advance(std::min(offset, text_.size()));
  return place_;
}

void LineCounter::advance(std::size_t offset) noexcept {
  if (offset_ == 0 && offset > 0 && text_.starts_with(utf8_bom)) {
    offset_ = utf8_bom.size();
  }
  // Whole lines are stepped over by memchr: places at the end of megabytes would cost more than the
  // checks that want them.
  const std::string_view passed = text_.substr(offset_, offset - std::min(offset, offset_));
  if (passed.find('\r') == std::string_view::npos) {
    std::size_t rest = 0;
    for (std::size_t end = passed.find('\n'); end != std::string_view::npos;
         end = passed.find('\n', rest)) {
      ++place_.line;
      place_.column = 1;
      rest = end + 1;
      line_start_ = offset_ + rest;
    }
    place_.column += count_code_points(passed.substr(rest));
    offset_ += passed.size();
    return;
  }
  for (; offset_ < offset; ++offset_) {
    const char byte = text_[offset_];
    const bool lone_cr = byte == '\r' && byte_at(text_, offset_ + 1) != '\n';
    if (byte == '\n' || lone_cr) {
      ++place_.line;
      place_.column = 1;
      line_start_ = offset_ + 1;
    } else if (!is_continuation(static_cast<unsigned char>(byte))) {
      ++place_.column;
    }
  }
}

void append_json_escaped(std::string& out, std::string_view text) {
  static const Replacements replacements = json_replacements();
  append_replaced<'"', '\\'>(out, text, replacements);
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_json_escaped(out, text);
  out += '"';
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

void append_xml_text(std::string& out, std::string_view text) {
  static const Replacements replacements = xml_text_replacements();
  append_xml<'&', '<', '>'>(out, text, replacements);
}

void append_xml_attribute(std::string& out, std::string_view text) {
  static const Replacements replacements = xml_attribute_replacements();
  append_xml<'&', '<', '>', '"'>(out, text, replacements);
}

std::string_view trim(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool has_word(std::string_view words, std::string_view word) noexcept {
  for (std::size_t from = 0; from < words.size();) {
    const std::size_t end = std::min(words.find(' ', from), words.size());
    if (words.substr(from, end - from) == word) {
      return true;
    }
    from = end + 1;
  }
  return words.empty();
}

bool same_display(std::string_view left, std::string_view right) noexcept {
  const auto skip = [](std::string_view text, std::size_t& at) {
    bool skipped = false;
    while (at < text.size() && is_space(text[at])) {
      ++at;
      skipped = true;
    }
    return skipped;
  };
  std::size_t l = 0;
  std::size_t r = 0;
  skip(left, l);
  skip(right, r);
  while (l < left.size() && r < right.size()) {
    const bool left_gap = skip(left, l);
    const bool right_gap = skip(right, r);
    const bool ends = l == left.size() || r == right.size();
    if (ends) {
      break;
    }
    if (left_gap != right_gap || small_letter(left[l]) != small_letter(right[r])) {
      return false;
    }
    ++l;
    ++r;
  }
  skip(left, l);
  skip(right, r);
  return l == left.size() && r == right.size();
}

void append_new_line(std::string& out, std::size_t depth) {
  // One append for what nearly every line needs: writers spend a tenth of their time here.
  constexpr std::string_view line =
      "\n                                                                ";
  const std::size_t size = 1 + 2 * depth;
  out.append(line, 0, size);
  if (size > line.size()) {
    out.append(size - line.size(), ' ');
  }
}

}  // namespace lhcr
