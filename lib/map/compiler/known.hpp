// SPDX-License-Identifier: Apache-2.0
/// What names a compiler of maps may be given, and by whom.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "map/path.hpp"
#include "map/tables.hpp"

namespace lhcr::map {

/// Built-in rows are read with the tables' own names.
[[nodiscard]] inline bool is_overlay(const Location& at) {
  const auto all = tables();
  return std::none_of(all.begin(), all.end(),
                      [&](const EmbeddedFile& table) { return table.name == at.file; });
}

/// The keys of a map, in order.
template <class Table>
[[nodiscard]] std::vector<std::string_view> keys_of(const Table& table) {
  std::vector<std::string_view> out;
  for (const auto& [key, value] : table) {
    out.emplace_back(key);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace lhcr::map
