// SPDX-License-Identifier: Apache-2.0
#include "view/built_in.hpp"

#include <algorithm>

#include "view/tables.hpp"

namespace lhcr::view {

std::vector<Source> built_in() {
  std::vector<Source> found;
  for (const EmbeddedFile& table : tables()) {
    found.push_back({std::string(table.stem()), std::string(table.text)});
  }
  return found;
}

std::vector<Source> built_in(std::string_view name) {
  std::vector<Source> found;
  for (Source& source : built_in()) {
    const std::string_view own = source.name;
    const bool below = own.starts_with(name) && own.substr(name.size()).starts_with('.');
    if (own == name || below) found.push_back(std::move(source));
  }
  return found;
}

std::vector<std::string> built_in_sets() {
  std::vector<std::string> sets;
  for (const Source& source : built_in()) {
    std::string set = source.name.substr(0, source.name.find('.'));
    if (std::find(sets.begin(), sets.end(), set) == sets.end()) sets.push_back(std::move(set));
  }
  return sets;
}

}  // namespace lhcr::view
