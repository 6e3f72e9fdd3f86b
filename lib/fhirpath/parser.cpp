// SPDX-License-Identifier: Apache-2.0
#include "fhirpath/parser.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fhirpath/fhirpath.hpp"
#include "fhirpath/lexer.hpp"

namespace lhcr::fhirpath {
namespace {

struct Operator {
  std::string_view text;
  int binding;  // the larger, the tighter
  bool chain;   // associative: a op b op c is one node
};
constexpr int type_binding = 8;
constexpr Operator operators[] = {
    {"implies", 1, false},
    {"or", 2, true},
    {"xor", 2, false},
    {"and", 3, true},
    {"in", 4, false},
    {"contains", 4, false},
    {"=", 5, false},
    {"~", 5, false},
    {"!=", 5, false},
    {"!~", 5, false},
    {"<", 6, false},
    {">", 6, false},
    {"<=", 6, false},
    {">=", 6, false},
    {"|", 7, true},
    {"is", type_binding, false},
    {"as", type_binding, false},
    {"+", 9, false},
    {"-", 9, false},
    {"&", 9, false},
    {"*", 10, false},
    {"/", 10, false},
    {"div", 10, false},
    {"mod", 10, false},
};

/// Words that cannot begin a term.
constexpr std::array<std::string_view, 6> reserved = {"and", "or", "xor", "implies", "div", "mod"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> durations = {{
    {"year", "year"},
    {"years", "year"},
    {"month", "month"},
    {"months", "month"},
    {"week", "week"},
    {"weeks", "week"},
    {"day", "day"},
    {"days", "day"},
    {"hour", "hour"},
    {"hours", "hour"},
    {"minute", "minute"},
    {"minutes", "minute"},
    {"second", "second"},
    {"seconds", "second"},
    {"millisecond", "millisecond"},
    {"milliseconds", "millisecond"},
}};

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) { token_ = lexer_.next(); }

  SyntaxTree all() {
    tree_.root = expression(0);
    if (token_.kind != TokenKind::end) {
      unexpected();
    }
    return std::move(tree_);
  }

 private:
  [[noreturn]] void unexpected() const {
    const bool at_end = token_.kind == TokenKind::end;
    throw ExpressionError(
        at_end ? "The expression ends too early" : "Unexpected '" + token_.text + "'",
        token_.position);
  }
  void advance() { token_ = lexer_.next(); }
  [[nodiscard]] bool is_symbol(std::string_view text) const {
    return token_.kind == TokenKind::symbol && token_.text == text;
  }
  bool take(std::string_view text) {
    if (!is_symbol(text)) {
      return false;
    }
    advance();
    return true;
  }
  void expect(std::string_view text) {
    if (!take(text)) {
      unexpected();
    }
  }

  std::uint32_t add(Syntax node) {
    std::uint16_t below = 0;
    for (const std::uint32_t operand : node.operands) {
      below = std::max(below, tree_.nodes[operand].depth);
    }
    node.depth = static_cast<std::uint16_t>(below + 1);
    if (node.depth > max_depth) {
      throw ExpressionError("The expression is nested too deeply", node.position);
    }
    tree_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(tree_.nodes.size() - 1);
  }
  [[nodiscard]] Syntax make(SyntaxKind kind, std::string text = {}) const {
    Syntax node;
    node.kind = kind;
    node.position = static_cast<std::uint32_t>(token_.position);
    node.text = std::move(text);
    return node;
  }

  [[nodiscard]] const Operator* current_operator() const {
    if (token_.kind != TokenKind::symbol && token_.kind != TokenKind::identifier) {
      return nullptr;
    }
    const auto* const found =
        std::find_if(std::begin(operators), std::end(operators),
                     [&](const Operator& entry) { return entry.text == token_.text; });
    return found == std::end(operators) ? nullptr : found;
  }

  std::uint32_t expression(int binding) {
    if (++nesting_ > max_depth) {
      throw ExpressionError("The expression is nested too deeply", token_.position);
    }
    std::uint32_t left = unary();
    for (const Operator* next = current_operator(); next != nullptr && next->binding > binding;
         next = current_operator()) {
      left = next->binding == type_binding ? type_test(left, *next) : binary(left, *next);
    }
    --nesting_;
    return left;
  }

  std::uint32_t binary(std::uint32_t left, const Operator& op) {
    Syntax node = make(SyntaxKind::binary, std::string(op.text));
    advance();
    const std::uint32_t right = expression(op.binding);
    Syntax& first = tree_.nodes[left];
    if (op.chain && first.kind == SyntaxKind::binary && first.text == op.text) {
      // Long chains stay flat: their length is not nesting.
      first.operands.push_back(right);
      first.depth = std::max<std::uint16_t>(
          first.depth, static_cast<std::uint16_t>(tree_.nodes[right].depth + 1));
      return left;
    }
    node.operands = {left, right};
    return add(std::move(node));
  }

  std::uint32_t type_test(std::uint32_t left, const Operator& op) {
    Syntax node = make(SyntaxKind::type_test, std::string(op.text));
    advance();
    node.unit = name();
    while (take(".")) {
      node.unit += '.' + name();
    }
    node.operands = {left};
    return add(std::move(node));
  }

