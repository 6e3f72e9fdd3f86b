// SPDX-License-Identifier: Apache-2.0
#include "view/relations.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/fnv.hpp"
#include "base/number_in.hpp"

namespace lhcr::view {
namespace {

constexpr std::size_t npos = static_cast<std::size_t>(-1);

/// The number that a key is, or one for its text.
std::uint64_t number_of(std::string_view text) {
  const auto number = number_in<std::uint64_t>(text);
  return number ? *number : fnv1a(text);
}

bool is_key(const Column& column) {
  return column.role.key;
}

}  // namespace

std::size_t NumberSet::place(std::uint64_t number) const noexcept {
  std::uint64_t hash = number * 0xd6e8feb86659fd93U;
  hash ^= hash >> 32U;
  std::size_t at = hash & (slots_.size() - 1);
  while (slots_[at] != 0 && slots_[at] != number) at = (at + 1) & (slots_.size() - 1);
  return at;
}

void NumberSet::grow() {
  constexpr std::size_t first = 64;
  std::vector<std::uint64_t> old(slots_.empty() ? first : slots_.size() * 2);
  old.swap(slots_);
  for (const std::uint64_t number : old) {
    if (number != 0) slots_[place(number)] = number;
  }
}

bool NumberSet::insert(std::uint64_t number) {
  if (number == 0) return !std::exchange(has_zero_, true);
  if (used_ * 4 >= slots_.size() * 3) grow();
  std::uint64_t& slot = slots_[place(number)];
  if (slot == number) return false;
  slot = number;
  ++used_;
  return true;
}

bool NumberSet::contains(std::uint64_t number) const noexcept {
  if (number == 0) return has_zero_;
  return !slots_.empty() && slots_[place(number)] == number;
}

/// Judges the rows of one table.
class Relations::RowJudge : public RowSink {
 public:
  RowJudge(Relations& all, std::size_t table, RowSink& out)
      : all_(all), table_(table), own_(all.keys_[table]), out_(out) {}

  /// The rows that come next are of this part.
  void start(const std::vector<Column>& columns) {
    columns_ = &columns;
    targets_.clear();
    for (const Column& column : columns) {
      const std::size_t target = all_.index_of(column.role.references);
      targets_.push_back(target == npos || target == table_ ? nullptr : &all_.keys_[target]);
    }
    const auto key = std::find_if(columns.begin(), columns.end(), is_key);
    key_ = key == columns.end() ? npos : static_cast<std::size_t>(key - columns.begin());
    merges_ = std::any_of(columns.begin(), columns.end(), [](const Column& column) {
      return column.role.merge != ColumnRole::Merge::none;
    });
  }

  void row(const Row& row) override {
    row_ = row;
    cells_.assign(row.cells.begin(), row.cells.end());
    row_.cells = cells_;
    for (std::size_t i = 0; i < columns_->size(); ++i) {
      if (!settle_cell(i)) return;
    }
    if (merges_) {
      merge();
    } else if (key_ == npos || own_.insert(number_of(row_.text(cells_[key_])))) {
      out_.row(row_);
    } else {
      ++counts["rows of a key that came before: the first stays"];
    }
  }

  /// To be called behind the last row.
  void finish() {
    for (const std::string& bytes : merged_) read_rows(bytes, out_);
  }

  std::map<std::string, std::uint64_t> counts;  ///< by what happened

 private:
  /// False: the row goes.
  bool settle_cell(std::size_t i) {
    const Column& column = (*columns_)[i];
    Cell& cell = cells_[i];
    if (cell.kind == Cell::Kind::null) {
      if (!column.role.required) return true;
      ++counts["rows left out: without " + column.name];
      return false;
    }
    if (targets_[i] == nullptr || targets_[i]->contains(number_of(row_.text(cell)))) return true;
    if (column.role.required) {
      ++counts["rows left out: " + column.name + " is in no row of " + column.role.references];
      return false;
    }
    if (!column.role.may_miss) {
      ++counts[column.name + " cleared: it is in no row of " + column.role.references];
    }
    cell = Cell{};
    return true;
  }

