// SPDX-License-Identifier: Apache-2.0
/// Where tables go: standard output, a file, or a folder with a file a table.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "format/csv/csv.hpp"
#include "view/parquet.hpp"
#include "view/view.hpp"
#include "view/writer.hpp"

namespace lhcr::cmd {

struct TableFormat {
  enum class Kind { csv, ndjson, parquet };
  Kind kind = Kind::csv;
  format::CsvDialect csv;
  view::OpenParquet open_parquet = nullptr;  ///< set when kind is parquet
};

/// Loads what writes Parquet, beside the program or where it is installed. Throws Error{usage} when
/// this build has none.
[[nodiscard]] view::OpenParquet find_parquet();

/// Takes the bytes of rows in order.
class Table {
 public:
  Table() = default;
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  virtual ~Table() = default;
  /// `rows`: what the row writer of the same format made.
  virtual void write(std::string_view rows) = 0;
  virtual void flush() = 0;
  /// To be called at the end; without it a file is not made.
  virtual void finish() = 0;
  /// What the file does not carry as the records have it, a sentence each; after finish().
  [[nodiscard]] virtual std::vector<std::string> notes() const { return {}; }
};

/// How one worker turns rows into what Table::write() takes.
[[nodiscard]] std::unique_ptr<view::RowWriter> make_row_writer(
    const TableFormat& format, const std::vector<view::Column>& columns);

/// A table a view, in their order. `path`: empty for standard output, a file, or a folder (existing
/// or with a slash at its end) that gets NAME.csv and so on. Throws Error{usage} when several
/// tables have no folder.
[[nodiscard]] std::vector<std::unique_ptr<Table>> open_tables(
    const TableFormat& format, const std::vector<const view::View*>& views,
    const std::string& path);

}  // namespace lhcr::cmd
