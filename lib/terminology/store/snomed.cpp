// SPDX-License-Identifier: Apache-2.0
#include "terminology/store/snomed.hpp"

#include <algorithm>
#include <charconv>

namespace lhcr::terminology {

Snomed::Snomed(const Image& image)
    : image_(image),
      ids_(image.rows<std::uint64_t>(Section::id)),
      slots_(image.rows<std::uint32_t>(Section::slot)),
      rows_(image.rows<ConceptRow>(Section::concept_row)) {
  const auto first_parents = first(Section::parent_first);
  active_ = first_parents.empty() ? 0 : static_cast<Ordinal>(first_parents.size() - 1);
  active_ = std::min(active_, static_cast<Ordinal>(ids_.size()));
}

Ordinal Snomed::find(std::uint64_t id) const noexcept {
  if (slots_.empty()) {
    return no_concept;
  }
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = slot_hash(id) & mask;
  for (std::size_t probes = 0; probes <= mask && slots_[at] != 0; ++probes) {
    const Ordinal found = slots_[at] - 1;
    if (found < ids_.size() && ids_[found] == id) {
      return found;
    }
    at = (at + 1) & mask;
  }
  return no_concept;
}

Ordinal Snomed::find(std::string_view id) const noexcept {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  const bool whole = error == std::errc{} && end == id.data() + id.size();
  return whole && !id.starts_with('0') ? find(number) : no_concept;
}

bool Snomed::is_defined(Ordinal at) const noexcept {
  return at < rows_.size() && (rows_[at].module & defined_bit) != 0;
}

std::uint32_t Snomed::day(Ordinal at) const noexcept {
  const auto days = image_.rows<std::uint32_t>(Section::day);
  return at < rows_.size() && rows_[at].day < days.size() ? days[rows_[at].day] : 0;
}

std::uint64_t Snomed::module(Ordinal at) const noexcept {
  const auto modules = image_.rows<std::uint64_t>(Section::module);
  const std::size_t row = at < rows_.size() ? rows_[at].module % defined_bit : modules.size();
  return row < modules.size() ? modules[row] : 0;
}

Ordinal Snomed::reason(Ordinal at) const noexcept {
  const auto reasons = image_.rows<Ordinal>(Section::reason);
  return at >= active_ && at - active_ < reasons.size() ? reasons[at - active_] : no_concept;
}

std::span<const IdentifierRow> Snomed::identifiers(std::string_view code) const noexcept {
  const auto all = image_.rows<IdentifierRow>(Section::identifier);
  const auto from = std::partition_point(all.begin(), all.end(), [&](const IdentifierRow& row) {
    return image_.text(row.text) < code;
  });
  const auto end = std::partition_point(
      from, all.end(), [&](const IdentifierRow& row) { return image_.text(row.text) == code; });
  return {from, end};
}

// --- hierarchy ---

std::span<const Ordinal> Snomed::parents(Ordinal at) const noexcept {
  return stretch(image_.rows<Ordinal>(Section::parent), first(Section::parent_first), at);
}

std::span<const Ordinal> Snomed::children(Ordinal at) const noexcept {
  return stretch(image_.rows<Ordinal>(Section::child), first(Section::child_first), at);
}

namespace {

constexpr std::uint32_t word_bits = 64;

std::span<const std::uint64_t> bitmap_of(const Image& image, std::uint32_t number, Ordinal active) {
  const std::size_t words = (active + word_bits - 1) / word_bits;
  return part(image.rows<std::uint64_t>(Section::bitmap), number * words, words);
}

ConceptSet from_bitmap(std::span<const std::uint64_t> words) {
  ConceptSet made;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const auto base = static_cast<Ordinal>(at * word_bits);
    if (words[at] == ~std::uint64_t{0}) {
      made.append({base, base + word_bits});
      continue;
    }
    for (std::uint64_t left = words[at]; left != 0; left &= left - 1) {
      const auto bit = base + static_cast<Ordinal>(__builtin_ctzll(left));
      made.append({bit, bit + 1});
    }
  }
  return made;
}

bool is_bitmap(std::span<const Interval> intervals) {
  return intervals.size() == 1 && intervals.front().first == no_concept;
}

bool holds(std::span<const Interval> intervals, Ordinal member) {
  const auto behind =
      std::upper_bound(intervals.begin(), intervals.end(), member,
                       [](Ordinal wanted, const Interval& row) { return wanted < row.first; });
  return behind != intervals.begin() && member < std::prev(behind)->end;
}

}  // namespace

