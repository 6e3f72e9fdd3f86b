// SPDX-License-Identifier: Apache-2.0
#include "terminology/query/ecl_evaluator.hpp"

#include <algorithm>

#include "terminology/store/words.hpp"

namespace lhcr::terminology {
namespace {

using Kind = EclNode::Kind;

}  // namespace

EclAnswer EclEvaluator::answer(const EclNode& node) {
  ConceptSet found = constraint(node);
  if (answer_.good()) {
    answer_.concepts = std::move(found);
  }
  return std::move(answer_);
}

void EclEvaluator::refuse(std::string why) {
  if (answer_.error.empty()) {
    answer_.error = std::move(why);
  }
}

void EclEvaluator::leave_open(std::string why) {
  if (answer_.not_checked.empty()) {
    answer_.not_checked = std::move(why);
  }
}

ConceptSet EclEvaluator::everything() const {
  ConceptSet all;
  all.append({0, snomed_.active_count()});
  return all;
}

ConceptSet EclEvaluator::constraint(const EclNode& node) {
  ConceptSet from = focus(node);
  return failed() ? ConceptSet{} : reached(std::move(from), node.reach);
}

ConceptSet EclEvaluator::focus(const EclNode& node) {
  switch (node.kind) {
    case Kind::concept_id:
      return concept_of(node);
    case Kind::any:
      return everything();
    case Kind::member_of:
      return member_of(node);
    case Kind::conjunction:
    case Kind::disjunction:
    case Kind::exclusion:
      return compound(node);
    case Kind::dotted:
      return dotted(node);
    case Kind::refined:
      return refined(constraint(node.parts[0]), node.parts[1]);
    case Kind::filtered:
      return filtered(node);
    case Kind::history:
      return history(node);
    case Kind::alternate:
      return identified(node);
    default:
      refuse("a part of the constraint stands where it does not belong");
      return {};
  }
}

ConceptSet EclEvaluator::concept_of(const EclNode& node) {
  const Ordinal found = snomed_.find(node.text);
  if (found == no_concept) {
    refuse("the edition has no concept " + std::string(node.text));
    return {};
  }
  return ConceptSet::of_sorted(std::span(&found, 1));
}

/// "LOINC#54486-6": which alias a scheme has is for who evaluates (section 6.1); here the first
/// word of one of its terms.
ConceptSet EclEvaluator::identified(const EclNode& node) {
  const std::size_t sign = node.text.find('#');
  const std::string alias = folded(node.text.substr(0, sign));
  std::vector<Ordinal> meant;
  for (const IdentifierRow& row : snomed_.identifiers(node.text.substr(sign + 1))) {
    snomed_.each_term(row.scheme, [&](std::string_view term, const StyleRow& style) {
      const std::string plain = folded(term);
      const auto words = words_of(plain);
      if (style.active != 0 && !words.empty() && words.front() == alias) {
        meant.push_back(row.meant);
      }
    });
  }
  if (meant.empty()) {
    leave_open("the edition has no identifier " + std::string(node.text));
  }
  return ConceptSet::of(std::move(meant));
}

ConceptSet EclEvaluator::compound(const EclNode& node) {
  ConceptSet made = constraint(node.parts.front());
  for (std::size_t at = 1; at < node.parts.size() && !failed(); ++at) {
    const ConceptSet other = constraint(node.parts[at]);
    if (node.kind == Kind::conjunction) {
      made = made.intersected(other);
    } else {
      made = node.kind == Kind::exclusion ? made.without(other) : made.united(other);
    }
  }
  return made;
}

// --- hierarchy ---

ConceptSet EclEvaluator::reached(ConceptSet from, EclReach reach) {
  switch (reach) {
    case EclReach::self:
      return from;
    case EclReach::descendants:
    case EclReach::descendants_or_self:
      return below(from, reach == EclReach::descendants_or_self);
    case EclReach::children:
      return next(from, true);
    case EclReach::children_or_self:
      return next(from, true).united(from);
    case EclReach::ancestors:
    case EclReach::ancestors_or_self:
      return above(from, reach == EclReach::ancestors_or_self);
    case EclReach::parents:
      return next(from, false);
    case EclReach::parents_or_self:
      return next(from, false).united(from);
    case EclReach::top:
      return from.without(below(from, false));
    case EclReach::bottom:
      return from.without(above(from, false));
  }
  return {};
}

ConceptSet EclEvaluator::below(const ConceptSet& from, bool self) {
  std::vector<Interval> parts;
  Ordinal last = no_concept;
  from.each([&](Ordinal member) {
    // What is below one that was taken adds nothing; preorder brings the higher one first.
    if (last != no_concept && last != member && snomed_.is_below_or_same(member, last)) {
      return;
    }
    last = member;
    const ConceptSet under = snomed_.below(member);
    for (const Interval& part : under.parts()) {
      if (self || member < part.first || member >= part.end) {
        parts.push_back(part);
      } else {
        parts.push_back({part.first, member});
        parts.push_back({member + 1, part.end});
      }
    }
  });
  std::erase_if(parts, [](const Interval& part) { return part.first >= part.end; });
  return ConceptSet::of(std::move(parts));
}

ConceptSet EclEvaluator::next(const ConceptSet& from, bool down) {
  std::vector<Ordinal> members;
  from.each([&](Ordinal member) {
    const auto found = down ? snomed_.children(member) : snomed_.parents(member);
    members.insert(members.end(), found.begin(), found.end());
  });
  return ConceptSet::of(std::move(members));
}

ConceptSet EclEvaluator::above(const ConceptSet& from, bool self) {
  std::vector<bool> seen(snomed_.active_count());
  std::vector<Ordinal> found;
  const auto add_parents = [&](Ordinal member) {
    for (const Ordinal parent : snomed_.parents(member)) {
      if (parent < seen.size() && !seen[parent]) {
        seen[parent] = true;
        found.push_back(parent);
      }
    }
  };
  from.each(add_parents);
  for (std::size_t at = 0; at < found.size(); ++at) {
    add_parents(found[at]);
  }
  ConceptSet made = ConceptSet::of(std::move(found));
  return self ? made.united(from) : made;
}

// --- reference sets ---

ConceptSet EclEvaluator::member_of(const EclNode& node) {
  if (!node.fields.empty() &&
      (node.fields.size() > 1 || !same_word(node.fields.front(), "referencedComponentId"))) {
    if (node.fields.size() > 1 || node.fields.front() == "*") {
      leave_open("several fields of members are a table, not concepts");
      return {};
    }
    return selected_fields(node, node.fields.front());
  }
  const ConceptSet refsets = constraint(node.parts[0]);
  ConceptSet members;
  std::size_t outside = 0;
  for (const RefsetRow& row : snomed_.refsets()) {
    if (refsets.contains(row.refset)) {
      members = members.united(snomed_.members(row));
      outside += row.outside;
    }
  }
  if (members.empty() && outside > 0) {
    leave_open("the members of the reference set are not concepts of the edition");
  }
  return members;
}

ConceptSet EclEvaluator::selected_fields(const EclNode& node, std::string_view field) {
  const ConceptSet refsets = constraint(node.parts[0]);
  std::vector<Ordinal> values;
  bool known = true;
  for (const RefsetRow& row : snomed_.refsets()) {
    if (refsets.contains(row.refset)) {
      each_member(row, true, [&](const Member& member) {
        const auto value = concept_field(member, field);
        known = known && value.has_value();
        if (value.value_or(no_concept) != no_concept) {
          values.push_back(*value);
        }
      });
    }
  }
  if (!known) {
    leave_open("the field " + std::string(field) + " of the members holds no concepts");
  }
  return ConceptSet::of(std::move(values));
}

// --- history ---

/// ECL 2.2 section 6.11: which associations a profile stands for.
ConceptSet EclEvaluator::associations(const EclNode& node) {
  if (node.parts.size() > 1) {
    return constraint(node.parts[1]);
  }
  std::vector<std::uint64_t> ids = {sctid::same_as};
  if (same_word(node.field, "MOD")) {
    ids.insert(ids.end(), {sctid::replaced_by, sctid::was_a, sctid::partially_equivalent_to});
  }
  if (node.field.empty() || same_word(node.field, "MAX")) {
    const Ordinal top = snomed_.find(sctid::historical_association);
    std::vector<Ordinal> all;
    for (const RefsetRow& row : snomed_.refsets()) {
      // Without the hierarchy of metadata every association counts.
      if (row.kind == RefsetKind::association &&
          (top == no_concept || snomed_.children(top).empty() ||
           snomed_.is_below_or_same(row.refset, top))) {
        all.push_back(row.refset);
      }
    }
    return ConceptSet::of(std::move(all));
  }
  std::vector<Ordinal> found;
  for (const std::uint64_t id : ids) {
    if (snomed_.find(id) != no_concept) {
      found.push_back(snomed_.find(id));
    }
  }
  return ConceptSet::of(std::move(found));
}

ConceptSet EclEvaluator::history(const EclNode& node) {
  const ConceptSet from = constraint(node.parts[0]);
  const ConceptSet chosen = associations(node);
  std::vector<Ordinal> older;
  for (const RefsetRow& row : snomed_.refsets()) {
    if (row.kind != RefsetKind::association || !chosen.contains(row.refset)) {
      continue;
    }
    for (const LinkRow& link : snomed_.links(row)) {
      if (from.contains(link.target) && !snomed_.is_active(link.source)) {
        older.push_back(link.source);
      }
    }
  }
  return from.united(ConceptSet::of(std::move(older)));
}

// --- helpers ---

bool same_word(std::string_view left, std::string_view right) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

std::span<const EclNode> items(const EclNode& node) noexcept {
  return node.kind == Kind::list ? std::span<const EclNode>(node.parts)
                                 : std::span<const EclNode>(&node, 1);
}

bool compares(int order, std::string_view comparison) noexcept {
  if (comparison == "=" || comparison == "!=") {
    return (order == 0) == (comparison == "=");
  }
  if (order == 0) {
    return comparison.size() == 2;  // <= >=
  }
  return (order < 0) == (comparison.front() == '<');
}

EclAnswer evaluate(const Snomed& snomed, const EclNode& constraint) {
  return EclEvaluator(snomed).answer(constraint);
}

EclAnswer evaluate(const Snomed& snomed, std::string_view constraint) {
  EclFault fault;
  const auto parsed = parse_ecl(constraint, &fault);
  if (!parsed) {
    EclAnswer answer;
    answer.error =
        "column " + std::to_string(fault.at + 1) + ": " + fault.expected + " is expected";
    return answer;
  }
  return evaluate(snomed, *parsed);
}

}  // namespace lhcr::terminology
