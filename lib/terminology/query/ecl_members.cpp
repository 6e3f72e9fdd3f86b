// SPDX-License-Identifier: Apache-2.0
/// Members of reference sets and their fields (ECL 2.2 section 6.10).
#include <algorithm>

#include "terminology/query/ecl_evaluator.hpp"

namespace lhcr::terminology {
namespace {

using Kind = EclNode::Kind;

/// A field of a map beside its concepts.
std::optional<std::string> map_field(const Snomed& snomed, const MapRow& row,
                                     std::string_view field) {
  const DetailRow& detail = snomed.detail(row);
  const auto text = [&](std::uint32_t at) { return std::string(snomed.image().text(at)); };
  if (same_word(field, "mapTarget")) {
    return text(row.target);
  }
  if (same_word(field, "mapRule")) {
    return text(detail.rule);
  }
  if (same_word(field, "mapAdvice")) {
    return text(detail.advice);
  }
  if (same_word(field, "mapGroup")) {
    return std::to_string(detail.group);
  }
  if (same_word(field, "mapPriority")) {
    return std::to_string(detail.priority);
  }
  return same_word(field, "mapBlock") ? std::optional(std::to_string(detail.block)) : std::nullopt;
}

/// What stands before one or several pairs of braces.
const EclNode& filtered_members(const EclNode& node) {
  const EclNode& before = node.parts[0];
  const bool more = before.kind == Kind::filtered && before.reach == EclReach::self &&
                    before.parts[1].domain == 'M';
  return more ? filtered_members(before) : before;
}

bool asks_activity(const EclNode& filter) {
  return same_word(filter.field, "active");
}

}  // namespace

void EclEvaluator::each_member(const RefsetRow& refset, bool active,
                               const std::function<void(const Member&)>& visit) const {
  std::size_t place = 0;
  for (const LinkRow& row : snomed_.links(refset)) {
    visit({row.source, &refset, &row, nullptr, place++, active});
  }
  for (const MapRow& row : snomed_.maps(refset)) {
    visit({row.source, &refset, nullptr, &row, place++, active});
  }
  if (refset.row_count == 0) {
    snomed_.members(refset).each([&](Ordinal member) {
      visit({member, &refset, nullptr, nullptr, place++, active});
    });
  }
}

std::optional<std::string> EclEvaluator::text_field(const Member& member,
                                                    std::string_view field) const {
  if (member.map == nullptr) {
    return std::nullopt;
  }
  if (member.refset->kind == RefsetKind::map) {
    return map_field(snomed_, *member.map, field);
  }
  for (const auto& [name, value] : snomed_.fields(*member.refset, *member.map)) {
    if (same_word(name, field)) {
      return std::string(value);
    }
  }
  return std::nullopt;
}

/// no_concept: it is there and names none.
std::optional<Ordinal> EclEvaluator::concept_field(const Member& member,
                                                   std::string_view field) const {
  if (same_word(field, "referencedComponentId")) {
    return member.source;
  }
  if (same_word(field, "refsetId")) {
    return member.refset->refset;
  }
  if (member.link != nullptr) {
    const bool value = member.refset->kind == RefsetKind::attribute_value;
    return same_word(field, value ? "valueId" : "targetComponentId")
               ? std::optional(member.link->target)
               : std::nullopt;
  }
  if (member.map != nullptr && member.refset->kind == RefsetKind::map) {
    const DetailRow& detail = snomed_.detail(*member.map);
    if (same_word(field, "correlationId")) {
      return detail.correlation;
    }
    return same_word(field, "mapCategoryId") ? std::optional(detail.category) : std::nullopt;
  }
  const auto text = text_field(member, field);
  return text ? std::optional(snomed_.find(std::string_view(*text))) : std::nullopt;
}

/// Active members, and inactive ones when their activity is asked for.
ConceptSet EclEvaluator::member_filters(const EclNode& node) {
  const EclNode& members = filtered_members(node);
  if (members.kind != Kind::member_of) {
    refuse("filters of members stand behind a reference set: ^ ... {{ M ... }}");
    return {};
  }
  if (members.fields.size() > 1 || (!members.fields.empty() && members.fields.front() == "*")) {
    leave_open("several fields of members are a table, not concepts");
    return {};
  }
  const ConceptSet refsets = constraint(members.parts[0]);
  const std::span filters(node.parts.begin() + 1, node.parts.end());
  std::vector<MemberTest> tests;
  for (const EclNode& filter : filters) {
    auto test = member_test(filter);
    if (!test || failed()) {
      return {};
    }
    tests.push_back(std::move(*test));
  }
  const std::string_view field =
      members.fields.empty() ? "referencedComponentId" : members.fields.front();
  std::vector<Ordinal> found;
  const auto collect = [&](std::span<const RefsetRow> rows, bool active) {
    for (const RefsetRow& row : rows) {
      if (refsets.contains(row.refset)) {
        each_member(row, active, [&](const Member& member) {
          if (std::all_of(tests.begin(), tests.end(),
                          [&](const MemberTest& test) { return test(member); })) {
            found.push_back(concept_field(member, field).value_or(no_concept));
          }
        });
      }
    }
  };
  collect(snomed_.refsets(), true);
  if (std::any_of(filters.begin(), filters.end(), asks_activity)) {
    collect(snomed_.inactive_refsets(), false);
  }
  std::erase(found, no_concept);
  const ConceptSet made = ConceptSet::of(std::move(found));
  // Another member of the concept may pass the filters in the braces before.
  return &members == &node.parts[0] ? made : made.intersected(constraint(node.parts[0]));
}

std::optional<EclEvaluator::MemberTest> EclEvaluator::member_test(const EclNode& filter) {
  const EclNode& value = filter.parts[0];
  const bool negated = filter.comparison == "!=";
  if (asks_activity(filter)) {
    const auto wanted = truth_of(value.text);
    if (!wanted) {
      refuse("active is 1, 0, true or false");
      return std::nullopt;
    }
    return [right = *wanted != negated](const Member& member) { return member.active == right; };
  }
  if (same_word(filter.field, "effectiveTime")) {
    return [this, &filter](const Member& member) {
      return passes_day(snomed_.member_origin(*member.refset, member.place).day, filter);
    };
  }
  if (same_word(filter.field, "moduleId")) {
    return [this, negated, wanted = concepts_of(value)](const Member& member) {
      const auto origin = snomed_.member_origin(*member.refset, member.place);
      return wanted.contains(snomed_.find(origin.module)) != negated;
    };
  }
  const bool text =
      value.kind == Kind::string || (value.kind == Kind::list && !value.parts.empty() &&
                                     value.parts.front().kind == Kind::string);
  if (text || value.kind == Kind::number || value.kind == Kind::boolean) {
    return member_value_test(filter);
  }
  return member_concept_test(filter);
}

std::optional<EclEvaluator::MemberTest> EclEvaluator::member_concept_test(const EclNode& filter) {
  return [this, wanted = concepts_of(filter.parts[0]), field = filter.field,
          negated = filter.comparison == "!="](const Member& member) {
    const auto found = concept_field(member, field);
    if (!found) {
      leave_open("the field " + std::string(field) + " of some members is not in the image");
    }
    return found && wanted.contains(*found) != negated;
  };
}

/// Of numbers, truth values and texts.
std::optional<EclEvaluator::MemberTest> EclEvaluator::member_value_test(const EclNode& filter) {
  const EclNode& value = filter.parts[0];
  const auto number = value.kind == Kind::number ? Decimal::parse(value.text) : std::nullopt;
  if (value.kind == Kind::number && !number) {
    refuse("'" + std::string(value.text) + "' is not a number");
    return std::nullopt;
  }
  return [this, number, &filter, &value](const Member& member) {
    const auto found = text_field(member, filter.field);
    const bool negated = filter.comparison == "!=";
    if (!found) {
      leave_open("the field " + std::string(filter.field) + " of some members is not in the image");
      return false;
    }
    if (value.kind == Kind::number) {
      const auto held = Decimal::parse(*found);
      return held && compares(compare(*held, *number), filter.comparison);
    }
    return value.kind == Kind::boolean ? (truth_of(*found) == truth_of(value.text)) != negated
                                       : passes_text(*found, value) != negated;
  };
}

}  // namespace lhcr::terminology
