// SPDX-License-Identifier: Apache-2.0
#include "validate/plan/presence.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace lhcr::validate {
namespace {

using Op = Presence::Op;
using Step = Presence::Step;

/// Operators from the loosest to the tightest (FHIRPath N1, section 8.1).
struct Operator {
  std::string_view word;
  Op op;
};
constexpr std::array operators = {Operator{"implies", Op::implication},
                                  Operator{"or", Op::disjunction},
                                  Operator{"and", Op::conjunction}};

/// What a step leaves is a bit of a word, so that deeper nesting has none.
constexpr std::size_t most_open = 64;

class Parser {
 public:
  Parser(std::string_view text, const SymbolTable& symbols) : rest_(text), symbols_(symbols) {}

  /// The steps; empty where the text is something else.
  std::vector<Step> run() {
    const bool good = chain(0) && (space(), rest_.empty());
    return good ? std::move(steps_) : std::vector<Step>{};
  }

 private:
  void space() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }

  bool take(std::string_view word) {
    space();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  /// Operands joined by the operator of this level: each holds tighter ones only.
  bool chain(std::size_t level) {
    if (level == operators.size()) return operand();
    if (!chain(level + 1)) return false;
    while (take_operator(operators.at(level).word)) {
      if (!chain(level + 1)) return false;
      steps_.push_back({operators.at(level).op, no_symbol});
    }
    return true;
  }

  bool take_operator(std::string_view word) {
    space();
    const bool whole = rest_.starts_with(word) && rest_.size() > word.size() &&
                       (rest_[word.size()] == ' ' || rest_[word.size()] == '(');
    return whole && take(word);
  }

  bool operand() {
    if (take("(")) return ++open_ < most_open && chain(0) && take(")");
    const auto* const end = std::find_if_not(rest_.begin(), rest_.end(), is_alphanumeric);
    const std::string_view name = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    if (name.empty() || name.front() != small_letter(name.front())) return false;  // a type
    rest_.remove_prefix(name.size());
    if (take(".exists()")) return add(Op::exists, name);
    return take(".empty()") && add(Op::empty, name);
  }

  bool add(Op op, std::string_view name) {
    steps_.push_back({op, symbols_.find(name)});
    return !rest_.starts_with('.') && steps_.size() < most_open;
  }

  std::string_view rest_;
  const SymbolTable& symbols_;
  std::vector<Step> steps_;
  std::size_t open_ = 0;
};

bool has(const tree::Tree& tree, tree::NodeId node, Symbol name) noexcept {
  const tree::NodeId found = name == no_symbol ? tree::no_node : tree.child(node, name);
  return found != tree::no_node && !tree[found].is(tree::Flag::meta);
}

}  // namespace

Presence::Presence(std::string_view expression, const SymbolTable& symbols)
    : steps_(Parser(expression, symbols).run()) {}

bool Presence::holds(const tree::Tree& tree, tree::NodeId node) const noexcept {
  std::uint64_t found = 0;  // the latest answer lowest
  for (const Step& step : steps_) {
    if (step.op == Op::exists || step.op == Op::empty) {
      found = found << 1U | (has(tree, node, step.name) == (step.op == Op::exists) ? 1U : 0U);
      continue;
    }
    const bool right = (found & 1U) != 0;
    const bool left = (found & 2U) != 0;
    const bool answer = step.op == Op::conjunction   ? left && right
                        : step.op == Op::disjunction ? left || right
                                                     : !left || right;
    found = (found >> 2U) << 1U | (answer ? 1U : 0U);
  }
  return (found & 1U) != 0;
}

}  // namespace lhcr::validate
