// SPDX-License-Identifier: Apache-2.0
/// The words of expression constraints, and what stands in double braces.
#include <algorithm>
#include <array>
#include <span>

#include "base/ascii.hpp"
#include "terminology/ecl_parser.hpp"

namespace lhcr::terminology {
namespace {

using Kind = EclNode::Kind;

}  // namespace

// --- words ---

bool EclParser::fail(std::string_view expected) {
  if (fault_.expected.empty() || at_ >= fault_.at) {
    fault_ = {at_, std::string(expected)};
  }
  return false;
}

/// White space and comments.
void EclParser::skip() {
  while (!at_end()) {
    if (text_.substr(at_).starts_with("/*")) {
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) {
        return;
      }
      at_ = end + 2;
    } else if (std::string_view(" \t\r\n").find(peek()) != std::string_view::npos) {
      ++at_;
    } else {
      return;
    }
  }
}

bool EclParser::take(std::string_view token) {
  if (!text_.substr(at_).starts_with(token)) {
    return false;
  }
  at_ += token.size();
  skip();
  return true;
}

/// A keyword in any case that ends where its letters end.
bool EclParser::word(std::string_view word) {
  const std::size_t end = at_ + word.size();
  if (!same_letters(text_.substr(at_, word.size()), word) ||
      (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end])))) {
    return false;
  }
  at_ = end;
  skip();
  return true;
}

std::string_view EclParser::letters() {
  const std::size_t from = at_;
  while (is_letter(peek()) ||
         (at_ > from && (is_digit(peek()) || peek() == '-' || peek() == '_'))) {
    ++at_;
  }
  return text_.substr(from, at_ - from);
}

/// [+-] digits [. digits]
bool EclParser::number(std::string_view& out) {
  const std::size_t from = at_;
  at_ += peek() == '-' || peek() == '+' ? 1U : 0U;
  const auto digits = [&] {
    const std::size_t first = at_;
    while (is_digit(peek())) {
      ++at_;
    }
    return at_ > first;
  };
  bool good = digits();
  if (good && peek() == '.') {
    ++at_;
    good = digits();
  }
  out = text_.substr(from, at_ - from);
  const bool ends = peek() != '.' && !is_letter(peek());
  skip();
  return (good && ends) || fail("a number");
}

/// |term|, which may be left out.
bool EclParser::term(EclNode& out) {
  if (!take("|")) {
    return true;
  }
  const std::size_t end = text_.find('|', at_);
  if (end == std::string_view::npos || end == at_) {
    return fail("a term and |");
  }
  out.term = text_.substr(at_, end - at_);
  out.term = out.term.substr(0, out.term.find_last_not_of(" \t\r\n") + 1);
  at_ = end + 1;
  skip();
  return true;
}

bool EclParser::comparison(std::string_view& out, bool ordered) {
  constexpr std::array<std::string_view, 2> equal = {"!=", "="};
  constexpr std::array<std::string_view, 5> order = {"<>", "<=", ">=", "<", ">"};
  if (word("not")) {
    out = "!=";
    return take("=") || fail("=");
  }
  for (const std::string_view sign : equal) {
    if (take(sign)) {
      out = sign;
      return true;
    }
  }
  for (const std::string_view sign : order) {
    if ((ordered || sign == "<>") && take(sign)) {
      out = sign == "<>" ? "!=" : sign;
      return true;
    }
  }
  return fail(ordered ? "=, !=, <, <=, > or >=" : "= or !=");
}

bool EclParser::quoted(std::string_view& out) {
  const std::size_t from = at_ + 1;
  if (peek() != '"') {
    return fail("a text in quotes");
  }
  for (std::size_t at = from; at < text_.size(); ++at) {
    if (text_[at] == '\\') {
      ++at;
    } else if (text_[at] == '"') {
      out = text_.substr(from, at - from);
      at_ = at + 1;
      skip();
      return !out.empty() || fail("a text that is not empty");
    }
  }
  return fail("the closing quote");
}

