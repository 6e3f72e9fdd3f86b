// SPDX-License-Identifier: Apache-2.0
#include "format/json/json_scan.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/hex.hpp"
#include "base/text.hpp"
#include "finding/id.hpp"
#include "format/byte_block.hpp"

namespace lhcr::format {
namespace {

constexpr std::uint32_t bad_hex = 0xFFFFFFFF;
/// What may stand behind a backslash (RFC 8259 section 7) beside 'u'.
constexpr std::string_view simple_escapes = "\"\\/bfnrt";

std::uint32_t hex_digit(char digit) noexcept {
  if (digit >= '0' && digit <= '9') {
    return static_cast<std::uint32_t>(digit - '0');
  }
  const char lower = static_cast<char>(digit | 0x20);
  return lower >= 'a' && lower <= 'f' ? static_cast<std::uint32_t>(lower - 'a' + 10) : bad_hex;
}

/// The value of the four digits at `at`, or bad_hex.
std::uint32_t hex4(std::string_view raw, std::size_t at) noexcept {
  if (at + 4 > raw.size()) {
    return bad_hex;
  }
  std::uint32_t value = 0;
  for (const char digit : raw.substr(at, 4)) {
    const std::uint32_t bits = hex_digit(digit);
    if (bits == bad_hex) {
      return bad_hex;
    }
    value = value << 4U | bits;
  }
  return value;
}

bool is_high_surrogate(std::uint32_t unit) noexcept {
  return unit >= 0xD800U && unit < 0xDC00U;
}
bool is_low_surrogate(std::uint32_t unit) noexcept {
  return unit >= 0xDC00U && unit < 0xE000U;
}

/// Decodes one string. Positions are kept so that a fault names the escape it is about.
class Unescaper {
 public:
  Unescaper(std::string_view raw, char* out) : raw_(raw), out_(out) {}

  /// The end of what was written; nullptr when there is a fault.
  char* run() {
    while (at_ < raw_.size()) {
      copy_plain();
      if (at_ < raw_.size() && !escape()) {
        return nullptr;
      }
    }
    return out_;
  }
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  [[nodiscard]] const char* message() const noexcept { return message_; }

 private:
  void copy_plain() {
    const void* slash = std::memchr(raw_.data() + at_, '\\', raw_.size() - at_);
    const std::size_t end =
        slash != nullptr ? static_cast<std::size_t>(static_cast<const char*>(slash) - raw_.data())
                         : raw_.size();
    std::memcpy(out_, raw_.data() + at_, end - at_);
    out_ += end - at_;
    at_ = end;
  }

  bool escape() {
    constexpr std::string_view values = "\"\\/\b\f\n\r\t";
    const char letter = at_ + 1 < raw_.size() ? raw_[at_ + 1] : '\0';
    if (letter == 'u') {
      return unicode();
    }
    const std::size_t index = simple_escapes.find(letter);
    if (index == std::string_view::npos) {
      return fail("there is no such escape in a string");
    }
    *out_++ = values[index];
    at_ += 2;
    return true;
  }

  bool unicode() {
    std::uint32_t unit = hex4(raw_, at_ + 2);
    if (unit == bad_hex) {
      return fail("\\u must be followed by four hexadecimal digits");
    }
    std::size_t length = 6;
    if (is_high_surrogate(unit)) {
      const bool pair = raw_.substr(std::min(at_ + 6, raw_.size()), 2) == "\\u";
      const std::uint32_t low = pair ? hex4(raw_, at_ + 8) : bad_hex;
      if (low == bad_hex || !is_low_surrogate(low)) {
        return fail("the escape is one half of a surrogate pair without the other");
      }
      unit = 0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U);
      length = 12;
    } else if (is_low_surrogate(unit)) {
      return fail("the escape is one half of a surrogate pair without the other");
    }
    out_ = write_utf8(out_, unit);
    at_ += length;
    return true;
  }

  bool fail(const char* message) {
    message_ = message;
    return false;
  }

  std::string_view raw_;
  char* out_;
  std::size_t at_ = 0;
  const char* message_ = nullptr;
};

std::size_t skip_digits(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    ++at;
  }
  return at;
}

bool is_operator(char byte) noexcept {
  return byte == '{' || byte == '}' || byte == '[' || byte == ']' || byte == ':' || byte == ',';
}

/// Finds tokens byte by byte.
class Tokenizer {
 public:
  Tokenizer(std::string_view text, CarefulTokens& tokens) : text_(text), tokens_(tokens) {}

  void run() {
    const std::size_t bad = find_invalid_utf8(text_);
    end_ = std::min(bad, text_.size());
    while (at_ < end_ && !tokens_.fault) {
      step();
    }
    if (!tokens_.fault && end_ < text_.size()) {
      tokens_.fault = Fault{finding::id<"input-not-utf8">, end_, {}};
    }
    const std::size_t last = tokens_.fault ? tokens_.fault->offset : text_.size();
    tokens_.offsets.push_back(static_cast<std::uint32_t>(last));
  }

