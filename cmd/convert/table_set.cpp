// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/table_set.hpp"

#include <algorithm>

namespace lhcr::cmd {
namespace {

constexpr std::size_t batch_bytes = std::size_t{1} << 20U;

/// Rows to a table, by the writer of its format.
class TableSink : public view::RowSink {
 public:
  TableSink(Table& table, view::RowWriter& writer) : table_(table), writer_(writer) {}
  void row(const view::Row& row) override {
    writer_.row(row);
    if (writer_.out().size() >= batch_bytes) hand_on();
  }
  void hand_on() {
    table_.write(writer_.out());
    writer_.out().clear();
  }

 private:
  Table& table_;
  view::RowWriter& writer_;
};

}  // namespace

TableSet::TableSet(const TableFormat& format, const std::vector<view::View>& views,
                   const std::string& path)
    : format_(format), views_(views) {
  for (const view::View& view : views) {
    const auto same = [&](const view::View* other) { return other->name() == view.name(); };
    const auto found = std::find_if(first_.begin(), first_.end(), same);
    tables_of_.push_back(static_cast<std::size_t>(found - first_.begin()));
    if (found == first_.end()) first_.push_back(&view);
  }
  tables_ = open_tables(format, first_, path);
  std::vector<view::Relations::Shape> shapes;
  for (const view::View* const view : first_) shapes.push_back({view->name(), {}});
  for (std::size_t i = 0; i < views.size(); ++i) {
    shapes[tables_of_[i]].parts.push_back(&views[i].columns());
    const bool waits = view::Relations::binds(views[i].columns());
    waiting_.push_back(waits ? std::make_unique<view::Spool>() : nullptr);
  }
  relations_ = std::make_unique<view::Relations>(std::move(shapes));
}

std::unique_ptr<view::RowWriter> TableSet::make_writer(std::size_t view) const {
  return waiting_[view] ? view::make_spool_writer()
                        : make_row_writer(format_, views_[view].columns());
}

void TableSet::write(std::size_t view, std::string_view rows) {
  if (waiting_[view]) {
    waiting_[view]->add(rows);
  } else {
    tables_[tables_of_[view]]->write(rows);
  }
}

void TableSet::flush() {
  for (const auto& table : tables_) table->flush();
}

void TableSet::settle(std::size_t table) {
  std::vector<view::Spool*> rows;
  for (std::size_t view = 0; view < waiting_.size(); ++view) {
    if (tables_of_[view] == table && waiting_[view]) rows.push_back(waiting_[view].get());
  }
  if (rows.empty()) return;
  const auto writer = make_row_writer(format_, first_[table]->columns());
  TableSink sink(*tables_[table], *writer);
  relations_->settle(table, rows, sink);
  sink.hand_on();
}

void TableSet::finish() {
  for (const std::size_t table : relations_->order()) settle(table);
  for (const auto& table : tables_) table->finish();
}

std::vector<std::string> TableSet::warnings() const {
  std::vector<std::string> all;
  for (const auto& table : tables_) {
    for (std::string& note : table->notes()) all.push_back(std::move(note));
  }
  return all;
}

std::vector<std::string> TableSet::notes() const {
  return relations_->notes();
}

}  // namespace lhcr::cmd
