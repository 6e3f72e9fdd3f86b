// SPDX-License-Identifier: Apache-2.0
#include "release/snomed/builder.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/error.hpp"

namespace lhcr::release {
namespace {

using terminology::AttributeRow;
using terminology::literal_bit;
using terminology::no_concept;
using terminology::Section;
using terminology::UseRow;

template <typename Row>
void drop_inactive(std::vector<Row>& rows) {
  std::erase_if(rows, [](const Row& row) { return !row.active; });
}

template <typename Rows>
void give_back(Rows& rows) {
  Rows().swap(rows);
}

}  // namespace

EditionInfo SnomedBuilder::build(std::span<const std::uint64_t> preferred_languages) {
  info_.day = release_day(rows_);
  settle();
  check_dependencies();
  number_concepts();
  write_concepts();
  write_hierarchy();
  write_attributes();
  give_back(rows_.relationships);
  write_refsets();
  give_back(rows_.members);
  write_descriptions(preferred_languages);
  write_days();
  return info_;
}

/// Of each component its newest state; what is inactive then is gone, but for concepts and
/// descriptions, which are asked for.
void SnomedBuilder::settle() {
  newest(rows_.concepts);
  if (rows_.several) {
    newest(rows_.descriptions);
    newest(rows_.relationships);
    newest(rows_.members);
    newest(rows_.languages);
    newest(rows_.dependencies);
  }
  drop_inactive(rows_.relationships);
  drop_inactive(rows_.members);
  drop_inactive(rows_.languages);
  drop_inactive(rows_.dependencies);
}

/// A module needs others of certain versions; which module is needed by none names the edition.
void SnomedBuilder::check_dependencies() {
  std::map<std::uint64_t, std::uint32_t> newest_day;
  for (const ConceptIn& row : rows_.concepts) {
    std::uint32_t& day = newest_day[rows_.modules.values()[row.module]];
    day = std::max(day, row.day);
  }
  std::map<std::uint64_t, std::size_t> needs;
  for (const DependencyIn& row : rows_.dependencies) {
    ++needs[row.module];
  }
  std::map<std::uint64_t, std::string> missing;
  for (const DependencyIn& row : rows_.dependencies) {
    needs.erase(row.needs);
    if (newest_day.count(row.needs) == 0 && row.needs != 0) {
      missing[row.needs] = std::to_string(row.module);
    }
  }
  for (const auto& [module, by] : missing) {
    notes_.say("module " + std::to_string(module) + ", which " + by +
               " needs, has no concepts here: add its package in the same call");
  }
  std::size_t most = 0;
  for (const auto& [module, count] : needs) {
    if (count > most) {
      most = count;
      info_.module = module;
    }
  }
  if (info_.module == 0 && !rows_.modules.values().empty()) {
    info_.module = rows_.modules.values().back();
  }
}

SnomedBuilder::Ordinal SnomedBuilder::ordinal(std::uint64_t id) const noexcept {
  if (slots_.empty()) {
    return no_concept;
  }
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = terminology::slot_hash(id) & mask; slots_[at] != 0; at = (at + 1) & mask) {
    if (ids_[slots_[at] - 1] == id) {
      return ordinals_[slots_[at] - 1];
    }
  }
  return no_concept;
}

void SnomedBuilder::write_concepts() {
  std::vector<std::uint64_t> ids(ids_.size());
  std::vector<std::uint32_t> slots(slots_.size());
  std::vector<terminology::ConceptRow> rows(ids_.size());
  for (std::size_t number = 0; number < ids_.size(); ++number) {
    const ConceptIn& in = rows_.concepts[number];
    const Ordinal at = ordinals_[number];
    ids[at] = ids_[number];
    const std::uint16_t status = in.defined ? terminology::defined_bit : std::uint16_t{0};
    rows[at] = {day(in.day), static_cast<std::uint16_t>(in.module | status), no_concept};
  }
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    slots[slot] = slots_[slot] == 0 ? 0 : ordinals_[slots_[slot] - 1] + 1;
  }
  for (const MemberIn& in : rows_.members) {
    const Ordinal at = ordinal(in.component);
    if (at != no_concept &&
        rows_.refsets.values()[in.refset] == terminology::sctid::concept_inactivation) {
      rows[at].reason = ordinal(in.value);
    }
  }
  out_.add(Section::id, ids);
  out_.add(Section::slot, slots);
  out_.add(Section::concept_row, rows);
  info_.concepts = ids.size();
  info_.active = active_;
  give_back(rows_.concepts);
}