 private:
  void step() {
    const char byte = text_[at_];
    if (is_space(byte)) {
      ++at_;
    } else if (byte == '/' && comment()) {
      in_comments_ = true;
    } else {
      in_comments_ = false;
      token(byte);
    }
  }

  void token(char byte) {
    const std::size_t start = at_;
    if (byte == '"') {
      string();
    } else if (is_operator(byte)) {
      ++at_;
    } else {
      do {
        ++at_;
      } while (at_ < end_ && !is_space(text_[at_]) && !is_operator(text_[at_]) &&
               text_[at_] != '"' && text_[at_] != '/');
    }
    if (!tokens_.fault) {
      tokens_.offsets.push_back(static_cast<std::uint32_t>(start));
    }
  }

  void string() {
    const std::size_t start = at_++;
    bool control_told = false;
    for (; at_ < end_; ++at_) {
      const char byte = text_[at_];
      if (byte == '"') {
        ++at_;
        return;
      }
      if (static_cast<unsigned char>(byte) < 0x20) {
        if (lost_quote()) {
          fail(finding::id<"json-syntax">, start,
               "the string that begins here has no closing quote on its line");
          return;
        }
        if (!std::exchange(control_told, true)) {
          tokens_.controls.push_back(static_cast<std::uint32_t>(at_));
        }
      }
      at_ += byte == '\\' ? 1U : 0U;
    }
    if (end_ == text_.size()) {
      fail(finding::id<"json-syntax">, start, "the string that begins here has no closing quote");
    } else {
      fail(finding::id<"input-not-utf8">, end_, {});
    }
  }

  /// Whether a line end in a string looks like a forgotten quote: the next line goes on with JSON,
  /// a closing bracket or a name.
  [[nodiscard]] bool lost_quote() const {
    if (text_[at_] != '\n') {
      return false;
    }
    const std::size_t next = text_.find_first_not_of(" \t\r\n", at_);
    if (next == std::string_view::npos) {
      return true;
    }
    const std::size_t after = text_.find_first_not_of(" \t\r\n", next + 1);
    const char byte = text_[next];
    const char follower = after == std::string_view::npos ? '}' : text_[after];
    constexpr std::string_view behind_string = ",:}]";
    return byte == '}' || byte == ']' ||
           (byte == '"' && behind_string.find(follower) == std::string_view::npos);
  }

  /// Blanks a comment; false when there is none.
  bool comment() {
    const char kind = at_ + 1 < end_ ? text_[at_ + 1] : '\0';
    if (kind != '/' && kind != '*') {
      return false;
    }
    std::size_t stop = kind == '/' ? text_.find_first_of("\r\n", at_) : text_.find("*/", at_ + 2);
    if (stop == std::string_view::npos && kind == '*') {
      fail(finding::id<"json-syntax">, at_, "the comment that begins here has no end");
      return true;
    }
    stop = std::min(stop, end_) + (kind == '*' ? 2U : 0U);
    blank(std::min(stop, end_));
    return true;
  }

  void blank(std::size_t stop) {
    if (tokens_.text.empty()) {
      tokens_.text = text_;
    }
    if (!in_comments_) {
      tokens_.comments.push_back(static_cast<std::uint32_t>(at_));
    }
    std::fill(tokens_.text.begin() + static_cast<std::ptrdiff_t>(at_),
              tokens_.text.begin() + static_cast<std::ptrdiff_t>(stop), ' ');
    at_ = stop;
  }

  template <finding::Name name>
  void fail(finding::Kind<name> kind, std::size_t offset, finding::Arguments<name> argument) {
    tokens_.fault = Fault{kind, offset, std::move(argument)};
  }

  std::string_view text_;
  CarefulTokens& tokens_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  bool in_comments_ = false;
};

/// The end of the escape at `at`, or 0 when it is none, or one of a surrogate.
std::size_t end_of_escape(std::string_view text, std::size_t at) noexcept {
  const char kind = at + 1 < text.size() ? text[at + 1] : '\0';
  if (kind != 'u') return simple_escapes.find(kind) != std::string_view::npos ? at + 2 : 0;
  const std::uint32_t unit = hex4(text, at + 2);
  const bool rare = unit == bad_hex || is_high_surrogate(unit) || is_low_surrogate(unit);
  return rare ? 0 : at + 6;
}