ConceptSet Snomed::below(Ordinal at) const {
  if (at >= active_) {
    return ConceptSet::of_sorted(std::span(&at, at < size() ? 1 : 0));
  }
  const auto intervals =
      stretch(image_.rows<Interval>(Section::interval), first(Section::interval_first), at);
  if (is_bitmap(intervals)) {
    return from_bitmap(bitmap_of(image_, intervals.front().end, active_));
  }
  ConceptSet made;
  if (intervals.empty()) {
    made.append({at, at + 1});
  }
  for (const Interval& row : intervals) {
    made.append({row.first, std::min(row.end, active_)});
  }
  return made;
}

ConceptSet Snomed::above(Ordinal at) const {
  std::vector<Ordinal> found{at};
  std::vector<Ordinal> open{at};
  while (!open.empty()) {
    const Ordinal next = open.back();
    open.pop_back();
    for (const Ordinal parent : parents(next)) {
      if (std::find(found.begin(), found.end(), parent) == found.end()) {
        found.push_back(parent);
        open.push_back(parent);
      }
    }
  }
  return ConceptSet::of(std::move(found));
}

bool Snomed::is_below_or_same(Ordinal below, Ordinal above) const noexcept {
  if (below == above || below >= active_ || above >= active_) {
    return below == above && below < size();
  }
  const auto intervals =
      stretch(image_.rows<Interval>(Section::interval), first(Section::interval_first), above);
  if (!is_bitmap(intervals)) {
    return holds(intervals, below);
  }
  const auto words = bitmap_of(image_, intervals.front().end, active_);
  return !words.empty() && ((words[below / word_bits] >> (below % word_bits)) & 1U) != 0;
}

// --- attributes ---

std::span<const AttributeRow> Snomed::attributes(Ordinal at) const noexcept {
  return stretch(image_.rows<AttributeRow>(Section::attribute), first(Section::attribute_first),
                 at);
}

std::span<const TypeRow> Snomed::attribute_types() const noexcept {
  return image_.rows<TypeRow>(Section::attribute_type);
}

std::span<const UseRow> Snomed::uses(const TypeRow& type) const noexcept {
  return part(image_.rows<UseRow>(Section::attribute_use), type.first, type.count);
}

std::string_view Snomed::literal(std::uint32_t value) const noexcept {
  const auto literals = image_.rows<LiteralRow>(Section::literal);
  const std::uint32_t at = value & ~literal_bit;
  return (value & literal_bit) != 0 && at < literals.size() ? image_.text(literals[at].text)
                                                            : std::string_view{};
}

// --- reference sets ---

std::span<const RefsetRow> Snomed::refsets() const noexcept {
  return image_.rows<RefsetRow>(Section::refset);
}

std::span<const RefsetRow> Snomed::inactive_refsets() const noexcept {
  return image_.rows<RefsetRow>(Section::refset_inactive);
}

const RefsetRow* Snomed::refset(Ordinal at) const noexcept {
  const auto all = refsets();
  const auto found =
      std::lower_bound(all.begin(), all.end(), at,
                       [](const RefsetRow& row, Ordinal wanted) { return row.refset < wanted; });
  return found != all.end() && found->refset == at ? &*found : nullptr;
}

ConceptSet Snomed::members(const RefsetRow& refset) const {
  if (refset.row_count == 0) {
    return ConceptSet::of_sorted(
        part(image_.rows<Ordinal>(Section::member), refset.first, refset.count));
  }
  ConceptSet made;
  const auto add = [&](Ordinal member) { made.append({member, member + 1}); };
  for (const LinkRow& row : links(refset)) {
    add(row.source);
  }
  for (const MapRow& row : maps(refset)) {
    add(row.source);
  }
  return made;
}

std::span<const LinkRow> Snomed::links(const RefsetRow& refset) const noexcept {
  const bool has =
      refset.kind == RefsetKind::association || refset.kind == RefsetKind::attribute_value;
  return has ? part(image_.rows<LinkRow>(Section::link), refset.first_row, refset.row_count)
             : std::span<const LinkRow>{};
}

namespace {

struct BySource {
  template <typename Row>
  bool operator()(const Row& row, Ordinal source) const {
    return row.source < source;
  }
  template <typename Row>
  bool operator()(Ordinal source, const Row& row) const {
    return source < row.source;
  }
};

template <typename Row>
std::span<const Row> rows_of(std::span<const Row> rows, Ordinal source) {
  const auto [from, to] = std::equal_range(rows.begin(), rows.end(), source, BySource{});
  return {from, to};
}

}  // namespace