/// Relationships other than is-a, of active concepts.
std::vector<SnomedBuilder::Attribute> SnomedBuilder::take_attributes() {
  std::vector<Attribute> all;
  std::vector<terminology::LiteralRow> literals;
  std::unordered_map<std::uint64_t, std::uint32_t> literal_numbers;
  std::size_t dangling = 0;
  for (const RelationshipIn& in : rows_.relationships) {
    if (in.type == terminology::sctid::is_a) {
      continue;
    }
    std::uint32_t value = in.concrete ? 0 : ordinal(in.value);
    if (in.concrete) {
      const auto [found, fresh] =
          literal_numbers.emplace(in.value, static_cast<std::uint32_t>(literals.size()));
      if (fresh) {
        literals.push_back({static_cast<std::uint32_t>(in.value)});
      }
      value = found->second | literal_bit;
    }
    const Ordinal source = ordinal(in.source);
    const Ordinal type = ordinal(in.type);
    if (source == no_concept || type == no_concept || value == no_concept) {
      ++dangling;
    } else if (source < active_) {
      all.push_back({source, type, value, in.group});
    }
  }
  if (dangling > 0) {
    notes_.say(std::to_string(dangling) + " relationship(s) name a concept that is not here");
  }
  out_.add(Section::literal, literals);
  return all;
}

void SnomedBuilder::write_attributes() {
  std::vector<Attribute> all = take_attributes();
  info_.relationships = all.size() + edges_.size();
  const auto types = write_uses(all);
  std::sort(all.begin(), all.end(), [](const Attribute& left, const Attribute& right) {
    return std::tie(left.source, left.group, left.type, left.value) <
           std::tie(right.source, right.group, right.type, right.value);
  });
  std::vector<std::uint32_t> first(active_ + 1);
  std::vector<AttributeRow> rows;
  rows.reserve(all.size());
  for (const Attribute& one : all) {
    ++first[one.source + 1];
    const auto type = std::lower_bound(
        types.begin(), types.end(), one.type,
        [](const terminology::TypeRow& row, Ordinal wanted) { return row.type < wanted; });
    rows.push_back({static_cast<std::uint16_t>(type - types.begin()), one.group, one.value});
  }
  for (std::size_t at = 0; at < active_; ++at) {
    first[at + 1] += first[at];
  }
  out_.add(Section::attribute_first, first);
  out_.add(Section::attribute, rows);
}

std::vector<terminology::TypeRow> SnomedBuilder::write_uses(std::vector<Attribute>& all) {
  std::sort(all.begin(), all.end(), [](const Attribute& left, const Attribute& right) {
    return std::tie(left.type, left.value, left.source) <
           std::tie(right.type, right.value, right.source);
  });
  std::vector<terminology::TypeRow> types;
  std::vector<UseRow> uses;
  uses.reserve(all.size());
  for (const Attribute& one : all) {
    if (types.empty() || types.back().type != one.type) {
      types.push_back({one.type, static_cast<std::uint32_t>(uses.size()), 0});
    }
    ++types.back().count;
    uses.push_back({one.value, one.source});
  }
  if (types.size() > 0xFFFF) {
    throw Error(ErrorKind::input, "the release has more than 65535 types of attributes");
  }
  out_.add(Section::attribute_type, types);
  out_.add(Section::attribute_use, uses);
  return types;
}

void SnomedBuilder::write_days() {
  std::vector<std::uint32_t> days;
  for (const std::uint64_t value : days_.values()) {
    days.push_back(static_cast<std::uint32_t>(value));
  }
  out_.add(Section::day, days);
  out_.add(Section::module, rows_.modules.values());
}

}  // namespace lhcr::release
