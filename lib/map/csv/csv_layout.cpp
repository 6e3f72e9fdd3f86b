// SPDX-License-Identifier: Apache-2.0
// What CSV blocks expect of the columns of their file.
#include <algorithm>

#include "map/csv/csv.hpp"
#include "map/csv/csv_model.hpp"

namespace lhcr::map {
namespace {

class ColumnList {
 public:
  void add(const CsvBlock& block) {
    for (const std::string& name : block.key) column(name).key = true;
    if (!block.patient.empty()) column(block.patient);
    add(block.when);
    add(block.root, block.when.empty());
  }
  [[nodiscard]] std::vector<CsvColumn> take() { return std::move(columns_); }

 private:
  CsvColumn& column(const std::string& name) {
    const auto place = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const CsvColumn& each) { return each.name == name; });
    if (place != columns_.end()) return *place;
    columns_.emplace_back();
    columns_.back().name = name;
    return columns_.back();
  }
  void add(const std::vector<CsvTest>& tests) {
    for (const CsvTest& test : tests) column(test.column);
  }
  /// `always`: the block is for every row.
  void add(const CsvNode& node, bool always) {
    for (const CsvLeaf& leaf : node.leaves) {
      add(leaf.when);
      if (leaf.column.empty()) continue;
      CsvColumn& it = column(leaf.column);
      if (!always || !leaf.when.empty() || it.codec != nullptr) continue;
      if (!leaf.has_codes) it.codec = leaf.codec;
      if (!leaf.has_codes || leaf.codes.contains("*")) continue;
      for (const auto& [code, meaning] : leaf.codes) it.codes.push_back(code);
    }
    for (const CsvNode& child : node.children) add(child, always);
  }

  std::vector<CsvColumn> columns_;
};

}  // namespace

bool CsvColumn::fits(std::string_view cell) const {
  std::string out;
  return codec == nullptr || codec->append(cell, out);
}

std::string_view CsvColumn::expects() const {
  return codec == nullptr ? std::string_view("text") : codec->expects;
}

std::vector<CsvColumn> csv_columns(const std::vector<const CsvBlock*>& blocks) {
  ColumnList list;
  for (const CsvBlock* block : blocks) list.add(*block);
  return list.take();
}

}  // namespace lhcr::map
