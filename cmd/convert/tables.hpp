// SPDX-License-Identifier: Apache-2.0
/// Where tables go: standard output, a file, or a folder with a file a table.
#pragma once

#include <cstdint>
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
  view::ParquetLimits limits;                ///< of one file
  std::vector<std::string> partition;        ///< columns whose values are folders; empty: none
  bool hashed = false;                       ///< files() are wanted with their hashes

  /// ".csv"
  [[nodiscard]] std::string_view suffix() const noexcept;
};

/// What a file became.
struct TableFile {
  std::string path;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::string sha256;  ///< small letters; empty: not wanted
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
  /// `rows`: what the row writer of the same format made. `count`: how many they are, unless the
  /// rows are in parts and say it themselves.
  virtual void write(std::string_view rows, std::uint64_t count) = 0;
  virtual void flush() = 0;
  /// To be called when all rows are there: writes what is held back, so that finish() has little
  /// left to fail of.
  virtual void seal() = 0;
  /// Gives the table its name; without it nothing is made.
  virtual void finish() = 0;
  /// What the file does not carry as the records have it, a sentence each; after seal().
  [[nodiscard]] virtual std::vector<std::string> notes() const { return {}; }
  /// Values that the file has not, as its types do not hold them; after seal().
  [[nodiscard]] virtual std::uint64_t lost() const { return 0; }
  /// After finish().
  [[nodiscard]] virtual std::vector<TableFile> files() const = 0;
  /// Bytes that wait in memory for the end of a row group, and how to have them written.
  [[nodiscard]] virtual std::size_t held() const { return 0; }
  virtual void release() {}
};

/// How one worker turns rows into what Table::write() takes.
[[nodiscard]] std::unique_ptr<view::RowWriter> make_row_writer(
    const TableFormat& format, const std::vector<view::Column>& columns);

/// One file, or standard output when `path` is empty. `synced` false: whoever puts its folder into
/// place synchronises. `columns` outlive it.
struct TablePlace {
  std::string path;
  bool synced = true;
};
[[nodiscard]] std::unique_ptr<Table> open_table(const TableFormat& format,
                                                const std::vector<view::Column>& columns,
                                                const TablePlace& place);

/// A folder of folders, each with a part file (Partition). What stands in `path` must be the parts
/// of an earlier run, and goes as a whole when the new ones are there. Throws Error{usage} when
/// there is something else.
[[nodiscard]] std::unique_ptr<Table> open_parts(const TableFormat& format,
                                                const std::vector<view::Column>& columns,
                                                const std::string& path);
/// Whether a folder holds parts of tables and nothing else.
[[nodiscard]] bool is_of_parts(const std::string& path);

/// Whether tables go into a folder: it is one, or a slash is at its end.
[[nodiscard]] bool is_table_folder(const std::string& path);

}  // namespace lhcr::cmd
