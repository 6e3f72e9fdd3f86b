// SPDX-License-Identifier: Apache-2.0
/// What names a compiler of maps may be given, and by whom.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "map/codec/codec.hpp"
#include "map/path.hpp"
#include "map/tables.hpp"

namespace lhcr::map {

/// Built-in rows are read with the tables' own names.
[[nodiscard]] inline bool is_overlay(const Location& at) {
  const auto all = tables();
  return std::none_of(all.begin(), all.end(),
                      [&](const EmbeddedFile& table) { return table.name == at.file; });
}

/// What rows and blocks may have behind them, for suggestions.
inline constexpr std::array<std::string_view, 16> row_options{
    "map",   "most", "when",  "back",  "none",   "rest",  "null", "quiet",
    "refer", "nth",  "least", "every", "repeat", "lacks", "says", "arg"};
/// As above, of blocks.
inline constexpr std::array<std::string_view, 13> block_options{
    "section", "statement", "nested", "subject", "entry",  "fact", "mention",
    "scope",   "around",    "actor",  "same",    "family", "says"};

/// The member that an option of a block sets, or nullptr.
[[nodiscard]] inline bool Block::*block_flag(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, bool Block::*>, 9> flags{{
      {"statement", &Block::statement},
      {"nested", &Block::nested_only},
      {"subject", &Block::subject},
      {"entry", &Block::entry_only},
      {"fact", &Block::fact},
      {"mention", &Block::mention},
      {"scope", &Block::scope},
      {"around", &Block::around},
      {"same", &Block::same},
  }};
  const auto found = std::find_if(flags.begin(), flags.end(),
                                  [&](const auto& flag) { return flag.first == name; });
  return found == flags.end() ? nullptr : found->second;
}

[[nodiscard]] inline std::vector<std::string_view> codec_names() {
  std::vector<std::string_view> out;
  for (const CodecEntry& entry : codecs()) out.push_back(entry.name);
  return out;
}

[[nodiscard]] inline std::vector<std::string_view> type_names(
    const definition::Definitions& definitions) {
  std::vector<std::string_view> out;
  for (const definition::TypeInfo& info : definitions.types()) out.push_back(info.name);
  return out;
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
