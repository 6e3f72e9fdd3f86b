// SPDX-License-Identifier: Apache-2.0
#include "terminology/query/translate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "terminology/query/concept_maps.hpp"
#include "terminology/query/judge.hpp"
#include "terminology/store/words.hpp"

namespace lhcr::terminology {
namespace {

/// How a map's reference set is found: by id, else by a word of its name.
struct MapName {
  std::string_view system;
  std::string_view word;
  std::uint64_t ids[3];
};
constexpr std::array map_names = {
#define LHCR_MAP(system, word, ...) MapName{system, word, {__VA_ARGS__}},
#include "terminology/query/maps.def"
#undef LHCR_MAP
};

struct NoTarget {
  std::string_view raw;
  std::string_view text;
};
constexpr std::array no_targets = {
    NoTarget{"#NC", "not classifiable"},
    NoTarget{"#NIS", "not in scope"},
    NoTarget{"#HLT", "too general: a more specific concept is needed"},
};

/// How a map's target relates to its source, by the correlation that RF2 names.
struct Correlation {
  std::uint64_t id;
  std::string_view relation;
};
constexpr std::array correlations = {
    Correlation{447557004, "equivalent"},  // exact match
    Correlation{447558009, "wider"},       // the source is narrower than the target
    Correlation{447559001, "narrower"},    // the source is broader
    Correlation{447560006, "inexact"},     // partial overlap
};

std::string_view relation_of(std::uint64_t correlation) {
  const auto* const found =
      std::find_if(correlations.begin(), correlations.end(),
                   [&](const Correlation& row) { return row.id == correlation; });
  return found == correlations.end() ? MapTarget{}.relation : found->relation;
}

/// The number behind the word: 4.11 is newer than 4.9.
std::vector<unsigned> version_in(std::string_view name, std::string_view word) {
  std::vector<unsigned> parts;
  const std::size_t at = name.find(word);
  const char* from =
      name.data() +
      std::min(name.size(), at == std::string_view::npos ? name.size() : at + word.size());
  const char* const end = name.data() + name.size();
  while (from < end) {
    unsigned number = 0;
    const auto [next, error] = std::from_chars(from, end, number);
    if (error == std::errc{}) {
      parts.push_back(number);
      from = next;
    } else if (*from == '.' || *from == '-') {
      ++from;
    } else {
      break;
    }
  }
  return parts;
}

const RefsetRow* map_of(const Snomed& snomed, const MapName& wanted) {
  for (const std::uint64_t id : wanted.ids) {
    const RefsetRow* found = id == 0 ? nullptr : snomed.refset(snomed.find(id));
    if (found != nullptr && found->kind == RefsetKind::map && found->row_count > 0) {
      return found;
    }
  }
  const RefsetRow* best = nullptr;
  std::vector<unsigned> newest;
  for (const RefsetRow& row : snomed.refsets()) {
    const std::string_view name = snomed.preferred(row.refset);
    if (row.kind != RefsetKind::map || row.row_count == 0 ||
        name.find(wanted.word) == std::string_view::npos) {
      continue;
    }
    const auto version = version_in(name, wanted.word);
    if (best == nullptr || version > newest) {
      best = &row;
      newest = version;
    }
  }
  return best;
}

/// "Z991" is Z99.1; "Z98X" is Z98; "Z970D" is Z97.0 with a dagger.
void read_target(const CodeList* list, MapTarget& target) {
  std::string_view raw = target.raw;
  if (raw.empty() || raw.front() == '#') {
    return;
  }
  constexpr std::size_t category = 3;
  if (raw.size() > category && (raw.back() == 'D' || raw.back() == 'A')) {
    target.sign = raw.back();
    raw.remove_suffix(1);
  }
  std::string code(raw);
  if (code.size() > category && code[category] == 'X') {
    code.erase(category, 1);
  }
  if (code.size() > category && code.find('.') == std::string::npos) {
    code.insert(category, 1, '.');
  }
  target.code = std::move(code);
  if (list != nullptr) {
    const auto found = list->find(target.code);
    target.display = found ? std::string(found->display) : std::string();
  }
}

Translation by_map(const Library& library, const Snomed& snomed, Ordinal at,
                   const MapName& wanted) {
  Translation made;
  const RefsetRow* map = map_of(snomed, wanted);
  if (map == nullptr) {
    made.problem = "the edition has no map to " + std::string(wanted.system);
    return made;
  }
  made.map = labelled(snomed, map->refset);
  const CodeList* list = library.list(wanted.system);
  for (const MapRow& row : snomed.maps_from(*map, at)) {
    const DetailRow& detail = snomed.detail(row);
    MapTarget target;
    target.raw = snomed.image().text(row.target);
    target.block = detail.block;
    target.group = detail.group;
    target.priority = detail.priority;
    target.rule = snomed.image().text(detail.rule);
    target.advice = snomed.image().text(detail.advice);
    target.relation = relation_of(snomed.id(detail.correlation));
    if (wanted.system == "ctv3") {
      target.code = std::string(target.raw);
    } else {
      read_target(list, target);
    }
    made.targets.push_back(std::move(target));
  }
  return made;
}

/// An inactive concept has no rows of its own: what certainly replaces it has.
Translation from_snomed(const Library& library, std::string_view code, const MapName& wanted) {
  const Snomed* snomed = library.snomed();
  Translation made;
  if (snomed == nullptr) {
    made.problem = "SNOMED CT is not here";
    return made;
  }
  Ordinal at = snomed->find(code);
  if (at == no_concept) {
    made.problem = "the edition has no concept " + std::string(code);
    return made;
  }
  std::string via;
  if (!snomed->is_active(at)) {
    const auto replacement = certain_replacement(*snomed, at);
    if (!replacement) {
      made.problem = "it is inactive: " + inactivity_text(*snomed, at);
      return made;
    }
    at = replacement->target;
    via = "inactive: by its replacement " + labelled(*snomed, at);
  }
  made = by_map(library, *snomed, at, wanted);
  made.via = via;
  if (made.problem.empty() && made.targets.empty()) {
    made.problem = "the map has no row for it";
  }
  return made;
}

// --- Read ---

/// A target of a table that leads to SNOMED CT, brought up to date.
MapTarget current(const Library& library, std::string_view concept_id, bool assured) {
  MapTarget target;
  target.raw = concept_id;
  target.code = std::string(concept_id);
  target.assured = assured;
  const Snomed* snomed = library.snomed();
  const Ordinal at = snomed == nullptr ? no_concept : snomed->find(concept_id);
  if (at == no_concept) {
    return target;
  }
  const auto replacement = snomed->is_active(at) ? std::nullopt : certain_replacement(*snomed, at);
  if (replacement) {
    target.replaced = true;
    target.code = std::to_string(snomed->id(replacement->target));
  }
  target.display = std::string(snomed->preferred(replacement ? replacement->target : at));
  return target;
}

Translation to_snomed(const Library& library, std::string_view from, std::string_view code) {
  Translation made;
  const CodeList* table = library.list(from);
  if (table == nullptr) {
    made.problem = "the table from " + std::string(from) + " to SNOMED CT is not here";
    return made;
  }
  made.map = std::string(table->image().meta("title"));
  constexpr std::size_t read_code = 5;
  auto found = table->find(code);
  if (!found && from == "read-v2" && code.size() == read_code) {
    found = table->find(std::string(code) + "00");
  }
  if (!found && code.size() > read_code) {
    found = table->find(code.substr(0, read_code));
  }
  if (!found) {
    made.problem = "the table has no code " + std::string(code);
    return made;
  }
  for (const CodeProperty& one : table->properties(*found)) {
    if (one.name == "snomed" || one.name == "snomed-not-assured") {
      made.targets.push_back(current(library, one.value, one.name == "snomed"));
    } else if (one.name == "description" && !made.targets.empty()) {
      made.targets.back().description = one.value;
    } else if (one.name == "no-snomed") {
      made.problem = "the table says " + std::string(one.value) + ": no SNOMED CT concept";
    }
  }
  if (made.targets.empty() && made.problem.empty()) {
    made.problem = "the table has no concept for it";
  }
  return made;
}

std::string_view name_of_system(std::string_view system) {
  const CodeSystemName* known = find_code_system(system);
  return known == nullptr ? system : known->name;
}

struct VocabularyRow {
  std::string_view uri, vocabulary;
};
constexpr std::array vocabulary_rows = {
#define SYSTEM(uri, vocabulary) VocabularyRow{uri, vocabulary},
#include "terminology/vocabulary.def"
#undef SYSTEM
};

/// The table's keys are systems that images are named after, and else vocabularies.
std::optional<ListedCode> find_in_omop(const CodeList& table, std::string_view system,
                                       std::string_view code) {
  const auto in = [&](std::string_view vocabulary) {
    return table.find(std::string(vocabulary) + "\t" + std::string(code));
  };
  auto found = in(name_of_system(system));
  for (const VocabularyRow& row : vocabulary_rows) {
    if (!found && row.uri == system) {
      found = in(row.vocabulary);
    }
  }
  return found;
}

Translation to_omop(const Library& library, std::string_view from, std::string_view code) {
  Translation made;
  const CodeList* table = library.list("omop");
  if (table == nullptr) {
    made.problem = "the OMOP vocabulary is not here";
    return made;
  }
  made.map = std::string(table->image().meta("title"));
  const auto found = find_in_omop(*table, from, code);
  if (!found) {
    made.problem = "the OMOP vocabulary has no such code";
    return made;
  }
  made.via = "concept " + std::string(table->property(*found, "concept"));
  for (const CodeProperty& one : table->properties(*found)) {
    if (one.name == "standard") {
      MapTarget standard;
      standard.code = std::string(one.value);
      made.targets.push_back(std::move(standard));
    }
  }
  if (made.targets.empty()) {
    made.problem =
        "concept " + std::string(table->property(*found, "concept")) + " has no standard concept";
  }
  return made;
}

}  // namespace

bool Translation::certain() const noexcept {
  std::map<std::pair<std::uint32_t, std::uint16_t>, int> groups;
  for (const MapTarget& target : targets) {
    const bool free = target.rule.empty() || target.rule == "TRUE";
    if (!free || target.code.empty() || !target.assured ||
        (target.group != 0 && ++groups[{target.block, target.group}] > 1)) {
      return false;
    }
  }
  const bool single = targets.size() == 1 || (!targets.empty() && targets.front().group != 0);
  return single && problem.empty();
}

std::string_view Translation::no_target() const noexcept {
  for (const MapTarget& target : targets) {
    for (const NoTarget& row : no_targets) {
      if (target.raw == row.raw) {
        return row.text;
      }
    }
  }
  return {};
}

Translation translate(const Library& library, std::string_view from, std::string_view code,
                      std::string_view to) {
  to = name_of_system(to);
  if (to == "omop") {
    return to_omop(library, from, code);
  }
  from = name_of_system(from);
  if (to == "snomed" && (from == "read-v2" || from == "ctv3")) {
    return to_snomed(library, from, code);
  }
  const auto* const wanted = std::find_if(map_names.begin(), map_names.end(),
                                          [&](const MapName& row) { return row.system == to; });
  if (from != "snomed" || wanted == map_names.end()) {
    return by_concept_maps(library, from, code, to);
  }
  return from_snomed(library, code, *wanted);
}

OmopConcept omop_concept(const Library& library, std::string_view system, std::string_view code) {
  const CodeList* table = library.list("omop");
  const auto found = table == nullptr ? std::nullopt : find_in_omop(*table, system, code);
  OmopConcept made;
  if (!found) {
    return made;
  }
  const auto number = [&](std::string_view property, std::uint32_t& out) {
    const std::string_view text = table->property(*found, property);
    std::from_chars(text.data(), text.data() + text.size(), out);
  };
  number("concept", made.id);
  number("standard", made.standard);
  return made;
}

}  // namespace lhcr::terminology
