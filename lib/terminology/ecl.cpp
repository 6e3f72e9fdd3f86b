// SPDX-License-Identifier: Apache-2.0
#include "terminology/ecl.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.hpp"
#include "terminology/ecl_parser.hpp"

namespace lhcr::terminology {
namespace {

using Kind = EclNode::Kind;

constexpr std::size_t shortest_id = 6;
constexpr std::size_t longest_id = 18;

struct ReachSign {
  std::string_view sign;
  EclReach reach;
};
// Longer ones before those that they begin with.
constexpr std::array reach_signs = {
    ReachSign{"!!>", EclReach::top},
    ReachSign{"!!<", EclReach::bottom},
    ReachSign{"<<!", EclReach::children_or_self},
    ReachSign{">>!", EclReach::parents_or_self},
    ReachSign{"<<", EclReach::descendants_or_self},
    ReachSign{">>", EclReach::ancestors_or_self},
    ReachSign{"<!", EclReach::children},
    ReachSign{">!", EclReach::parents},
    ReachSign{"<", EclReach::descendants},
    ReachSign{">", EclReach::ancestors},
};
constexpr std::array reach_words = {
    ReachSign{"descendantOrSelfOf", EclReach::descendants_or_self},
    ReachSign{"descendantOf", EclReach::descendants},
    ReachSign{"childOrSelfOf", EclReach::children_or_self},
    ReachSign{"childOf", EclReach::children},
    ReachSign{"ancestorOrSelfOf", EclReach::ancestors_or_self},
    ReachSign{"ancestorOf", EclReach::ancestors},
    ReachSign{"parentOrSelfOf", EclReach::parents_or_self},
    ReachSign{"parentOf", EclReach::parents},
    ReachSign{"top", EclReach::top},
    ReachSign{"bottom", EclReach::bottom},
};

/// `whole` as the first part of a node of another kind.
EclNode wrap(EclNode whole, Kind kind) {
  EclNode made;
  made.kind = kind;
  made.parts.push_back(std::move(whole));
  return made;
}

bool is_plain_concept(const EclNode& node) {
  return node.kind == Kind::concept_id && node.reach == EclReach::self;
}

}  // namespace

class EclParser::Deeper {
 public:
  explicit Deeper(EclParser& parser) : parser_(parser) { ++parser_.depth_; }
  ~Deeper() { --parser_.depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

  bool allowed() {
    if (parser_.depth_ > deepest || parser_.fuel_ == 0) {
      return parser_.fail("less nesting");
    }
    --parser_.fuel_;
    return true;
  }

 private:
  EclParser& parser_;
};

bool EclParser::whole(EclNode& out) {
  skip();
  return constraint(out) && (at_end() || fail("the end of the constraint"));
}

bool EclParser::constraint(EclNode& out) {
  Deeper deeper(*this);
  if (!deeper.allowed() || !sub_constraint(out)) {
    return false;
  }
  if (take(":")) {
    out = wrap(std::move(out), Kind::refined);
    return refinement(out.parts.emplace_back());
  }
  if (peek() == '.') {
    out = wrap(std::move(out), Kind::dotted);
    while (take(".")) {
      if (!sub_constraint(out.parts.emplace_back())) {
        return false;
      }
    }
    return true;
  }
  return compound(out);
}

bool EclParser::compound(EclNode& out) {
  if (!word("MINUS")) {
    return joined(out, &EclParser::sub_constraint);
  }
  out = wrap(std::move(out), Kind::exclusion);
  return sub_constraint(out.parts.emplace_back());
}

bool EclParser::joined(EclNode& out, Rule rule) {
  const auto conjunction = [&] { return take(",") || word("AND"); };
  const auto disjunction = [&] { return word("OR"); };
  const bool all = conjunction();
  if (!all && !disjunction()) {
    return true;
  }
  out = wrap(std::move(out), all ? Kind::conjunction : Kind::disjunction);
  do {
    if (!(this->*rule)(out.parts.emplace_back())) {
      return false;
    }
  } while (all ? conjunction() : disjunction());
  const std::size_t before = at_;
  const bool mixed = conjunction() || disjunction() || word("MINUS");
  at_ = mixed ? before : at_;
  return !mixed || fail("brackets around one of the operators");
}

EclReach EclParser::reach() {
  for (const ReachSign& known : reach_signs) {
    if (take(known.sign)) {
      return known.reach;
    }
  }
  for (const ReachSign& known : reach_words) {
    if (word(known.sign)) {
      return known.reach;
    }
  }
  return EclReach::self;
}

bool EclParser::sub_constraint(EclNode& out) {
  Deeper deeper(*this);
  if (!deeper.allowed()) {
    return false;
  }
  const EclReach wanted = reach();
  if (!(take("^") || word("memberOf") ? member_of(out) : focus(out))) {
    return false;
  }
  if (wanted != EclReach::self) {
    // A reach of a bracketed constraint that has one of its own stands above it.
    out = out.reach == EclReach::self ? std::move(out) : wrap(std::move(out), Kind::disjunction);
    out.reach = wanted;
  }
  return filters(out);
}

bool EclParser::member_of(EclNode& out) {
  out.kind = Kind::member_of;
  return (!take("[") || fields(out)) && focus(out.parts.emplace_back());
}

bool EclParser::fields(EclNode& out) {
  if (take("*")) {
    out.fields.emplace_back("*");
  } else {
    do {
      out.fields.push_back(letters());
      skip();
    } while (!out.fields.back().empty() && take(","));
  }
  return !out.fields.back().empty() && take("]") ? true : fail("names of fields and ]");
}

bool EclParser::focus(EclNode& out) {
  if (take("(")) {
    return constraint(out) && (take(")") || fail(")"));
  }
  if (take("*") || word("ANY")) {
    out.kind = Kind::any;
    return true;
  }
  return is_digit(peek()) ? concept_reference(out) : alternate(out);
}

bool EclParser::concept_reference(EclNode& out) {
  const std::size_t from = at_;
  while (is_digit(peek())) {
    ++at_;
  }
  const std::size_t length = at_ - from;
  out.kind = Kind::concept_id;
  out.text = text_.substr(from, length);
  if (length < shortest_id || length > longest_id || text_[from] == '0') {
    at_ = from;
    return fail("a concept id of 6 to 18 digits");
  }
  skip();
  return term(out);
}

/// LOINC#54486-6
bool EclParser::alternate(EclNode& out) {
  const std::size_t from = at_;
  letters();
  if (at_ == from || !take("#")) {
    at_ = from;
    return fail("a concept id, * or (");
  }
  while (!at_end() &&
         std::string_view(" \t\r\n(){}[],=|:").find(peek()) == std::string_view::npos) {
    ++at_;
  }
  out.kind = Kind::alternate;
  out.text = text_.substr(from, at_ - from);
  skip();
  return term(out);
}

bool EclParser::refinement(EclNode& out) {
  Deeper deeper(*this);
  return deeper.allowed() && sub_refinement(out) && joined(out, &EclParser::sub_refinement);
}

bool EclParser::sub_refinement(EclNode& out) {
  if (peek() == '(' && nested_refinement(out)) {
    return true;
  }
  EclNode counted;
  if (!cardinality(counted)) {
    return false;
  }
  if (!(take("{") ? attribute_group(out) : attribute(out))) {
    return false;
  }
  out.cardinality = counted.cardinality ? counted.cardinality : out.cardinality;
  return true;
}

/// A bracket opens a refinement, or the name of an attribute.
bool EclParser::nested_refinement(EclNode& out) {
  const std::size_t before = at_;
  const EclFault fault = fault_;
  EclNode inner;
  if (take("(") && refinement(inner) && take(")")) {
    out = std::move(inner);
    return true;
  }
  at_ = before;
  fault_ = fault;
  return false;
}

bool EclParser::attribute_group(EclNode& out) {
  out.kind = Kind::group;
  return refinement(out.parts.emplace_back()) && (take("}") || fail("}"));
}

bool EclParser::attribute(EclNode& out) {
  out.kind = Kind::attribute;
  // "R 363698007" and "R363698007"; a name that begins with R is no concept.
  out.reverse = word("reverseOf") || take("R ") ||
                (peek() == 'R' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]) && take("R"));
  return sub_constraint(out.parts.emplace_back()) && comparison(out.comparison, true) &&
         attribute_value(out.parts.emplace_back());
}

