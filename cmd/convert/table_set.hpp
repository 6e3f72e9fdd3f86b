// SPDX-License-Identifier: Apache-2.0
/// The tables of a run: which view's rows go to which, and rows that wait for those of others.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/convert/partition.hpp"
#include "cmd/convert/tables.hpp"
#include "view/relations.hpp"
#include "view/spool.hpp"
#include "view/view.hpp"

namespace lhcr::cmd {

/// Views of one name make one table. Rows of tables that demand something of others (ColumnRole)
/// wait on disk for the end of the input. `views` and `format` outlive the object.
class TableSet {
 public:
  /// `path`: empty for standard output, a file, or a folder (existing or with a slash at its end)
  /// that gets NAME.csv, or NAME/COLUMN=VALUE/, and so on. Throws Error{usage} when several tables,
  /// or parts, have no folder.
  TableSet(const TableFormat& format, const std::vector<view::View>& views,
           const std::string& path);

  /// What one worker writes the rows of a view with.
  [[nodiscard]] std::unique_ptr<view::RowWriter> make_writer(std::size_t view) const;
  /// Takes `count` rows that such a writer made.
  void write(std::size_t view, std::string_view rows, std::uint64_t count);
  void flush();
  /// To be called at the end; without it no file is made, and none is when one of them cannot be.
  void finish();
  /// What the tables do not carry as the records have it, a sentence each; after finish().
  [[nodiscard]] std::vector<std::string> warnings() const;
  /// Values that the tables have not, as warnings() say; after finish().
  [[nodiscard]] std::uint64_t lost() const;
  /// Rows that were left out, or changed, for what tables demand, a sentence each; after finish().
  [[nodiscard]] std::vector<std::string> notes() const;

  /// The views that a table is made of, the first one in front.
  [[nodiscard]] const std::vector<const view::View*>& made_of(std::size_t table) const {
    return parts_[table];
  }
  /// Of each table, after finish().
  [[nodiscard]] std::vector<std::vector<TableFile>> files() const;

 private:
  [[nodiscard]] std::unique_ptr<view::RowWriter> make_table_writer(std::size_t view) const;
  void open(const std::string& path);
  void settle(std::size_t table);
  void rein_in();

  const TableFormat& format_;
  const std::vector<view::View>& views_;
  std::vector<std::size_t> tables_of_;                  ///< by view
  std::vector<std::vector<const view::View*>> parts_;   ///< by table
  std::vector<std::unique_ptr<Partition>> partitions_;  ///< by view; none when there are no parts
  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<std::unique_ptr<view::Spool>> waiting_;  ///< by view; nullptr: its rows do not wait
  std::unique_ptr<view::Relations> relations_;
};

}  // namespace lhcr::cmd