// --- filters ---

bool EclParser::filters(EclNode& out) {
  while (text_.substr(at_).starts_with("{{")) {
    if (!braces(out)) {
      return false;
    }
  }
  return true;
}

bool EclParser::braces(EclNode& out) {
  take("{{");
  if (out.kind == Kind::history) {
    return fail("nothing behind a history supplement");
  }
  EclNode within;
  within.parts.push_back(std::move(out));
  out = std::move(within);
  if (take("+")) {
    return history(out);
  }
  char domain = 'D';
  for (const char known : {'D', 'C', 'M'}) {
    const std::string_view letter(&known, 1);
    domain = word(letter) ? known : domain;
  }
  out.kind = Kind::filtered;
  do {
    if (!filter(out.parts.emplace_back(), domain)) {
      return false;
    }
  } while (take(","));
  return take("}}") || fail("}}");
}

bool EclParser::history(EclNode& out) {
  out.kind = Kind::history;
  const std::size_t from = at_;
  const std::string_view keyword = letters();
  skip();
  constexpr std::array<std::string_view, 3> profiles = {"MIN", "MOD", "MAX"};
  constexpr std::string_view history = "HISTORY";
  const std::string_view suffix = keyword.substr(std::min(keyword.size(), history.size()));
  const bool known = std::any_of(profiles.begin(), profiles.end(), [&](std::string_view profile) {
    return suffix.size() == profile.size() + 1 && same_letters(suffix.substr(1), profile);
  });
  if (!same_letters(keyword.substr(0, history.size()), history) || (!suffix.empty() && !known)) {
    at_ = from;
    return fail("HISTORY, HISTORY-MIN, HISTORY-MOD or HISTORY-MAX");
  }
  out.field = suffix.substr(suffix.empty() ? 0 : 1);
  if (suffix.empty() && take("(") && !(constraint(out.parts.emplace_back()) && take(")"))) {
    return fail(")");
  }
  return take("}}") || fail("}}");
}

namespace {

struct FilterField {
  std::string_view name;
  std::string_view domains;  ///< D, C, M
  bool ordered;              ///< < and the like make sense
  enum class Value : std::uint8_t { term, token, concepts, dialect, time } value;
};
using Value = FilterField::Value;
constexpr std::array filter_fields = {
    FilterField{"term", "D", false, Value::term},
    FilterField{"language", "D", false, Value::token},
    FilterField{"typeId", "D", false, Value::concepts},
    FilterField{"type", "D", false, Value::token},
    FilterField{"dialectId", "D", false, Value::dialect},
    FilterField{"dialect", "D", false, Value::dialect},
    FilterField{"id", "D", false, Value::token},
    FilterField{"definitionStatusId", "C", false, Value::concepts},
    FilterField{"definitionStatus", "C", false, Value::token},
    FilterField{"moduleId", "DCM", false, Value::concepts},
    FilterField{"effectiveTime", "DCM", true, Value::time},
    FilterField{"active", "DCM", false, Value::token},
};

}  // namespace

bool EclParser::filter(EclNode& out, char domain) {
  out.kind = Kind::filter;
  out.domain = domain;
  const std::size_t from = at_;
  out.field = letters();
  skip();
  const auto* const known =
      std::find_if(filter_fields.begin(), filter_fields.end(), [&](const FilterField& row) {
        return same_letters(row.name, out.field) &&
               row.domains.find(domain) != std::string_view::npos;
      });
  const bool any = known == filter_fields.end();
  if (out.field.empty() || (any && domain != 'M')) {
    at_ = from;
    return fail("the name of a filter");
  }
  if (!comparison(out.comparison, any || known->ordered)) {
    return false;
  }
  EclNode& value = out.parts.emplace_back();
  if (any) {
    return member_value(value);
  }
  switch (known->value) {
    case Value::term:
      return one_or_list(value, &EclParser::typed_term);
    case Value::token:
      return one_or_list(value, &EclParser::plain_token);
    case Value::concepts:
      return concept_value(value);
    case Value::dialect:
      return dialects(value);
    case Value::time:
      return one_or_list(value, &EclParser::quoted_time);
  }
  return false;
}

