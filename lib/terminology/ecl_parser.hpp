// SPDX-License-Identifier: Apache-2.0
/// The recursive descent over expression constraints. Every function takes what it is named after
/// and the white space and comments behind it; false: the text is no constraint.
#pragma once

#include "terminology/ecl.hpp"

namespace lhcr::terminology {

class EclParser {
 public:
  explicit EclParser(std::string_view text) : text_(text), fuel_(text.size() * 32 + 1024) {}
  bool whole(EclNode& out);
  [[nodiscard]] const EclFault& fault() const noexcept { return fault_; }

 private:
  static constexpr int deepest = 60;
  class Deeper;
  using Rule = bool (EclParser::*)(EclNode&);

  // --- ecl.cpp: constraints and refinements ---
  bool constraint(EclNode& out);
  bool compound(EclNode& out);
  bool sub_constraint(EclNode& out);
  bool focus(EclNode& out);
  bool member_of(EclNode& out);
  bool fields(EclNode& out);
  bool concept_reference(EclNode& out);
  bool alternate(EclNode& out);
  EclReach reach();
  bool refinement(EclNode& out);
  bool sub_refinement(EclNode& out);
  bool nested_refinement(EclNode& out);
  bool attribute_group(EclNode& out);
  bool attribute(EclNode& out);
  bool attribute_value(EclNode& out);
  bool cardinality(EclNode& out);
  bool bound(std::uint32_t& value);
  /// A rule, and more of it with one kind of operator between them; two kinds need brackets.
  bool joined(EclNode& out, Rule rule);

  // --- ecl_filter.cpp ---
  bool filters(EclNode& out);
  bool braces(EclNode& out);
  bool history(EclNode& out);
  bool filter(EclNode& out, char domain);
  bool filter_value(EclNode& out);
  bool typed_term(EclNode& out);
  bool quoted_time(EclNode& out);
  bool dialect(EclNode& out);
  bool dialects(EclNode& out);
  bool acceptability(EclNode& out);
  bool plain_token(EclNode& out);
  bool member_value(EclNode& out);
  bool concept_value(EclNode& out);
  /// One of the rule, or several in brackets.
  bool one_or_list(EclNode& out, Rule rule);
  bool quoted(std::string_view& out);
  bool comparison(std::string_view& out, bool ordered);

  // --- words ---
  void skip();
  bool take(std::string_view token);
  bool word(std::string_view word);
  bool number(std::string_view& out);
  [[nodiscard]] bool at_end() const noexcept { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : text_[at_]; }
  std::string_view letters();
  bool term(EclNode& out);
  bool fail(std::string_view expected);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t fuel_;  // steps that are left
  int depth_ = 0;
  EclFault fault_;
};

}  // namespace lhcr::terminology