#if defined(__SSE2__)
/// Sixty-four bytes.
struct EscapeBlocks {
  static constexpr std::size_t width = 4 * ByteBlock::width;
  explicit EscapeBlocks(const char* at) noexcept
      : blocks{ByteBlock(at), ByteBlock(at + ByteBlock::width),
               ByteBlock(at + 2 * ByteBlock::width), ByteBlock(at + 3 * ByteBlock::width)} {}
  /// A bit for each byte that is one of `bytes`.
  template <char... Bytes>
  [[nodiscard]] std::uint64_t equal() const noexcept {
    std::uint64_t bits = 0;
    for (std::size_t at = blocks.size(); at-- > 0;) {
      __m128i found = _mm_setzero_si128();
      ((found = _mm_or_si128(found, blocks[at].equal(Bytes))), ...);
      bits = bits << 16U | ByteBlock::bits(found);
    }
    return bits;
  }
  std::array<ByteBlock, 4> blocks;
};
#endif

/// From `at`, where no escape is open, to the first escape that has to be looked at on its own, or
/// the end. Narrative is full of the others: quotes, tabs and line ends.
std::size_t skip_frequent_escapes(std::string_view text, std::size_t at) noexcept {
#if defined(__SSE2__)
  // The last byte of a block is looked at as the first of the next one.
  for (; at + EscapeBlocks::width <= text.size(); at += EscapeBlocks::width - 1) {
    const EscapeBlocks bytes(text.data() + at);
    const std::uint64_t slashes = bytes.equal<'\\'>() << 1U;
    if (slashes == 0) continue;
    const std::uint64_t others = slashes & ~bytes.equal<'"', 'n', 'r', 't'>();
    if (others != 0) return at + static_cast<unsigned>(__builtin_ctzll(others)) - 1;
  }
#endif
  while (at < text.size() && text[at] != '\\') ++at;
  return at;
}

}  // namespace

std::string_view unescape(std::string_view raw, Arena& arena, std::optional<Fault>& fault) {
  // No escape is shorter than what it stands for, so the raw length is room enough.
  char* bytes = arena.allocate(raw.size());
  Unescaper unescaper(raw, bytes);
  const char* end = unescaper.run();
  if (end == nullptr) {
    fault = Fault{finding::id<"json-syntax">, unescaper.position(), unescaper.message()};
    return {};
  }
  const auto used = static_cast<std::size_t>(end - bytes);
  arena.shrink_last(bytes, raw.size(), used);
  return {bytes, used};
}

bool is_number(std::string_view text) noexcept {
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const std::size_t whole = at;
  at = skip_digits(text, at);
  if (at == whole || (text[whole] == '0' && at > whole + 1)) {
    return false;
  }
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = at + 1;
    at = skip_digits(text, fraction);
    if (at == fraction) {
      return false;
    }
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    at += at < text.size() && (text[at] == '+' || text[at] == '-') ? 1U : 0U;
    const std::size_t exponent = at;
    at = skip_digits(text, exponent);
    if (at == exponent) {
      return false;
    }
  }
  return at == text.size();
}

bool has_plain_escapes(std::string_view text) noexcept {
  std::size_t at = skip_frequent_escapes(text, std::min(text.find('\\'), text.size()));
  while (at < text.size()) {
    at = end_of_escape(text, at);
    if (at == 0) return false;
    at = skip_frequent_escapes(text, at);
  }
  return true;
}

bool is_word_start(char byte) noexcept {
  const char lower = static_cast<char>(byte | 0x20);
  return (lower >= 'a' && lower <= 'z') || byte == '_' || byte == '$';
}

bool is_word_byte(char byte) noexcept {
  return is_word_start(byte) || (byte >= '0' && byte <= '9') || byte == '-' || byte == '+' ||
         byte == '.';
}

std::string describe_character(std::string_view text, std::size_t offset) {
  const auto lead = static_cast<unsigned char>(text[offset]);
  if (lead > 0x20 && lead < 0x7F) {
    return {'\'', text[offset], '\''};
  }
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code_point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
  for (std::size_t at = 1; at < length && offset + at < text.size(); ++at) {
    code_point = code_point << 6U | (static_cast<unsigned char>(text[offset + at]) & 0x3FU);
  }
  std::string name = "U+";
  for (int shift = code_point > 0xFFFFU ? 20 : 12; shift >= 0; shift -= 4) {
    name += capital_hex_digit(code_point >> static_cast<unsigned>(shift));
  }
  return name;
}

std::size_t find_control(std::string_view text) noexcept {
  constexpr std::size_t looked_at = 4096;
  const std::string_view head = text.substr(0, looked_at);
  const auto found = std::find_if(head.begin(), head.end(), [](char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return (value < 0x20 && !is_space(byte)) || value == 0x7F;
  });
  return found == head.end() ? std::string_view::npos
                             : static_cast<std::size_t>(found - head.begin());
}

CarefulTokens tokenize_carefully(std::string_view text) {
  CarefulTokens tokens;
  Tokenizer(text, tokens).run();
  return tokens;
}

}  // namespace lhcr::format
