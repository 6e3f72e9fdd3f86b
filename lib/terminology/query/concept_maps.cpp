// SPDX-License-Identifier: Apache-2.0
#include "terminology/query/concept_maps.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace lhcr::terminology {
namespace {

/// What a system may be called in a map: its canonicals.
std::vector<std::string_view> canonicals_of(std::string_view system) {
  const CodeSystemName* known = find_code_system(system);
  if (known == nullptr) {
    return {system};
  }
  std::vector<std::string_view> made = {known->canonical};
  for (std::string_view left = known->others; !left.empty();) {
    const std::size_t end = std::min(left.find(' '), left.size());
    made.push_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return made;
}

bool is_same(std::string_view relation) {
  return relation == "equal" || relation == "equivalent";
}

bool is_none(std::string_view relation) {
  return relation == "unmatched" || relation == "disjoint" || relation == "not-related-to";
}

void add_targets(const CodeList& list, const ListedCode& row,
                 const std::vector<std::string_view>& wanted, Translation& made) {
  std::string_view system;
  bool taken = false;
  for (const CodeProperty& one : list.properties(row)) {
    if (one.name == map_target::system) {
      system = one.value;
      taken = false;
    } else if (one.name == map_target::code) {
      taken = std::find(wanted.begin(), wanted.end(), system) != wanted.end();
      if (taken) {
        MapTarget& target = made.targets.emplace_back();
        target.code = std::string(one.value);
        target.raw = one.value;
      }
    } else if (taken && one.name == map_target::display) {
      made.targets.back().display = std::string(one.value);
    } else if (taken && one.name == map_target::relation) {
      made.targets.back().advice = one.value;
      made.targets.back().relation = one.value.empty() ? MapTarget{}.relation : one.value;
      made.targets.back().assured = is_same(one.value);
    } else if (taken && one.name == map_target::map) {
      made.map = std::string(one.value);
    }
  }
}

}  // namespace

Translation by_concept_maps(const Library& library, std::string_view from, std::string_view code,
                            std::string_view to) {
  Translation made;
  const auto wanted = canonicals_of(to);
  for (const auto& one : library.all()) {
    if (one->list() == nullptr || !one->stored().name.starts_with(concept_map_images)) {
      continue;
    }
    for (const std::string_view canonical : canonicals_of(from)) {
      if (const auto row = one->list()->find(std::string(canonical) + "\t" + std::string(code))) {
        add_targets(*one->list(), *row, wanted, made);
      }
    }
  }
  std::erase_if(made.targets, [](const MapTarget& target) { return is_none(target.advice); });
  if (made.targets.empty()) {
    made.problem = "there is no map from " + std::string(from) + " to " + std::string(to);
  }
  return made;
}

}  // namespace lhcr::terminology
