// SPDX-License-Identifier: Apache-2.0
#include "format/csv/csv_name.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"

namespace lhcr::format {
namespace {

constexpr std::string_view table_endings[] = {".csv", ".tsv"};
constexpr std::string_view packed_endings[] = {".gz", ".zst"};

std::string_view without_packing(std::string_view path) {
  const std::string lower = in_small_letters(path);
  for (const std::string_view ending : packed_endings) {
    if (lower.ends_with(ending)) path.remove_suffix(ending.size());
  }
  return path;
}

}  // namespace

bool names_table(std::string_view path) {
  const std::string lower = in_small_letters(without_packing(path));
  return std::any_of(std::begin(table_endings), std::end(table_endings),
                     [&](std::string_view ending) { return lower.ends_with(ending); });
}

std::string table_name(std::string_view path) {
  return std::string(names_table(path) ? without_packing(path) : path);
}

}  // namespace lhcr::format
