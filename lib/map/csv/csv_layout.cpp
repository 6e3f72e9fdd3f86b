// SPDX-License-Identifier: Apache-2.0
// What CSV blocks expect of the columns of their file.
#include <algorithm>

#include "base/uk_system.hpp"
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
  void add(const CsvNode& node, bool always, bool nhs_number = false) {
    for (const CsvLeaf& leaf : node.leaves) {
      add(leaf.when);
      if (!leaf.with.empty()) column(leaf.with);
      if (leaf.column.empty()) continue;
      CsvColumn& it = column(leaf.column);
      it.nhs_number = it.nhs_number || nhs_number;
      // What two columns say together is not to be judged by one.
      if (!always || !leaf.when.empty() || !leaf.with.empty() || it.codec != nullptr) continue;
      it.moment = !leaf.picture.empty() || !leaf.zone.empty();
      it.picture = leaf.picture;
      it.zone = leaf.zone;
      if (!leaf.has_codes) it.codec = leaf.codec;
      if (!leaf.has_codes || leaf.codes.contains("*")) continue;
      for (const auto& [code, meaning] : leaf.codes) it.codes.push_back(code);
    }
    const bool number = is_nhs_number(node);
    for (const CsvNode& child : node.children) {
      add(child, always, number && child.key == "\"value\":");
    }
  }
  /// An Identifier whose system is a constant that says so.
  static bool is_nhs_number(const CsvNode& node) {
    return std::any_of(node.children.begin(), node.children.end(), [](const CsvNode& child) {
      if (child.key != "\"system\":" || child.leaves.empty()) return false;
      const std::string& json = child.leaves.front().constant;
      const auto known =
          json.size() > 2 ? uk_system(json.substr(1, json.size() - 2)) : std::nullopt;
      return known && known->kind == UkSystem::nhs_number;
    });
  }

  std::vector<CsvColumn> columns_;
};

}  // namespace

bool CsvColumn::fits(std::string_view cell) const {
  std::string out;
  if (moment) return append_moment(cell, picture, zone, out);
  return codec == nullptr || codec->append(cell, out);
}

std::string CsvColumn::expects() const {
  return expected_of(codec, picture);
}

std::vector<std::string> csv_key(const std::vector<const CsvBlock*>& blocks) {
  return blocks.size() == 1 && blocks.front()->when.empty() ? blocks.front()->key
                                                            : std::vector<std::string>();
}

std::vector<CsvColumn> csv_columns(const std::vector<const CsvBlock*>& blocks) {
  ColumnList list;
  for (const CsvBlock* block : blocks) list.add(*block);
  return list.take();
}

}  // namespace lhcr::map
