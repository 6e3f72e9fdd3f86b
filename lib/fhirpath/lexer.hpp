// SPDX-License-Identifier: Apache-2.0
/// Splits a FHIRPath expression into tokens (grammar of FHIRPath N1, appendix A).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lhcr::fhirpath {

enum class TokenKind : std::uint8_t {
  end,
  identifier,  ///< also keywords such as `and`; the parser knows where they are operators
  delimited,   ///< `name` in backticks (or in double quotes, as before N1)
  string,
  integer,
  decimal,
  date,
  date_time,
  time,
  special,   ///< $this, $index, $total
  external,  ///< % and what follows it
  symbol,    ///< operators and punctuation
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::size_t position = 0;  ///< byte offset in the expression
  std::string text;          ///< without quotes, escapes resolved; without '@', '%' and '$'
  bool spaced = false;       ///< white space or a comment comes before
};

/// One token after the other. Throws ExpressionError where no token can be read.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  Token next();

 private:
  void skip_space();
  Token identifier();
  Token quoted(TokenKind kind);
  Token number();
  Token moment();
  Token external();
  Token special();
  Token symbol();
  char escape();
  void escape_unicode(std::string& out);
  std::size_t digits();
  [[nodiscard]] char peek(std::size_t ahead = 0) const noexcept {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[noreturn]] void fail(const std::string& what, std::size_t position) const;

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace lhcr::fhirpath
