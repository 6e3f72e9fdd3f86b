// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/partition.hpp"

#include <algorithm>
#include <cstring>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cmd/run/near_name.hpp"

namespace lhcr::cmd {
namespace {

constexpr std::string_view hive_null = "__HIVE_DEFAULT_PARTITION__";

/// What Hive and Spark do not write into the name of a folder as it is.
bool is_escaped(char byte) {
  constexpr std::string_view escaped = "\"#%'*/:=?\\{[]^\x7f";
  return static_cast<unsigned char>(byte) < ' ' || escaped.find(byte) != std::string_view::npos;
}

void append_value(std::string_view text, std::string& out) {
  if (text.empty()) {
    out += hive_null;
    return;
  }
  // A text that reads as the sign for none is one that has its first letter escaped.
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_escaped(text[i]) || (i == 0 && text == hive_null)) {
      append_percent(out, text[i]);
    } else {
      out += text[i];
    }
  }
}

std::size_t place_of(const std::string& name, const view::View& view) {
  const std::vector<view::Column>& columns = view.columns();
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const view::Column& column) { return column.name == name; });
  const std::string said = "--partition-by " + name + ": table " + view.name();
  if (found == columns.end()) {
    std::vector<std::string> names;
    for (const view::Column& column : columns) names.push_back(column.name);
    throw Error(ErrorKind::usage, said + " has no such column" + or_meant(name, names));
  }
  if (found->list) throw Error(ErrorKind::usage, said + " has lists in this column");
  return static_cast<std::size_t>(found - columns.begin());
}

class PartitionWriter : public view::RowWriter {
 public:
  PartitionWriter(const Partition& partition, std::unique_ptr<view::RowWriter> inner)
      : partition_(partition), inner_(std::move(inner)) {}

  void row(const view::Row& row) override {
    folder_.clear();
    partition_.append_folder(row, folder_);
    cells_.clear();
    partition_.keep(row, cells_);
    inner_->row({cells_, row.items, row.scratch});
    put(folder_);
    put(inner_->out());
    inner_->out().clear();
  }

 private:
  void put(std::string_view bytes) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    out().append(reinterpret_cast<const char*>(&size), sizeof size);
    out() += bytes;
  }

  const Partition& partition_;
  std::unique_ptr<view::RowWriter> inner_;
  std::string folder_;
  std::vector<view::Cell> cells_;
};

std::string_view take_part(std::string_view& bytes) {
  std::uint32_t size = 0;
  std::memcpy(&size, bytes.data(), sizeof size);
  const std::string_view part = bytes.substr(sizeof size, size);
  bytes.remove_prefix(sizeof size + size);
  return part;
}

}  // namespace

Partition::Partition(const std::vector<std::string>& names, const view::View& view)
    : names_(names) {
  for (const std::string& name : names) {
    const std::size_t place = place_of(name, view);
    if (std::find(folders_.begin(), folders_.end(), place) != folders_.end()) {
      throw Error(ErrorKind::usage, "--partition-by " + name + " is given twice");
    }
    folders_.push_back(place);
  }
  for (std::size_t i = 0; i < view.columns().size(); ++i) {
    if (std::find(folders_.begin(), folders_.end(), i) != folders_.end()) continue;
    stays_.push_back(i);
    kept_.push_back(view.columns()[i]);
  }
  if (kept_.empty()) {
    throw Error(ErrorKind::usage, "--partition-by leaves no column of table " + view.name());
  }
}

void Partition::append_folder(const view::Row& row, std::string& out) const {
  for (std::size_t i = 0; i < folders_.size(); ++i) {
    if (i > 0) out += '/';
    out += names_[i];
    out += '=';
    const view::Cell& cell = row.cells[folders_[i]];
    append_value(cell.kind == view::Cell::Kind::null ? std::string_view() : row.text(cell), out);
  }
}

void Partition::keep(const view::Row& row, std::vector<view::Cell>& out) const {
  for (const std::size_t place : stays_) out.push_back(row.cells[place]);
}

std::unique_ptr<view::RowWriter> make_partition_writer(const Partition& partition,
                                                       std::unique_ptr<view::RowWriter> inner) {
  return std::make_unique<PartitionWriter>(partition, std::move(inner));
}

void each_partition_row(
    std::string_view bytes,
    const std::function<void(std::string_view folder, std::string_view row)>& take) {
  while (!bytes.empty()) {
    const std::string_view folder = take_part(bytes);
    take(folder, take_part(bytes));
  }
}

}  // namespace lhcr::cmd
