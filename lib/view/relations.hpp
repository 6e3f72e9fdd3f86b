// SPDX-License-Identifier: Apache-2.0
/// What the tables of a set demand of each other: keys, rows that they refer to, values that must
/// be there. The columns of the views say it (ColumnRole).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "view/spool.hpp"
#include "view/view.hpp"

namespace lhcr::view {

/// A set of 64-bit numbers; 8 to 16 bytes each.
class NumberSet {
 public:
  /// False: it was there.
  bool insert(std::uint64_t number);
  [[nodiscard]] bool contains(std::uint64_t number) const noexcept;

 private:
  [[nodiscard]] std::size_t place(std::uint64_t number) const noexcept;
  void grow();

  std::vector<std::uint64_t> slots_;  ///< 0: free
  std::size_t used_ = 0;
  bool has_zero_ = false;
};

/// The tables of a run and the rows that they may have. Rows come table by table in the order of
/// order(); of a table that others refer to, the keys stay in memory. Belongs to one thread.
class Relations {
 public:
  struct Shape {
    std::string name;
    /// Of each view that makes rows of the table: the same names, demands of its own. They outlive
    /// the object.
    std::vector<const std::vector<Column>*> parts;
  };
  explicit Relations(std::vector<Shape> tables);

  /// Whether the columns demand anything, so that their rows have to wait.
  [[nodiscard]] static bool binds(const std::vector<Column>& columns);
  /// Every table behind those that it refers to.
  [[nodiscard]] const std::vector<std::size_t>& order() const noexcept { return order_; }

  /// Gives the rows of a table that keep its demands to `out`. A row without what is required, or
  /// that must refer to a row that is not there, is left out; another such reference becomes null.
  /// Of rows of one key the first stays, with the least and the greatest of the columns that ask
  /// for it. `rows`: of each part of the table.
  void settle(std::size_t table, const std::vector<Spool*>& rows, RowSink& out);

  /// What settle() left out or cleared, a sentence each with its count.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  class RowJudge;

  [[nodiscard]] std::size_t index_of(const std::string& name) const;
  void visit(std::size_t table, std::vector<bool>& seen);

  std::vector<Shape> tables_;
  std::vector<std::size_t> order_;
  std::vector<NumberSet> keys_;  ///< by table
  std::vector<std::string> notes_;
};

}  // namespace lhcr::view