bool EclParser::attribute_value(EclNode& out) {
  if (take("#")) {
    out.kind = Kind::number;
    return number(out.text);
  }
  if (peek() == '"') {
    return typed_term(out);
  }
  for (const std::string_view truth : {"true", "false"}) {
    if (word(truth)) {
      out.kind = Kind::boolean;
      out.text = truth;
      return true;
    }
  }
  return sub_constraint(out);
}

bool EclParser::cardinality(EclNode& out) {
  if (!take("[")) {
    return true;
  }
  EclCardinality made;
  if (!bound(made.min) || !(take("..") || word("to")) || !bound(made.max) || !take("]") ||
      made.max < made.min || made.min == 0xFFFFFFFF) {
    return fail("a cardinality such as [0..1] or [1..*]");
  }
  out.cardinality = made;
  return true;
}

bool EclParser::bound(std::uint32_t& value) {
  if (take("*") || word("many")) {
    value = 0xFFFFFFFF;
    return true;
  }
  const char* const from = text_.data() + at_;
  const auto [end, error] = std::from_chars(from, text_.data() + text_.size(), value);
  at_ += static_cast<std::size_t>(end - from);
  skip();
  return error == std::errc{};
}

std::optional<EclNode> parse_ecl(std::string_view text, EclFault* fault) {
  EclParser parser(text);
  EclNode made;
  if (parser.whole(made)) {
    return made;
  }
  if (fault != nullptr) {
    *fault = parser.fault();
  }
  return std::nullopt;
}

std::optional<std::vector<std::string_view>> listed_concepts(const EclNode& constraint) {
  if (is_plain_concept(constraint)) {
    return std::vector{constraint.text};
  }
  if (constraint.kind != Kind::disjunction || constraint.reach != EclReach::self ||
      !std::all_of(constraint.parts.begin(), constraint.parts.end(), is_plain_concept)) {
    return std::nullopt;
  }
  std::vector<std::string_view> ids;
  for (const EclNode& part : constraint.parts) {
    ids.push_back(part.text);
  }
  return ids;
}

}  // namespace lhcr::terminology
