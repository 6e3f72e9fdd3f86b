// SPDX-License-Identifier: Apache-2.0
/// The tables of a run: which view's rows go to which, and rows that wait for those of others.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/convert/tables.hpp"
#include "view/relations.hpp"
#include "view/spool.hpp"
#include "view/view.hpp"

namespace lhcr::cmd {

/// Views of one name make one table. Rows of tables that demand something of others (ColumnRole)
/// wait on disk for the end of the input. `views` and `format` outlive the object.
class TableSet {
 public:
  /// Throws as open_tables().
  TableSet(const TableFormat& format, const std::vector<view::View>& views,
           const std::string& path);

  /// What one worker writes the rows of a view with.
  [[nodiscard]] std::unique_ptr<view::RowWriter> make_writer(std::size_t view) const;
  /// Takes what such a writer made.
  void write(std::size_t view, std::string_view rows);
  void flush();
  /// To be called at the end; without it no file is made.
  void finish();
  /// What the tables do not carry as the records have it, a sentence each; after finish().
  [[nodiscard]] std::vector<std::string> warnings() const;
  /// Rows that were left out, or changed, for what tables demand, a sentence each; after finish().
  [[nodiscard]] std::vector<std::string> notes() const;

 private:
  void settle(std::size_t table);

  const TableFormat& format_;
  const std::vector<view::View>& views_;
  std::vector<std::size_t> tables_of_;    ///< by view
  std::vector<const view::View*> first_;  ///< by table: the first view that makes it
  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<std::unique_ptr<view::Spool>> waiting_;  ///< by view; nullptr: its rows do not wait
  std::unique_ptr<view::Relations> relations_;
};

}  // namespace lhcr::cmd
