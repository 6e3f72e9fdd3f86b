// SPDX-License-Identifier: Apache-2.0
#include "fhirpath/lexer.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "fhirpath/fhirpath.hpp"
#include "fhirpath/text.hpp"

namespace lhcr::fhirpath {
namespace {

bool begins_name(char c) noexcept {
  return is_letter(c) || c == '_';
}
bool is_name(char c) noexcept {
  return begins_name(c) || is_digit(c);
}

constexpr std::array<std::string_view, 4> two_character_symbols = {"<=", ">=", "!=", "!~"};
constexpr std::string_view one_character_symbols = ".,()[]{}+-*/&|<>=~";

}  // namespace

void Lexer::fail(const std::string& what, std::size_t position) const {
  throw ExpressionError(what, position);
}

void Lexer::skip_space() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++at_;
    } else if (c == '/' && peek(1) == '/') {
      at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
    } else if (c == '/' && peek(1) == '*') {
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) {
        fail("The comment has no end", at_);
      }
      at_ = end + 2;
    } else {
      return;
    }
  }
}

Token Lexer::next() {
  const std::size_t before = at_;
  skip_space();
  const bool spaced = at_ > before;
  Token token;
  const std::size_t position = at_;
  const char c = peek();
  if (at_ >= text_.size()) {
    token.kind = TokenKind::end;
  } else if (begins_name(c)) {
    token = identifier();
  } else if (is_digit(c)) {
    token = number();
  } else if (c == '\'') {
    token = quoted(TokenKind::string);
  } else if (c == '`' || c == '"') {
    token = quoted(TokenKind::delimited);
  } else if (c == '@') {
    token = moment();
  } else if (c == '%') {
    token = external();
  } else if (c == '$') {
    token = special();
  } else {
    token = symbol();
  }
  token.position = position;
  token.spaced = spaced;
  return token;
}

Token Lexer::identifier() {
  const std::size_t first = at_;
  while (is_name(peek())) {
    ++at_;
  }
  return {TokenKind::identifier, first, std::string(text_.substr(first, at_ - first)), false};
}

Token Lexer::quoted(TokenKind kind) {
  const std::size_t first = at_;
  const char quote = text_[at_++];
  Token token{kind, first, {}, false};
  while (peek() != quote) {
    if (at_ >= text_.size()) {
      fail("The text has no closing quote", first);
    }
    if (text_[at_] != '\\') {
      token.text += text_[at_++];
    } else if (peek(1) == 'u') {
      escape_unicode(token.text);
    } else {
      token.text += escape();
    }
  }
  ++at_;
  return token;
}

char Lexer::escape() {
  constexpr std::string_view letters = "\\/'\"`rntf";
  constexpr std::string_view meanings = "\\/'\"`\r\n\t\f";
  const std::size_t found =
      at_ + 1 < text_.size() ? letters.find(text_[at_ + 1]) : std::string_view::npos;
  if (found == std::string_view::npos) {
    // Definitions are full of regular expressions such as '\.' and '\s' whose backslashes were not
    // doubled.
    return text_[at_++];
  }
  at_ += 2;
  return meanings[found];
}

void Lexer::escape_unicode(std::string& out) {
  std::uint32_t code = 0;
  const auto unit = [&] {
    std::uint32_t value = 0;
    for (std::size_t i = 2; i < 6; ++i) {
      const int digit = hex_value(peek(i));
      if (digit < 0) {
        fail("\\u needs four hexadecimal digits", at_);
      }
      value = value * 16 + static_cast<std::uint32_t>(digit);
    }
    at_ += 6;
    return value;
  };
  code = unit();
  if (code >= 0xD800 && code < 0xDC00 && peek() == '\\' && peek(1) == 'u') {
    const std::uint32_t low = unit();
    code = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00)
                                         : 0xFFFD;
  }
  append_code_point(code >= 0xD800 && code < 0xE000 ? 0xFFFD : code, out);
}

std::size_t Lexer::digits() {
  const std::size_t first = at_;
  while (is_digit(peek())) {
    ++at_;
  }
  return at_ - first;
}

Token Lexer::number() {
  const std::size_t first = at_;
  digits();
  TokenKind kind = TokenKind::integer;
  if (peek() == '.' && is_digit(peek(1))) {
    ++at_;
    digits();
    kind = TokenKind::decimal;
  }
  return {kind, first, std::string(text_.substr(first, at_ - first)), false};
}

Token Lexer::moment() {
  const std::size_t first = ++at_;
  TokenKind kind = TokenKind::date;
  if (peek() != 'T') {
    digits();
    for (int part = 0; part < 2 && peek() == '-' && is_digit(peek(1)); ++part) {
      ++at_;
      digits();
    }
  }
  if (peek() == 'T') {
    kind = at_ == first ? TokenKind::time : TokenKind::date_time;
    ++at_;
    digits();
    for (int part = 0; part < 2 && peek() == ':' && is_digit(peek(1)); ++part) {
      ++at_;
      digits();
    }
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      digits();
    }
    const bool offset = (peek() == '+' || peek() == '-') && is_digit(peek(1)) &&
                        is_digit(peek(2)) && peek(3) == ':';
    if (kind == TokenKind::date_time && (peek() == 'Z' || offset)) {
      at_ += offset ? 4 : 1;
      digits();
    }
  }
  const std::size_t skipped = kind == TokenKind::time ? 1 : 0;
  return {kind, first, std::string(text_.substr(first + skipped, at_ - first - skipped)), false};
}

Token Lexer::external() {
  const std::size_t first = at_++;
  const char c = peek();
  Token token;
  if (c == '`' || c == '"' || c == '\'') {
    token = quoted(TokenKind::external);
  } else if (begins_name(c)) {
    token = identifier();
    token.kind = TokenKind::external;
    // %vs-name and %ext-name were written without quotes before N1.
    while (token.text.find('-') != std::string::npos
               ? is_name(peek()) || peek() == '-'
               : peek() == '-' && (token.text == "vs" || token.text == "ext")) {
      token.text += text_[at_++];
    }
  } else {
    fail("A name must follow %", first);
  }
  return token;
}

Token Lexer::special() {
  const std::size_t first = at_++;
  Token token = identifier();
  token.kind = TokenKind::special;
  if (token.text != "this" && token.text != "index" && token.text != "total") {
    fail("There is no $" + token.text, first);
  }
  return token;
}

Token Lexer::symbol() {
  const std::size_t first = at_;
  const std::string_view two = text_.substr(at_, 2);
  if (std::find(two_character_symbols.begin(), two_character_symbols.end(), two) !=
      two_character_symbols.end()) {
    at_ += 2;
    return {TokenKind::symbol, first, std::string(two), false};
  }
  if (one_character_symbols.find(text_[at_]) == std::string_view::npos) {
    fail("Unexpected character", first);
  }
  ++at_;
  return {TokenKind::symbol, first, std::string(1, text_[first]), false};
}

}  // namespace lhcr::fhirpath
