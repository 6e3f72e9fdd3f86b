// SPDX-License-Identifier: Apache-2.0
/// Rows in folders by the value of a column, as Hive, Spark and DuckDB read them: YEAR=2024/.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "view/view.hpp"
#include "view/writer.hpp"

namespace lhcr::cmd {

/// Which columns of a view say the folder of a row, and which stay in its file.
class Partition {
 public:
  /// `names`: in the order of the folders. Throws Error{usage} for a name that is no column of the
  /// view, a list, or the only column that is left.
  Partition(const std::vector<std::string>& names, const view::View& view);

  /// The columns of the files: all the others.
  [[nodiscard]] const std::vector<view::Column>& kept() const noexcept { return kept_; }
  /// "year=2024/region=north": values are encoded as Hive does it, of none the folder is
  /// __HIVE_DEFAULT_PARTITION__.
  void append_folder(const view::Row& row, std::string& out) const;
  /// The cells of the file.
  void keep(const view::Row& row, std::vector<view::Cell>& out) const;

 private:
  std::vector<std::string> names_;
  std::vector<std::size_t> folders_;  ///< places of `names_`
  std::vector<std::size_t> stays_;    ///< places of `kept_`
  std::vector<view::Column> kept_;
};

/// Writes each row with `inner`, and its folder in front, for each_partition_row(). `partition`
/// outlives it.
[[nodiscard]] std::unique_ptr<view::RowWriter> make_partition_writer(
    const Partition& partition, std::unique_ptr<view::RowWriter> inner);

/// Takes apart what such a writer made.
void each_partition_row(
    std::string_view bytes,
    const std::function<void(std::string_view folder, std::string_view row)>& take);

}  // namespace lhcr::cmd
