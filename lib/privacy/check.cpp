// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <deque>
#include <unordered_map>

#include <re2/re2.h>

#include "base/check_digit.hpp"
#include "finding/id.hpp"
#include "privacy/dates.hpp"
#include "privacy/privacy.hpp"

namespace lhcr::privacy {
namespace {

struct Identifying {
  std::string_view type;
  std::string_view element;
  std::size_t least;  ///< characters
  std::string_view what;
};
constexpr std::array identifying{
#define LHCR_IDENTIFYING(type, element, least, what) Identifying{type, element, least, what},
#include "privacy/identifying.def"
#undef LHCR_IDENTIFYING
};

class Pattern {
 public:
  Pattern(std::string_view what, const char* expression)
      : what_(what), expression_(expression, RE2::Quiet) {}
  [[nodiscard]] std::string_view what() const { return what_; }
  [[nodiscard]] bool in(std::string_view text) const {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), expression_);
  }

 private:
  std::string_view what_;
  RE2 expression_;
};

const std::deque<Pattern>& patterns() {
  static const std::deque<Pattern> all = [] {
    std::deque<Pattern> made;
#define LHCR_PATTERN(what, expression) made.emplace_back(what, expression);
#include "privacy/patterns.def"
#undef LHCR_PATTERN
    return made;
  }();
  return all;
}

/// Ten digits, as they are or in groups, of which the last checks the others; test numbers are
/// nobody's.
bool holds_nhs_number(std::string_view text) {
  static const RE2 number(
      R"((?:^|[^0-9A-Za-z.-])([0-9]{3})[ -]?([0-9]{3})[ -]?([0-9]{4})(?:$|[^0-9A-Za-z.-]))",
      RE2::Quiet);
  re2::StringPiece rest(text.data(), text.size());
  std::string first;
  std::string second;
  std::string third;
  while (RE2::FindAndConsume(&rest, number, &first, &second, &third)) {
    std::string digits = first;
    digits.append(second).append(third);
    if (first != "999" && has_modulus11_check_digit(digits)) return true;
  }
  return false;
}

class Checker {
 public:
  Checker(const tree::Tree& tree, const definition::Definitions& definitions, finding::Sink& sink)
      : tree_(tree), paths_(tree), definitions_(definitions), sink_(sink) {}

  void node(tree::NodeId id) {
    const tree::Node& node = tree_[id];
    if (node.is(tree::Flag::meta) || node.length == 0) return;
    const std::string_view what = by_place(node);
    if (!what.empty()) {
      report(id, what);
    } else if (node.kind == tree::Kind::string) {
      by_text(id, node.text());
    }
  }

 private:
  [[nodiscard]] std::string_view by_place(const tree::Node& node) const {
    const definition::TypeId type = tree_[node.parent].type;
    if (type == definition::no_type) return {};
    const std::string_view type_name = definitions_.info(type).name;
    const std::string_view element = tree_.name(node.element);
    for (const Identifying& row : identifying) {
      const bool here = row.element == element && row.type == type_name;
      if (here && node.length >= row.least) return row.what;
    }
    return {};
  }

  void by_text(tree::NodeId id, std::string_view text) {
    if (holds_nhs_number(text)) report(id, "an NHS number");
    for (const Pattern& pattern : patterns()) {
      if (pattern.in(text)) report(id, pattern.what());
    }
  }

  void report(tree::NodeId id, std::string_view what) {
    sink_.add(finding::about(paths_, id, finding::Id::privacy_identifies, {std::string(what)}));
  }

  const tree::Tree& tree_;
  tree::Paths paths_;
  const definition::Definitions& definitions_;
  finding::Sink& sink_;
};

// Recursion is as deep as the record, which the reader bounds.
// NOLINTNEXTLINE(misc-no-recursion)
void check_below(const tree::Tree& tree, tree::NodeId node, Checker& checker) {
  for (const tree::NodeId child : tree.children(node)) {
    checker.node(child);
    check_below(tree, child, checker);
  }
}

}  // namespace

void check(const tree::Tree& tree, const definition::Definitions& definitions,
           finding::Sink& sink) {
  Checker checker(tree, definitions, sink);
  check_below(tree, tree::root_node, checker);
}

}  // namespace lhcr::privacy
