// SPDX-License-Identifier: Apache-2.0
// The words that completion scripts ask for when a value depends on what is here.
#include <algorithm>

#include "base/error.hpp"
#include "base/words.hpp"
#include "cmd/help/generate.hpp"
#include "cmd/packages.hpp"
#include "cmd/push/endpoint.hpp"
#include "deliver/style/style.hpp"
#include "finding/finding.hpp"
#include "map/map.hpp"
#include "privacy/policy.hpp"
#include "table/table.hpp"
#include "view/built_in.hpp"

namespace lhcr::cmd {
namespace {

using Words = std::vector<std::string>;

Words findings() {
  Words words;
  for (const finding::Entry& row : finding::catalogue()) words.emplace_back(row.id);
  return words;
}

Words regions() {
  return region_book().names();
}

Words styles() {
  Words words;
  for (const deliver::StyleRow& row : deliver::styles()) words.emplace_back(row.name);
  return words;
}

/// Sets, and what is in them.
Words views() {
  Words words = view::built_in_sets();
  for (const view::Source& source : view::built_in()) words.push_back(source.name);
  return words;
}

/// Maps, and their blocks.
Words maps() {
  definition::Library library;
  Words words;
  for (const map::RowInfo& row : map::list_rows(library)) {
    words.push_back(row.map);
    words.push_back(row.block);
  }
  return words;
}

Words stems_of(std::span<const EmbeddedFile> files) {
  Words words;
  for (const EmbeddedFile& file : files) words.emplace_back(file.stem());
  return words;
}

Words policies() {
  return stems_of(privacy::rule_sets());
}

Words layouts() {
  return stems_of(validate::built_in_layouts());
}

Words packages() {
  Words words;
  for (const definition::StoredPackage& package : definition::stored_packages(package_stores())) {
    words.push_back(package.label);
  }
  return words;
}

/// Those of the specifications, without extensions.
Words profiles() {
  const definition::Library library;
  Words words;
  for (const std::string_view version : library.versions()) {
    const definition::Definitions& definitions = *library.version(version);
    for (const std::string_view url : definitions.structure_urls()) {
      const definition::Structure structure =
          definitions.structure_info(definitions.structure(url));
      if (structure.constraint && structure.kind == definition::TypeKind::resource) {
        words.emplace_back(url);
      }
    }
  }
  return words;
}

Words versions() {
  Words words;
  for (const std::string_view version : definition::Library().versions()) {
    words.emplace_back(version);
  }
  return words;
}

Words loss_formats() {
  return {"text", "json"};
}

struct List {
  std::string_view name;
  Words (*words)();
};

constexpr List all_lists[] = {
    {"findings", findings}, {"regions", regions},   {"styles", styles},
    {"views", views},       {"maps", maps},         {"policies", policies},
    {"layouts", layouts},   {"packages", packages}, {"profiles", profiles},
    {"versions", versions}, {"lists", word_lists},  {"loss-formats", loss_formats},
};

}  // namespace

std::vector<std::string> word_lists() {
  Words names;
  for (const List& list : all_lists) names.emplace_back(list.name);
  return names;
}

std::vector<std::string> words_of(std::string_view list) {
  const auto found = std::find_if(std::begin(all_lists), std::end(all_lists),
                                  [list](const List& known) { return known.name == list; });
  if (found == std::end(all_lists)) {
    throw Error(ErrorKind::usage, "there is no list '" + std::string(list) + "'; there are " +
                                      joined(word_lists(), ", "));
  }
  Words words = found->words();
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace lhcr::cmd
