// SPDX-License-Identifier: Apache-2.0
#include "terminology/query/stored_sets.hpp"

#include <algorithm>

namespace lhcr::terminology {
namespace {

/// Calls `visit` with each list of sets that has a canonical, and its row there.
template <typename Visit>
void each_row(const Library& library, std::string_view canonical, const Visit& visit) {
  const std::size_t bar = canonical.find('|');
  const std::string_view version =
      bar == std::string_view::npos ? std::string_view{} : canonical.substr(bar + 1);
  for (const auto& one : library.all()) {
    const bool sets = one->list() != nullptr && one->stored().name.starts_with(set_images);
    const auto row = sets ? one->list()->find(canonical.substr(0, bar)) : std::nullopt;
    if (row && (version.empty() || one->list()->property(*row, "version") == version)) {
      visit(*one->list(), *row);
    }
  }
}

}  // namespace

bool StoredSets::has(std::string_view canonical) const {
  bool found = false;
  each_row(library_, canonical, [&](const CodeList&, const ListedCode&) { found = true; });
  return found;
}

std::vector<Composition> StoredSets::compositions(std::string_view canonical) const {
  std::vector<Composition> made;
  each_row(library_, canonical, [&](const CodeList& list, const ListedCode& row) {
    std::vector<std::string_view> texts;
    for (const CodeProperty& one : list.properties(row)) {
      if (one.name == composition_property) {
        texts.push_back(one.value);
      }
    }
    made.push_back(read_composition(texts));
  });
  return made;
}

const SetDirectory* SetDirectories::holder(std::string_view canonical) const {
  const auto found = std::find_if(all_.begin(), all_.end(),
                                  [&](const SetDirectory* one) { return one->has(canonical); });
  return found == all_.end() ? nullptr : *found;
}

bool SetDirectories::has(std::string_view canonical) const {
  return holder(canonical) != nullptr;
}

std::optional<bool> SetDirectories::listed(std::string_view canonical, std::string_view system,
                                           std::string_view code) const {
  const SetDirectory* one = holder(canonical);
  return one == nullptr ? std::nullopt : one->listed(canonical, system, code);
}

std::vector<SetCode> SetDirectories::codes(std::string_view canonical) const {
  const SetDirectory* one = holder(canonical);
  return one == nullptr ? std::vector<SetCode>{} : one->codes(canonical);
}

std::vector<Composition> SetDirectories::compositions(std::string_view canonical) const {
  const SetDirectory* one = holder(canonical);
  return one == nullptr ? std::vector<Composition>{} : one->compositions(canonical);
}

}  // namespace lhcr::terminology