std::span<const LinkRow> Snomed::links_from(const RefsetRow& refset,
                                            Ordinal source) const noexcept {
  return rows_of(links(refset), source);
}

std::vector<Ordinal> Snomed::links_to(const RefsetRow& refset, Ordinal target) const {
  const auto all = image_.rows<LinkRow>(Section::link);
  const auto order =
      part(image_.rows<std::uint32_t>(Section::link_by_target), refset.first_row, refset.row_count);
  const auto target_of = [&](std::uint32_t row) {
    return row < all.size() ? all[row].target : no_concept;
  };
  std::vector<Ordinal> sources;
  auto at =
      std::lower_bound(order.begin(), order.end(), target,
                       [&](std::uint32_t row, Ordinal wanted) { return target_of(row) < wanted; });
  for (; at != order.end() && target_of(*at) == target; ++at) {
    sources.push_back(all[*at].source);
  }
  return sources;
}

std::span<const MapRow> Snomed::maps(const RefsetRow& refset) const noexcept {
  return refset.kind == RefsetKind::map || refset.kind == RefsetKind::other
             ? part(image_.rows<MapRow>(Section::map_row), refset.first_row, refset.row_count)
             : std::span<const MapRow>{};
}

std::span<const MapRow> Snomed::maps_from(const RefsetRow& refset, Ordinal source) const noexcept {
  return rows_of(maps(refset), source);
}

std::vector<MapRow> Snomed::maps_to(const RefsetRow& refset, std::string_view target) const {
  const auto all = image_.rows<MapRow>(Section::map_row);
  const auto order =
      part(image_.rows<std::uint32_t>(Section::map_by_target), refset.first_row, refset.row_count);
  const auto target_of = [&](std::uint32_t row) {
    return row < all.size() ? image_.text(all[row].target) : std::string_view{};
  };
  std::vector<MapRow> rows;
  auto at = std::lower_bound(
      order.begin(), order.end(), target,
      [&](std::uint32_t row, std::string_view wanted) { return target_of(row) < wanted; });
  for (; at != order.end() && *at < all.size() && target_of(*at) == target; ++at) {
    rows.push_back(all[*at]);
  }
  return rows;
}

std::vector<std::pair<std::string_view, std::string_view>> Snomed::fields(const RefsetRow& refset,
                                                                          const MapRow& row) const {
  std::vector<std::pair<std::string_view, std::string_view>> made;
  std::string_view names =
      refset.kind == RefsetKind::other ? image_.text(refset.columns) : std::string_view{};
  std::string_view values = image_.text(row.target);
  const auto next = [](std::string_view& left) {
    const std::string_view one = left.substr(0, left.find('\t'));
    left.remove_prefix(std::min(left.size(), one.size() + 1));
    return one;
  };
  while (!names.empty()) {
    const std::string_view name = next(names);
    made.emplace_back(name, next(values));
  }
  return made;
}

Snomed::Origin Snomed::origin_at(std::size_t row) const noexcept {
  const auto days = image_.rows<std::uint32_t>(Section::day);
  const auto modules = image_.rows<std::uint64_t>(Section::module);
  const auto origins = image_.rows<OriginRow>(Section::origin);
  const OriginRow origin = row < origins.size() ? origins[row] : OriginRow{};
  return {origin.day < days.size() ? days[origin.day] : 0,
          origin.module < modules.size() ? modules[origin.module] : 0};
}

Snomed::Origin Snomed::member_origin(const RefsetRow& refset, std::size_t place) const noexcept {
  const bool linked =
      refset.kind == RefsetKind::association || refset.kind == RefsetKind::attribute_value;
  const Section section = refset.row_count == 0 ? Section::member_origin
                          : linked              ? Section::link_origin
                                                : Section::map_origin;
  const auto rows = image_.rows<std::uint16_t>(section);
  const std::size_t at = (refset.row_count == 0 ? refset.first : refset.first_row) + place;
  return at < rows.size() ? origin_at(rows[at]) : Origin{};
}

const DetailRow& Snomed::detail(const MapRow& row) const noexcept {
  static constexpr DetailRow none;
  const auto all = image_.rows<DetailRow>(Section::map_detail);
  return row.detail < all.size() ? all[row.detail] : none;
}

}  // namespace lhcr::terminology
