// SPDX-License-Identifier: Apache-2.0
#include "validate/resource/ecl.hpp"

#include <array>

namespace lhcr::validate {
namespace {

bool digit(char c) {
  return c >= '0' && c <= '9';
}
bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Recursive descent; every function skips white space after what it takes.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { skip(); }
  bool whole() { return constraint() && at_ == text_.size(); }

 private:
  static constexpr int deepest = 60;

  void skip() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  bool take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) {
      return false;
    }
    at_ += token.size();
    skip();
    return true;
  }

  bool word(std::string_view upper) {
    if (at_ + upper.size() > text_.size()) {
      return false;
    }
    for (std::size_t i = 0; i < upper.size(); ++i) {
      const char c = text_[at_ + i];
      if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) != upper[i]) {
        return false;
      }
    }
    if (at_ + upper.size() < text_.size() && letter(text_[at_ + upper.size()])) {
      return false;
    }
    at_ += upper.size();
    skip();
    return true;
  }

  bool term() {
    if (!take("|")) {
      return true;
    }
    const std::size_t end = text_.find('|', at_);
    if (end == std::string_view::npos) {
      return false;
    }
    at_ = end + 1;
    skip();
    return true;
  }

  /// A concept id with an optional term, `*`, or a constraint in parentheses.
  bool focus() {
    if (take("(")) {
      return constraint() && take(")");
    }
    if (take("*")) {
      return true;
    }
    const std::size_t from = at_;
    while (at_ < text_.size() && digit(text_[at_])) {
      ++at_;
    }
    const std::size_t length = at_ - from;
    skip();
    return length >= 6 && length <= 18 && text_[from] != '0' && term();
  }

  void prefixes() {
    constexpr std::array<std::string_view, 8> operators = {"<<!", ">>!", "<<", ">>",
                                                           "<!",  ">!",  "<",  ">"};
    for (const std::string_view op : operators) {
      if (take(op)) {
        break;
      }
    }
    take("^");
  }

  bool simple() {
    prefixes();
    return focus();
  }

  bool dotted() {
    if (!simple()) {
      return false;
    }
    while (take(".")) {
      if (!simple()) {
        return false;
      }
    }
    return true;
  }

  bool constraint() {
    if (++depth_ > deepest) {
      return false;
    }
    bool good = dotted() && (!take(":") || refinement());
    while (good && (word("AND") || word("OR") || word("MINUS") || take(","))) {
      good = dotted() && (!take(":") || refinement());
    }
    --depth_;
    return good;
  }

  bool refinement() {
    bool good = group();
    while (good && (word("AND") || word("OR") || take(","))) {
      good = group();
    }
    return good;
  }

  bool group() {
    cardinality();
    if (take("{")) {
      return attributes() && take("}");
    }
    if (text_.substr(at_).starts_with("(") && nested_refinement()) {
      return true;
    }
    return attribute();
  }

  bool nested_refinement() {
    const std::size_t before = at_;
    if (take("(") && refinement() && take(")")) {
      return true;
    }
    at_ = before;
    return false;
  }

  bool attributes() {
    bool good = attribute();
    while (good && (word("AND") || word("OR") || take(","))) {
      good = attribute();
    }
    return good;
  }

  void cardinality() {
    if (!take("[")) {
      return;
    }
    while (at_ < text_.size() && text_[at_] != ']') {
      ++at_;
    }
    take("]");
  }

  bool attribute() {
    cardinality();
    take("R ");
    if (!simple()) {
      return false;
    }
    constexpr std::array<std::string_view, 6> comparisons = {"!=", "<=", ">=", "=", "<", ">"};
    for (const std::string_view comparison : comparisons) {
      if (take(comparison)) {
        return value();
      }
    }
    return false;
  }

  bool value() {
    if (take("#")) {
      const std::size_t from = at_;
      take("-");
      while (at_ < text_.size() && (digit(text_[at_]) || text_[at_] == '.')) {
        ++at_;
      }
      skip();
      return at_ > from;
    }
    if (take("\"")) {
      const std::size_t end = text_.find('"', at_);
      at_ = end == std::string_view::npos ? text_.size() : end + 1;
      skip();
      return end != std::string_view::npos;
    }
    return dotted();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

bool is_expression_constraint(std::string_view text) {
  return Parser(text).whole();
}

}  // namespace lhcr::validate
