// SPDX-License-Identifier: Apache-2.0
/// Members of reference sets and their fields (ECL 2.2 section 6.10).
#include <algorithm>

#include "terminology/query/ecl_evaluator.hpp"

namespace lhcr::terminology {
namespace {

using Kind = EclNode::Kind;

/// A field of a map that is text; nullopt: it is none.
std::optional<std::string_view> text_field(const Snomed& snomed, const MapRow& row,
                                           std::string_view field) {
  const DetailRow& detail = snomed.detail(row);
  if (same_word(field, "mapTarget")) {
    return snomed.image().text(row.target);
  }
  if (same_word(field, "mapRule")) {
    return snomed.image().text(detail.rule);
  }
  return same_word(field, "mapAdvice") ? std::optional(snomed.image().text(detail.advice))
                                       : std::nullopt;
}

std::optional<std::uint32_t> number_field(const DetailRow& detail, std::string_view field) {
  if (same_word(field, "mapGroup")) {
    return detail.group;
  }
  if (same_word(field, "mapPriority")) {
    return detail.priority;
  }
  return same_word(field, "mapBlock") ? std::optional(detail.block) : std::nullopt;
}

}  // namespace

void EclEvaluator::each_member(const RefsetRow& refset,
                               const std::function<void(const Member&)>& visit) const {
  for (const LinkRow& row : snomed_.links(refset)) {
    visit({row.source, &refset, &row, nullptr});
  }
  for (const MapRow& row : snomed_.maps(refset)) {
    visit({row.source, &refset, nullptr, &row});
  }
  if (refset.kind == RefsetKind::simple || refset.kind == RefsetKind::other) {
    snomed_.members(refset).each([&](Ordinal member) {
      visit({member, &refset, nullptr, nullptr});
    });
  }
}

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
  if (member.map != nullptr && same_word(field, "correlationId")) {
    return snomed_.detail(*member.map).correlation;
  }
  return member.map != nullptr && same_word(field, "mapCategoryId")
             ? std::optional(snomed_.detail(*member.map).category)
             : std::nullopt;
}

ConceptSet EclEvaluator::member_filters(const EclNode& node) {
  const EclNode& members = node.parts[0];
  if (members.kind != Kind::member_of) {
    refuse("filters of members stand behind a reference set: ^ ... {{ M ... }}");
    return {};
  }
  const ConceptSet refsets = constraint(members.parts[0]);
  std::vector<MemberTest> tests;
  for (std::size_t at = 1; at < node.parts.size(); ++at) {
    auto test = member_test(node.parts[at]);
    if (!test || failed()) {
      return {};
    }
    tests.push_back(std::move(*test));
  }
  const std::string_view field =
      members.fields.empty() ? "referencedComponentId" : members.fields.front();
  std::vector<Ordinal> found;
  for (const RefsetRow& row : snomed_.refsets()) {
    if (!refsets.contains(row.refset)) {
      continue;
    }
    each_member(row, [&](const Member& member) {
      if (std::all_of(tests.begin(), tests.end(),
                      [&](const MemberTest& test) { return test(member); })) {
        found.push_back(concept_field(member, field).value_or(no_concept));
      }
    });
  }
  if (members.fields.size() > 1 || field == "*") {
    leave_open("several fields of members are a table, not concepts");
  }
  std::erase(found, no_concept);
  return ConceptSet::of(std::move(found));
}

std::optional<EclEvaluator::MemberTest> EclEvaluator::member_test(const EclNode& filter) {
  const EclNode& value = filter.parts[0];
  if (same_word(filter.field, "active")) {
    const bool active = value.text == "1" || same_word(value.text, "true");
    if (active == (filter.comparison == "!=")) {
      leave_open("inactive members are not in the image");
      return std::nullopt;
    }
    return [](const Member&) { return true; };
  }
  if (same_word(filter.field, "moduleId") || same_word(filter.field, "effectiveTime")) {
    leave_open("the " + std::string(filter.field) + " of members is not in the image");
    return std::nullopt;
  }
  if (value.kind == Kind::number) {
    return member_number_test(filter);
  }
  const bool text =
      value.kind == Kind::string || (value.kind == Kind::list && !value.parts.empty() &&
                                     value.parts.front().kind == Kind::string);
  if (text) {
    return member_text_test(filter);
  }
  if (value.kind == Kind::boolean || value.kind == Kind::token) {
    leave_open("the field " + std::string(filter.field) + " of members is not in the image");
    return std::nullopt;
  }
  return member_concept_test(filter);
}

std::optional<EclEvaluator::MemberTest> EclEvaluator::member_concept_test(const EclNode& filter) {
  const EclNode& value = filter.parts[0];
  const ConceptSet wanted = value.kind == Kind::list ? constraint_list(value) : constraint(value);
  return [this, wanted, field = filter.field,
          negated = filter.comparison == "!="](const Member& member) {
    const auto found = concept_field(member, field);
    if (!found) {
      leave_open("the field " + std::string(field) + " of some members is not in the image");
    }
    return found && wanted.contains(*found) != negated;
  };
}

std::optional<EclEvaluator::MemberTest> EclEvaluator::member_number_test(const EclNode& filter) {
  const auto wanted = Decimal::parse(filter.parts[0].text);
  if (!wanted) {
    refuse("'" + std::string(filter.parts[0].text) + "' is no number");
    return std::nullopt;
  }
  return [this, wanted, &filter](const Member& member) {
    const auto found = member.map == nullptr
                           ? std::nullopt
                           : number_field(snomed_.detail(*member.map), filter.field);
    if (!found) {
      leave_open("the field " + std::string(filter.field) + " of some members is not in the image");
      return false;
    }
    return compares(compare(Decimal(std::int64_t{*found}), *wanted), filter.comparison);
  };
}

std::optional<EclEvaluator::MemberTest> EclEvaluator::member_text_test(const EclNode& filter) {
  return [this, &filter](const Member& member) {
    const auto found =
        member.map == nullptr ? std::nullopt : text_field(snomed_, *member.map, filter.field);
    if (!found) {
      leave_open("the field " + std::string(filter.field) + " of some members is not in the image");
      return false;
    }
    return passes_text(*found, filter.parts[0]) != (filter.comparison == "!=");
  };
}

}  // namespace lhcr::terminology
