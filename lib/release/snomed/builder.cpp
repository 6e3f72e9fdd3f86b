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

template <typename Rows>
void give_back(Rows& rows) {
  Rows().swap(rows);
}

}  // namespace

EditionInfo SnomedBuilder::build(std::span<const std::uint64_t> preferred_languages) {
  info_.day = release_day(rows_);
  newest(rows_.concepts);
  settle(rows_.dependencies, false);
  check_dependencies();
  take(Table::relationships, rows_.relationships, false);
  number_concepts();
  write_concepts();
  write_hierarchy();
  write_attributes();
  give_back(rows_.relationships);
  take(Table::members, rows_.members, true);
  write_reasons();
  write_refsets();
  give_back(rows_.members);
  take(Table::identifiers, rows_.identifiers, false);
  write_identifiers();
  take(Table::descriptions, rows_.descriptions, true);
  take(Table::languages, rows_.languages, false);
  write_descriptions(preferred_languages);
  write_origins();
  return info_;
}

template <typename Row>
void SnomedBuilder::take(Table table, std::vector<Row>& rows, bool keep_inactive) {
  tables_.read(table, rows_, notes_);
  settle(rows, keep_inactive);
}

/// Of each component its newest state.
template <typename Row>
void SnomedBuilder::settle(std::vector<Row>& rows, bool keep_inactive) {
  if (rows_.several) {
    newest(rows);
  }
  if (!keep_inactive) {
    std::erase_if(rows, [](const Row& row) { return !row.active; });
  }
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
  // Without the root it is an extension alone, which would stand in the place of the edition.
  const auto root =
      std::lower_bound(rows_.concepts.begin(), rows_.concepts.end(), terminology::sctid::root,
                       [](const ConceptIn& row, std::uint64_t wanted) { return row.id < wanted; });
  const bool rooted =
      root != rows_.concepts.end() && root->id == terminology::sctid::root && root->active;
  for (const auto& [module, by] : missing) {
    const std::string what = "module " + std::to_string(module) + ", which " + by +
                             " needs, has no concepts here: add its package in the same call";
    if (!rooted) {
      throw Error(ErrorKind::input, what);
    }
    notes_.say(what);
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
    rows[at] = {day(in.day), static_cast<std::uint16_t>(in.module | status)};
  }
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    slots[slot] = slots_[slot] == 0 ? 0 : ordinals_[slots_[slot] - 1] + 1;
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

void SnomedBuilder::write_origins() {
  std::vector<std::uint32_t> days;
  for (const std::uint64_t value : days_.values()) {
    days.push_back(static_cast<std::uint32_t>(value));
  }
  std::vector<terminology::OriginRow> origins;
  for (const std::uint64_t value : origins_.values()) {
    origins.push_back(
        {static_cast<std::uint16_t>(value >> 16U), static_cast<std::uint16_t>(value)});
  }
  out_.add(Section::day, days);
  out_.add(Section::origin, origins);
  out_.add(Section::module, rows_.modules.values());
}

}  // namespace lhcr::release