  std::string name() {
    if (token_.kind != TokenKind::identifier && token_.kind != TokenKind::delimited) {
      unexpected();
    }
    std::string text = std::move(token_.text);
    advance();
    return text;
  }

  std::uint32_t unary() {
    if (!is_symbol("-") && !is_symbol("+")) {
      return path();
    }
    Syntax node = make(is_symbol("-") ? SyntaxKind::negate : SyntaxKind::plus);
    advance();
    if (++nesting_ > max_depth) {
      throw ExpressionError("The expression is nested too deeply", token_.position);
    }
    node.operands = {unary()};
    --nesting_;
    return add(std::move(node));
  }

  std::uint32_t path() {
    std::uint32_t left = term();
    while (true) {
      if (take(".")) {
        left = token_.kind == TokenKind::special ? special_step(left) : step(left, true);
      } else if (is_symbol("[")) {
        Syntax node = make(SyntaxKind::index);
        advance();
        const std::uint32_t at = expression(0);
        expect("]");
        node.operands = {left, at};
        left = add(std::move(node));
      } else {
        return left;
      }
    }
  }

  /// `x.$this` is allowed by the grammar and means $this.
  std::uint32_t special_step(std::uint32_t /*input*/) { return literal(SyntaxKind::special); }

  std::uint32_t step(std::uint32_t input, bool has_input) {
    Syntax node = make(SyntaxKind::member);
    const bool bare = token_.kind == TokenKind::identifier;
    node.text = name();
    node.has_input = has_input;
    if (has_input) {
      node.operands = {input};
    }
    if (bare && is_symbol("(")) {
      node.kind = SyntaxKind::call;
      arguments(node);
    }
    return add(std::move(node));
  }

  void arguments(Syntax& call) {
    expect("(");
    if (take(")")) {
      return;
    }
    do {
      call.operands.push_back(argument(call.text == "sort"));
    } while (take(","));
    expect(")");
  }

  std::uint32_t argument(bool sort_key) {
    const std::uint32_t value = expression(0);
    if (!sort_key || token_.kind != TokenKind::identifier ||
        (token_.text != "asc" && token_.text != "desc")) {
      return value;
    }
    const bool descending = token_.text == "desc";
    Syntax node = make(SyntaxKind::descending);
    advance();
    node.operands = {value};
    return descending ? add(std::move(node)) : value;
  }

  std::uint32_t literal(SyntaxKind kind) {
    Syntax node = make(kind, std::move(token_.text));
    advance();
    return add(std::move(node));
  }

  std::uint32_t term() {
    switch (token_.kind) {
      case TokenKind::identifier:
        return word();
      case TokenKind::delimited:
        return step(0, false);
      case TokenKind::string:
        return literal(SyntaxKind::string);
      case TokenKind::integer:
        return number(SyntaxKind::integer);
      case TokenKind::decimal:
        return number(SyntaxKind::decimal);
      case TokenKind::date:
        return literal(SyntaxKind::date);
      case TokenKind::date_time:
        return literal(SyntaxKind::date_time);
      case TokenKind::time:
        return literal(SyntaxKind::time);
      case TokenKind::special:
        return literal(SyntaxKind::special);
      case TokenKind::external:
        return literal(SyntaxKind::external);
      case TokenKind::symbol:
        return bracketed();
      case TokenKind::end:
        break;
    }
    unexpected();
  }

  std::uint32_t word() {
    if (token_.text == "true" || token_.text == "false") {
      return literal(SyntaxKind::boolean);
    }
    if (std::find(reserved.begin(), reserved.end(), token_.text) != reserved.end()) {
      unexpected();
    }
    return step(0, false);
  }

  std::uint32_t bracketed() {
    if (take("{")) {
      const Syntax node = make(SyntaxKind::empty);
      expect("}");
      return add(node);
    }
    expect("(");
    const std::uint32_t inner = expression(0);
    expect(")");
    return inner;
  }

  std::uint32_t number(SyntaxKind kind) {
    Syntax node = make(kind, std::move(token_.text));
    advance();
    const std::string_view keyword =
        token_.kind == TokenKind::identifier ? calendar_unit(token_.text) : std::string_view();
    if (token_.kind == TokenKind::string || !keyword.empty()) {
      node.kind = SyntaxKind::quantity;
      node.calendar = !keyword.empty();
      node.unit = node.calendar ? std::string(keyword) : std::move(token_.text);
      advance();
    }
    return add(std::move(node));
  }

  Lexer lexer_;
  Token token_;
  SyntaxTree tree_;
  int nesting_ = 0;
};

}  // namespace

SyntaxTree parse(std::string_view text) {
  return Parser(text).all();
}

std::string_view calendar_unit(std::string_view word) noexcept {
  const auto* const found = std::find_if(durations.begin(), durations.end(),
                                         [&](const auto& entry) { return entry.first == word; });
  return found == durations.end() ? std::string_view() : found->second;
}

}  // namespace lhcr::fhirpath
