// SPDX-License-Identifier: Apache-2.0
/// The vocabulary of OMOP as Athena gives it: codes of all vocabularies and their standard
/// concepts.
#include <algorithm>
#include <unordered_map>

#include "release/lists/lists.hpp"
#include "terminology/store/systems.hpp"

namespace lhcr::release {
namespace {

/// What vocabularies are called here; others keep their name.
struct VocabularyName {
  std::string_view vocabulary;
  std::string_view name;
};
constexpr VocabularyName vocabularies[] = {
    {"SNOMED", "snomed"}, {"ICD10", "icd-10"}, {"OPCS4", "opcs-4"},
    {"Read", "read-v2"},  {"LOINC", "loinc"},  {"dm+d", "dmd"},
};

std::string_view named(std::string_view vocabulary) {
  for (const VocabularyName& row : vocabularies) {
    if (row.vocabulary == vocabulary) {
      return row.name;
    }
  }
  return vocabulary;
}

using Rows = std::unordered_map<std::uint64_t, std::uint32_t>;

void read_concepts(const SourceFile& file, ListBuilder& list, Rows& rows_by_id, Notes& notes) {
  TabRows rows(file, notes);
  const std::size_t id = rows.column("concept_id");
  const std::size_t name = rows.column("concept_name");
  const std::size_t domain = rows.column("domain_id");
  const std::size_t vocabulary = rows.column("vocabulary_id");
  const std::size_t standard = rows.column("standard_concept");
  const std::size_t code = rows.column("concept_code");
  const std::size_t invalid = rows.column("invalid_reason");
  while (rows.next()) {
    const auto number = number_of(rows[id]);
    if (!number) {
      rows.refuse("concept_id is not a number");
      continue;
    }
    const std::uint32_t at =
        list.code(std::string(named(rows[vocabulary])) + "\t" + std::string(rows[code]), rows[name],
                  rows[invalid].empty());
    rows_by_id.emplace(*number, at);
    list.property(at, "concept", rows[id]);
    list.property(at, "domain", rows[domain]);
    list.property(at, "standard", rows[standard] == "S" ? rows[id] : std::string_view{});
  }
}

/// "Maps to" leads from a concept to the standard one.
void read_relationships(const SourceFile& file, ListBuilder& list, const Rows& rows_by_id,
                        Notes& notes) {
  TabRows rows(file, notes);
  const std::size_t from = rows.column("concept_id_1");
  const std::size_t to = rows.column("concept_id_2");
  const std::size_t kind = rows.column("relationship_id");
  const std::size_t invalid = rows.column("invalid_reason");
  while (rows.next()) {
    if (rows[kind] != "Maps to" || !rows[invalid].empty() || rows[from] == rows[to]) {
      continue;
    }
    const auto found = rows_by_id.find(number_of(rows[from]).value_or(0));
    if (found != rows_by_id.end()) {
      list.property(found->second, "standard", rows[to]);
    }
  }
}

std::string read_version(const SourceFile& file, Notes& notes) {
  TabRows rows(file, notes);
  const std::size_t id = rows.column("vocabulary_id");
  const std::size_t version = rows.column("vocabulary_version");
  while (rows.next()) {
    if (rows[id] == "None") {
      return std::string(rows[version]);
    }
  }
  return {};
}

}  // namespace

ListName read_athena(const std::vector<const SourceFile*>& files, ListBuilder& list, Notes& notes) {
  Rows rows_by_id;
  std::string version;
  for (const SourceFile* file : files) {
    if (file->kind == Kind::athena_concept) {
      read_concepts(*file, list, rows_by_id, notes);
    }
  }
  for (const SourceFile* file : files) {
    if (file->kind == Kind::athena_relationship) {
      read_relationships(*file, list, rows_by_id, notes);
    } else if (file->kind == Kind::athena_vocabulary) {
      version = read_version(*file, notes);
    }
  }
  return {"omop", version.empty() ? "1" : version, {}, {}};
}

}  // namespace lhcr::release