bool EclParser::one_or_list(EclNode& out, Rule rule) {
  if (!take("(")) {
    return (this->*rule)(out);
  }
  out.kind = Kind::list;
  while (!take(")")) {
    if (at_end() || !(this->*rule)(out.parts.emplace_back())) {
      return fail(")");
    }
  }
  return !out.parts.empty() || fail("a value");
}

/// match:"...", wild:"...", exact:"..." or "..."
bool EclParser::typed_term(EclNode& out) {
  out.kind = Kind::string;
  for (const std::string_view type : {"match", "wild", "exact"}) {
    if (word(type)) {
      out.field = type;
      return (take(":") || fail(":")) && quoted(out.text);
    }
  }
  out.field = "match";
  return quoted(out.text);
}

bool EclParser::quoted_time(EclNode& out) {
  out.kind = Kind::string;
  constexpr std::size_t day = 8;
  return quoted(out.text) &&
         ((out.text.size() == day && std::all_of(out.text.begin(), out.text.end(), is_digit)) ||
          fail("a day as \"YYYYMMDD\""));
}

bool EclParser::plain_token(EclNode& out) {
  out.kind = Kind::token;
  const std::size_t from = at_;
  while (is_letter(peek()) || is_digit(peek()) || peek() == '-') {
    ++at_;
  }
  out.text = text_.substr(from, at_ - from);
  skip();
  return !out.text.empty() || fail("a word");
}

/// en-gb, or a concept; behind it how acceptable: (prefer).
bool EclParser::dialect(EclNode& out) {
  const bool good = is_digit(peek()) ? concept_reference(out) : plain_token(out);
  return good && acceptability(out);
}

/// A dialect or a list of them; an acceptability behind the list is that of all which have none of
/// their own.
bool EclParser::dialects(EclNode& out) {
  EclNode behind;
  if (!one_or_list(out, &EclParser::dialect) ||
      (out.kind == Kind::list && !acceptability(behind))) {
    return false;
  }
  for (EclNode& one :
       out.kind == Kind::list ? std::span<EclNode>(out.parts) : std::span<EclNode>()) {
    if (one.parts.empty()) {
      one.parts = behind.parts;
    }
  }
  return true;
}

bool EclParser::acceptability(EclNode& out) {
  if (!take("(")) {
    return true;
  }
  EclNode& list = out.parts.emplace_back();
  list.kind = Kind::list;
  while (!take(")")) {
    EclNode& item = list.parts.emplace_back();
    if (at_end() || !(is_digit(peek()) ? concept_reference(item) : plain_token(item))) {
      return fail(")");
    }
  }
  return !list.parts.empty() || fail("how acceptable the dialect is");
}

/// A constraint, or a list of concepts with nothing between them.
bool EclParser::concept_value(EclNode& out) {
  const std::size_t before = at_;
  const EclFault fault = fault_;
  if (peek() == '(' && one_or_list(out, &EclParser::concept_reference) && out.parts.size() > 1) {
    return true;
  }
  at_ = before;
  fault_ = fault;
  out = {};
  return sub_constraint(out);
}

bool EclParser::member_value(EclNode& out) {
  const bool terms = peek() == '"' || text_.substr(at_).starts_with("(\"") || is_letter(peek());
  if (terms && peek() != '(' && is_letter(peek())) {
    for (const std::string_view type : {"match", "wild", "exact"}) {
      if (same_letters(text_.substr(at_, type.size()), type)) {
        return typed_term(out);
      }
    }
  }
  return terms && !is_letter(peek()) ? one_or_list(out, &EclParser::typed_term)
                                     : attribute_value(out);
}

}  // namespace lhcr::terminology