  void merge() {
    const std::uint64_t key = key_ == npos ? 0 : number_of(row_.text(cells_[key_]));
    const auto [at, is_new] = places_.emplace(key, merged_.size());
    if (is_new) {
      own_.insert(key);
      merged_.push_back(packed());
      return;
    }
    Merger merger(*this);
    std::string before;
    before.swap(merged_[at->second]);
    read_rows(before, merger);
    merged_[at->second] = packed();
  }

  /// Takes the better of each cell of the row before.
  struct Merger : RowSink {
    explicit Merger(RowJudge& made) : judge(made) {}
    void row(const Row& before) override {
      for (std::size_t i = 0; i < judge.cells_.size(); ++i) {
        if (judge.keeps(i, before)) judge.take(i, before);
      }
    }
    RowJudge& judge;
  };

  [[nodiscard]] bool keeps(std::size_t i, const Row& before) const {
    const Cell& mine = cells_[i];
    const Cell& other = before.cells[i];
    const ColumnRole::Merge how = (*columns_)[i].role.merge;
    if (how == ColumnRole::Merge::none || mine.kind == Cell::Kind::null) return true;
    if (other.kind == Cell::Kind::null || how == ColumnRole::Merge::last) return false;
    const int order = before.text(other).compare(row_.text(mine));
    return how == ColumnRole::Merge::least ? order <= 0 : order >= 0;
  }

  void take(std::size_t i, const Row& before) { cells_[i] = before.cells[i]; }

  std::string packed() {
    const auto writer = make_spool_writer();
    writer->row(row_);
    return std::move(writer->out());
  }

  Relations& all_;
  std::size_t table_;
  const std::vector<Column>* columns_ = nullptr;
  NumberSet& own_;
  RowSink& out_;
  std::vector<const NumberSet*> targets_;  ///< by column; nullptr: it refers to nothing here
  std::size_t key_ = npos;
  bool merges_ = false;
  Row row_;
  std::vector<Cell> cells_;
  std::unordered_map<std::uint64_t, std::size_t> places_;  ///< of keys in `merged_`
  std::vector<std::string> merged_;
};

Relations::Relations(std::vector<Shape> tables)
    : tables_(std::move(tables)), keys_(tables_.size()) {
  std::vector<bool> seen(tables_.size());
  for (std::size_t i = 0; i < tables_.size(); ++i) visit(i, seen);
}

bool Relations::binds(const std::vector<Column>& columns) {
  return std::any_of(columns.begin(), columns.end(), [](const Column& column) {
    return column.role.key || column.role.required || !column.role.references.empty() ||
           column.role.merge != ColumnRole::Merge::none;
  });
}

std::size_t Relations::index_of(const std::string& name) const {
  const auto found = std::find_if(tables_.begin(), tables_.end(),
                                  [&](const Shape& shape) { return shape.name == name; });
  return found == tables_.end() ? npos : static_cast<std::size_t>(found - tables_.begin());
}

void Relations::visit(std::size_t table, std::vector<bool>& seen) {
  if (seen[table]) return;
  seen[table] = true;
  for (const std::vector<Column>* const part : tables_[table].parts) {
    for (const Column& column : *part) {
      const std::size_t target = index_of(column.role.references);
      if (target != npos) visit(target, seen);
    }
  }
  order_.push_back(table);
}

void Relations::settle(std::size_t table, const std::vector<Spool*>& rows, RowSink& out) {
  RowJudge judge(*this, table, out);
  for (std::size_t part = 0; part < rows.size(); ++part) {
    judge.start(*tables_[table].parts[part]);
    rows[part]->read(judge);
  }
  judge.finish();
  for (const auto& [what, count] : judge.counts) {
    notes_.push_back(tables_[table].name + ": " + std::to_string(count) + " " + what);
  }
}

}  // namespace lhcr::view
