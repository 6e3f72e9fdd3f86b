// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "fhirpath/names.hpp"
#include "view/plan.hpp"

namespace lhcr::view {
namespace {

bool add(const std::vector<PlacedPath>& paths, fhirpath::ElementNames& names) {
  return std::all_of(paths.begin(), paths.end(),
                     [&](const PlacedPath& path) { return names.add(path.expression.text()); });
}

bool add(const Block& block, fhirpath::ElementNames& names) {
  const bool columns = std::all_of(
      block.columns.begin(), block.columns.end(),
      [&](const ColumnPath& column) { return names.add(column.path.expression.text()); });
  const auto all_blocks = [&](const std::vector<Block>& part) {
    return std::all_of(part.begin(), part.end(),
                       [&](const Block& inner) { return add(inner, names); });
  };
  return columns && add(block.paths, names) &&
         std::all_of(block.parts.begin(), block.parts.end(), all_blocks);
}

}  // namespace

std::optional<std::vector<Symbol>> needed_names(const std::vector<View>& views,
                                                SymbolTable& symbols) {
  fhirpath::ElementNames names(views.front().definitions(), symbols);
  names.add_name("resourceType");
  names.add_name("id");
  for (const View& view : views) {
    if (!add(view.plan_->where, names) || !add(view.plan_->root, names)) return std::nullopt;
  }
  return names.written();
}

}  // namespace lhcr::view
