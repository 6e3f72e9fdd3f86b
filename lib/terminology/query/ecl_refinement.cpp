// SPDX-License-Identifier: Apache-2.0
/// Attributes, groups and cardinality (ECL 2.2 sections 6.2, 6.3, 6.5).
#include <algorithm>

#include "terminology/query/ecl_evaluator.hpp"

namespace lhcr::terminology {
namespace {

using Kind = EclNode::Kind;

/// An attribute outside groups is in one of its own: a number that no group has, told apart by its
/// place.
constexpr std::uint32_t own_group = 0x80000000;

struct ByValue {
  bool operator()(const UseRow& row, std::uint32_t value) const { return row.value < value; }
  bool operator()(std::uint32_t value, const UseRow& row) const { return value < row.value; }
};

bool is_default(const std::optional<EclCardinality>& cardinality) {
  return !cardinality || (cardinality->min == 1 && cardinality->max == 0xFFFFFFFF);
}

bool is_concrete(const EclNode& value) {
  return value.kind == Kind::number || value.kind == Kind::string || value.kind == Kind::boolean;
}

/// Sources whose hits are as many as allowed; those without any count when none is needed.
ConceptSet counted(const ConceptSet& from, const std::vector<Hit>& hits,
                   const std::optional<EclCardinality>& cardinality) {
  const EclCardinality wanted = cardinality.value_or(EclCardinality{1, 0xFFFFFFFF});
  std::vector<Ordinal> right;
  std::vector<Ordinal> too_many;
  for (std::size_t at = 0; at < hits.size();) {
    const Ordinal source = hits[at].source;
    std::uint32_t count = 0;
    for (; at < hits.size() && hits[at].source == source; ++at) {
      ++count;
    }
    if (count > wanted.max) {
      too_many.push_back(source);
    } else if (count >= wanted.min) {
      right.push_back(source);
    }
  }
  return wanted.min == 0 ? from.without(ConceptSet::of_sorted(too_many))
                         : ConceptSet::of_sorted(right);
}

/// Sources of many rows, without sorting them.
ConceptSet sources_of(const std::vector<UseRow>& rows, Ordinal limit) {
  std::vector<std::uint64_t> bits(limit / 64 + 1);
  for (const UseRow& row : rows) {
    if (row.source < limit) {
      bits[row.source / 64] |= std::uint64_t{1} << (row.source % 64);
    }
  }
  ConceptSet made;
  for (std::size_t at = 0; at < bits.size(); ++at) {
    for (std::uint64_t left = bits[at]; left != 0; left &= left - 1) {
      const auto member =
          static_cast<Ordinal>(at * 64) + static_cast<Ordinal>(__builtin_ctzll(left));
      made.append({member, member + 1});
    }
  }
  return made;
}

}  // namespace

// --- values ---

bool EclValueTest::holds(const Snomed& snomed, std::uint32_t value) const {
  const bool concrete = (value & literal_bit) != 0;
  if (is_literal()) {
    return concrete && literal_(snomed.literal(value));
  }
  if (any_) {
    return !negated_;
  }
  return !concrete && concepts_.contains(value) != negated_;
}

template <typename Take>
void EclValueTest::each_range(std::span<const UseRow> uses, const Take& take) const {
  auto at = uses.begin();
  for (const Interval& part : concepts_.parts()) {
    at = std::lower_bound(at, uses.end(), part.first, ByValue{});
    const auto end = std::lower_bound(at, uses.end(), part.end, ByValue{});
    if (at != end) {
      take(std::span<const UseRow>(at, end));
    }
    at = end;
    if (at == uses.end()) {
      return;
    }
  }
}

std::size_t EclValueTest::estimate(const Snomed& snomed, const TypeRow& type) const {
  const auto uses = snomed.uses(type);
  if (is_literal() || any_ || negated_) {
    return uses.size();
  }
  std::size_t count = concepts_.parts().size();
  each_range(uses, [&](std::span<const UseRow> rows) { count += rows.size(); });
  return count;
}

void EclValueTest::select(const Snomed& snomed, const TypeRow& type,
                          std::vector<UseRow>& out) const {
  const auto uses = snomed.uses(type);
  if (!is_literal() && !any_ && !negated_) {
    each_range(uses, [&](std::span<const UseRow> rows) {
      out.insert(out.end(), rows.begin(), rows.end());
    });
    return;
  }
  for (const UseRow& row : uses) {
    if (holds(snomed, row.value)) {
      out.push_back(row);
    }
  }
}

std::optional<EclValueTest> EclEvaluator::number_test(const EclNode& node) {
  const auto wanted = Decimal::parse(node.parts[1].text);
  if (!wanted) {
    refuse("'" + std::string(node.parts[1].text) + "' is not a number");
    return std::nullopt;
  }
  return EclValueTest([comparison = node.comparison, wanted](std::string_view literal) {
    const auto value = literal.starts_with('#') ? Decimal::parse(literal.substr(1)) : std::nullopt;
    return value && compares(compare(*value, *wanted), comparison);
  });
}

std::optional<EclValueTest> EclEvaluator::value_test(const EclNode& node) {
  const EclNode& value = node.parts[1];
  const bool negated = node.comparison == "!=";
  switch (value.kind) {
    case Kind::number:
      return number_test(node);
    case Kind::string:
      // Strings match exactly; how is not asked (section 6.2).
      return EclValueTest([negated, wanted = unescaped(value.text)](std::string_view literal) {
        const bool text = literal.size() >= 2 && literal.front() == '"';
        return text && (literal.substr(1, literal.size() - 2) == wanted) != negated;
      });
    case Kind::boolean:
      return EclValueTest([negated, wanted = value.text](std::string_view literal) {
        const bool truth = same_word(literal, "true") || same_word(literal, "false");
        return truth && same_word(literal, wanted) != negated;
      });
    default:
      break;
  }
  if (node.comparison != "=" && !negated) {
    refuse("concepts are compared with = and != only");
    return std::nullopt;
  }
  const bool any = value.kind == Kind::any && value.reach == EclReach::self;
  return EclValueTest(any ? ConceptSet{} : constraint(value), any, negated);
}

// --- attributes ---

/// By row of Section::attribute_type.
std::vector<bool> EclEvaluator::wanted_types(const ConceptSet& types) const {
  std::vector<bool> wanted;
  for (const TypeRow& type : snomed_.attribute_types()) {
    wanted.push_back(types.contains(type.type));
  }
  return wanted;
}

std::vector<Hit> EclEvaluator::hits_of_sources(const ConceptSet& from, const ConceptSet& types,
                                               const EclValueTest& test) {
  std::vector<Hit> found;
  const std::vector<bool> wanted = wanted_types(types);
  from.each([&](Ordinal source) {
    std::uint32_t place = 0;
    for (const AttributeRow& row : snomed_.attributes(source)) {
      ++place;
      if (row.type < wanted.size() && wanted[row.type] && test.holds(snomed_, row.value)) {
        found.push_back({source, row.group != 0 ? row.group : own_group + place});
      }
    }
  });
  return found;
}

/// The sources to look at: those that the index names, when that is less work than all of `from`.
EclEvaluator::Selection EclEvaluator::select(const ConceptSet& from, const EclNode& node) {
  Selection made{constraint(node.parts[0]), value_test(node), from, false};
  if (!made.test || failed()) {
    return {};
  }
  std::size_t uses = 0;
  for (const TypeRow& type : snomed_.attribute_types()) {
    uses += made.types.contains(type.type) ? made.test->estimate(snomed_, type) : 0;
  }
  constexpr std::size_t rows_a_source = 4;
  if (from.size() * rows_a_source <= uses) {
    return made;
  }
  std::vector<UseRow> rows;
  for (const TypeRow& type : snomed_.attribute_types()) {
    if (made.types.contains(type.type)) {
      made.test->select(snomed_, type, rows);
    }
  }
  made.sources = sources_of(rows, snomed_.active_count()).intersected(from);
  made.exact = true;
  return made;
}

std::vector<Hit> EclEvaluator::hits(const Selection& selection) {
  return selection.test ? hits_of_sources(selection.sources, selection.types, *selection.test)
                        : std::vector<Hit>{};
}

ConceptSet EclEvaluator::attribute(const ConceptSet& from, const EclNode& node) {
  if (node.reverse) {
    return reversed(from, node);
  }
  const Selection selection = select(from, node);
  return selection.exact && is_default(node.cardinality)
             ? selection.sources
             : counted(from, hits(selection), node.cardinality);
}

/// Of values: how many concepts of a set have them (section 6.3, reverse cardinalities).
ConceptSet EclEvaluator::reversed(const ConceptSet& from, const EclNode& node) {
  const ConceptSet types = constraint(node.parts[0]);
  const EclNode& value = node.parts[1];
  if (is_concrete(value)) {
    refuse("a reverse attribute is compared with concepts");
    return {};
  }
  const ConceptSet sources = constraint(value);
  const bool negated = node.comparison == "!=";
  std::vector<Hit> found;
  for (const TypeRow& type : snomed_.attribute_types()) {
    if (!types.contains(type.type)) {
      continue;
    }
    for (const UseRow& row : snomed_.uses(type)) {
      const bool right = (row.value & literal_bit) == 0 && from.contains(row.value);
      if (right && sources.contains(row.source) != negated) {
        found.push_back({row.value, row.source});
      }
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return counted(from, found, node.cardinality);
}

// --- groups ---

EclEvaluator::Groups EclEvaluator::all_groups(const ConceptSet& from) {
  Groups all;
  from.each([&](Ordinal source) {
    std::uint32_t place = 0;
    for (const AttributeRow& row : snomed_.attributes(source)) {
      ++place;
      const Hit hit{source, row.group != 0 ? row.group : own_group + place};
      if (all.empty() || !(all.back() == hit)) {
        all.push_back(hit);
      }
    }
  });
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

namespace {

/// The groups of `source` in which `type` has `value`, as those of the value.
void add_reverse(const Snomed& snomed, const UseRow& use, Ordinal type, std::vector<Hit>& out) {
  std::uint32_t place = 0;
  for (const AttributeRow& row : snomed.attributes(use.source)) {
    ++place;
    if (row.value == use.value && snomed.type_of(row) == type) {
      const std::uint32_t group = row.group != 0 ? row.group : own_group + place;
      out.push_back({use.value, (std::uint64_t{use.source} + 1) << 32U | group});
    }
  }
}

void keep_different(std::vector<Hit>& hits, std::size_t from = 0) {
  const auto first = hits.begin() + static_cast<std::ptrdiff_t>(from);
  std::sort(first, hits.end());
  hits.erase(std::unique(first, hits.end()), hits.end());
}

bool is_reverse(const EclNode& node) {
  return node.kind == Kind::attribute ? node.reverse : is_reverse(node.parts.front());
}

}  // namespace

/// Relationships of other concepts whose value is one of `from`: each is in a group there.
std::vector<Hit> EclEvaluator::reverse_hits(const ConceptSet& from, const EclNode& node) {
  const ConceptSet types = constraint(node.parts[0]);
  const EclNode& value = node.parts[1];
  if (is_concrete(value)) {
    refuse("a reverse attribute is compared with concepts");
    return {};
  }
  const ConceptSet sources = constraint(value);
  const EclValueTest values(from, false, false);
  std::vector<Hit> found;
  std::vector<UseRow> uses;
  for (const TypeRow& type : snomed_.attribute_types()) {
    if (!types.contains(type.type)) {
      continue;
    }
    uses.clear();
    values.select(snomed_, type, uses);
    const std::size_t before = found.size();
    for (const UseRow& use : uses) {
      if (sources.contains(use.source) != (node.comparison == "!=")) {
        add_reverse(snomed_, use, type.type, found);
      }
    }
    keep_different(found, before);
  }
  return found;
}

EclEvaluator::Groups EclEvaluator::all_reverse_groups(const ConceptSet& from) {
  const EclValueTest values(from, false, false);
  Groups all;
  std::vector<UseRow> uses;
  for (const TypeRow& type : snomed_.attribute_types()) {
    uses.clear();
    values.select(snomed_, type, uses);
    for (const UseRow& use : uses) {
      add_reverse(snomed_, use, type.type, all);
    }
  }
  keep_different(all);
  return all;
}

EclEvaluator::Groups EclEvaluator::attribute_groups(const ConceptSet& from, const EclNode& node) {
  std::vector<Hit> found = node.reverse ? reverse_hits(from, node) : hits(select(from, node));
  std::sort(found.begin(), found.end());
  const EclCardinality wanted = node.cardinality.value_or(EclCardinality{1, 0xFFFFFFFF});
  Groups right;
  Groups too_many;
  for (std::size_t at = 0; at < found.size();) {
    const Hit group = found[at];
    std::uint32_t count = 0;
    for (; at < found.size() && found[at] == group; ++at) {
      ++count;
    }
    if (count > wanted.max) {
      too_many.push_back(group);
    } else if (count >= wanted.min) {
      right.push_back(group);
    }
  }
  if (wanted.min > 0) {
    return right;
  }
  Groups left;
  const Groups all = node.reverse ? all_reverse_groups(from) : all_groups(from);
  std::set_difference(all.begin(), all.end(), too_many.begin(), too_many.end(),
                      std::back_inserter(left));
  return left;
}

EclEvaluator::Groups EclEvaluator::groups(const ConceptSet& from, const EclNode& node) {
  if (node.kind == Kind::attribute) {
    return attribute_groups(from, node);
  }
  if (node.kind != Kind::conjunction && node.kind != Kind::disjunction) {
    refuse("a group in a group is not a refinement");
    return {};
  }
  Groups made = groups(from, node.parts.front());
  for (std::size_t at = 1; at < node.parts.size() && !failed(); ++at) {
    if (is_reverse(node.parts[at]) != is_reverse(node)) {
      leave_open("a reverse attribute and a plain one are in no group together");
      return {};
    }
    const Groups other = groups(from, node.parts[at]);
    Groups both;
    if (node.kind == Kind::conjunction) {
      std::set_intersection(made.begin(), made.end(), other.begin(), other.end(),
                            std::back_inserter(both));
    } else {
      std::set_union(made.begin(), made.end(), other.begin(), other.end(),
                     std::back_inserter(both));
    }
    made = std::move(both);
  }
  return made;
}

ConceptSet EclEvaluator::group(const ConceptSet& from, const EclNode& node) {
  return counted(from, groups(from, node.parts[0]), node.cardinality);
}

ConceptSet EclEvaluator::refined(const ConceptSet& from, const EclNode& node) {
  if (failed()) {
    return {};
  }
  if (node.kind == Kind::attribute) {
    return attribute(from, node);
  }
  if (node.kind == Kind::group) {
    return group(from, node);
  }
  ConceptSet made = node.kind == Kind::conjunction ? from : ConceptSet{};
  for (const EclNode& part : node.parts) {
    if (node.kind == Kind::conjunction) {
      made = refined(made, part);
    } else {
      made = made.united(refined(from, part));
    }
  }
  return made;
}

/// The values of some types, of whichever way touches fewer rows.
ConceptSet EclEvaluator::values_of(const ConceptSet& from, const ConceptSet& types) const {
  std::vector<Ordinal> values;
  std::size_t uses = 0;
  for (const TypeRow& type : snomed_.attribute_types()) {
    uses += types.contains(type.type) ? type.count : 0;
  }
  if (from.size() < uses / 4) {
    const std::vector<bool> wanted = wanted_types(types);
    from.each([&](Ordinal source) {
      for (const AttributeRow& row : snomed_.attributes(source)) {
        if ((row.value & literal_bit) == 0 && row.type < wanted.size() && wanted[row.type]) {
          values.push_back(row.value);
        }
      }
    });
    return ConceptSet::of(std::move(values));
  }
  // Each source is asked for once a use: a bit is found faster than a stretch.
  std::vector<bool> sources(snomed_.size());
  from.each([&](Ordinal source) { sources[source] = true; });
  for (const TypeRow& type : snomed_.attribute_types()) {
    for (const UseRow& row :
         types.contains(type.type) ? snomed_.uses(type) : std::span<const UseRow>{}) {
      const bool known = !values.empty() && values.back() == row.value;
      if (!known && (row.value & literal_bit) == 0 && row.source < sources.size() &&
          sources[row.source]) {
        values.push_back(row.value);
      }
    }
  }
  return ConceptSet::of(std::move(values));
}

ConceptSet EclEvaluator::dotted(const EclNode& node) {
  ConceptSet from = constraint(node.parts.front());
  for (std::size_t at = 1; at < node.parts.size() && !failed(); ++at) {
    from = values_of(from, constraint(node.parts[at]));
  }
  return from;
}

}  // namespace lhcr::terminology
