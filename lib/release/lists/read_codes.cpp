// SPDX-License-Identifier: Apache-2.0
/// NHS Data Migration: from Read v2 and CTV3 to SNOMED CT. Of each map the newest rows count, and
/// of those the ones whose status is 1.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "release/lists/lists.hpp"

namespace lhcr::release {
namespace {

struct MapRow {
  std::string code;  ///< with its term code, or a term id behind a tab
  std::string concept_id;
  std::string description;
  std::string day;
  bool assured = false;
  bool live = false;
  bool preferred = true;  ///< of CTV3: the row of the preferred term
};

using MapRows = std::map<std::string, std::vector<MapRow>>;  // by map id

void keep_newest(MapRows& maps, const std::string& id, MapRow row) {
  std::vector<MapRow>& rows = maps[id];
  if (!rows.empty() && rows.front().day < row.day) {
    rows.clear();
  }
  if (rows.empty() || rows.front().day == row.day) {
    rows.push_back(std::move(row));
  }
}

void add_target(ListBuilder& list, std::string_view code, const MapRow& row) {
  const std::uint32_t at = list.code(code, {}, true);
  const bool concept_here = !row.concept_id.empty() && row.concept_id.front() != '_';
  if (!concept_here) {
    list.property(at, "no-snomed", row.concept_id.empty() ? "nothing" : row.concept_id);
    return;
  }
  list.property(at, row.assured ? "snomed" : "snomed-not-assured", row.concept_id);
  list.property(at, "description", row.description);
}

std::string newest_day(const MapRows& maps, const std::vector<const SourceFile*>& files) {
  std::string day;
  for (const SourceFile* file : files) {
    day = std::max(day, day_in(file->name()));
  }
  for (const auto& [id, rows] : maps) {
    day = day.empty() ? rows.front().day : day;
  }
  return day;
}

/// The columns of a map, under the names that its table has for them.
struct Columns {
  std::string_view id, code, term, type, concept_id, description, assured, day, status;
  std::string_view between;  ///< what stands between a code and its term
};
constexpr Columns read_columns = {
    "MapId",         "ReadCode",   "TermCode",      "",          "ConceptId",
    "DescriptionId", "IS_ASSURED", "EffectiveDate", "MapStatus", ""};
constexpr Columns ctv3_columns = {"MAPID",         "CTV3_CONCEPTID",
                                  "CTV3_TERMID",   "CTV3_TERMTYPE",
                                  "SCT_CONCEPTID", "SCT_DESCRIPTIONID",
                                  "IS_ASSURED",    "EFFECTIVEDATE",
                                  "MAPSTATUS",     "\t"};

void read_rows(const SourceFile& file, const Columns& names, MapRows& maps, Notes& notes) {
  TabRows rows(file, notes);
  const std::size_t id = rows.column(names.id);
  const std::size_t code = rows.column(names.code);
  const std::size_t term = rows.column(names.term);
  const auto type = names.type.empty() ? std::nullopt : rows.find(names.type);
  const std::size_t target = rows.column(names.concept_id);
  const std::size_t description = rows.column(names.description);
  const std::size_t assured = rows.column(names.assured);
  const std::size_t day = rows.column(names.day);
  const std::size_t status = rows.column(names.status);
  while (rows.next()) {
    std::string whole(rows[code]);
    whole.append(names.between).append(rows[term]);
    keep_newest(maps, std::string(rows[id]),
                {std::move(whole), std::string(rows[target]), std::string(rows[description]),
                 std::string(rows[day]), rows[assured] == "1", rows[status] == "1",
                 !type || rows.get(type) == "P"});
  }
}

MapRows read_maps(const std::vector<const SourceFile*>& files, const Columns& names, Notes& notes) {
  MapRows maps;
  for (const SourceFile* file : files) {
    read_rows(*file, names, maps, notes);
  }
  return maps;
}

}  // namespace

ListName read_read_map(const std::vector<const SourceFile*>& files, ListBuilder& list,
                       Notes& notes) {
  const MapRows maps = read_maps(files, read_columns, notes);
  for (const auto& [id, rows] : maps) {
    for (const MapRow& row : rows) {
      if (row.live) {
        add_target(list, row.code, row);
      }
    }
  }
  return {"read-v2", newest_day(maps, files), {}, {}};
}

ListName read_ctv3_map(const std::vector<const SourceFile*>& files, ListBuilder& list,
                       Notes& notes) {
  const MapRows maps = read_maps(files, ctv3_columns, notes);
  for (const auto& [id, rows] : maps) {
    for (const MapRow& row : rows) {
      if (row.live) {
        add_target(list, row.code, row);
      }
      if (row.live && row.preferred) {
        add_target(list, std::string_view(row.code).substr(0, row.code.find('\t')), row);
      }
    }
  }
  return {"ctv3", newest_day(maps, files), {}, {}};
}

}  // namespace lhcr::release
