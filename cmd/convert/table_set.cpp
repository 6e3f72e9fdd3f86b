// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/table_set.hpp"

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t batch_bytes = std::size_t{1} << 20U;
/// What the row groups of all files may hold in memory before the largest is ended.
constexpr std::size_t held_bytes = std::size_t{256} << 20U;

/// Rows to a table, by the writer of its format.
class TableSink : public view::RowSink {
 public:
  TableSink(Table& table, view::RowWriter& writer) : table_(table), writer_(writer) {}
  void row(const view::Row& row) override {
    writer_.row(row);
    ++count_;
    if (writer_.out().size() >= batch_bytes) hand_on();
  }
  void hand_on() {
    table_.write(writer_.out(), count_);
    writer_.out().clear();
    count_ = 0;
  }

 private:
  Table& table_;
  view::RowWriter& writer_;
  std::uint64_t count_ = 0;
};

/// Two forms of one table in a folder would be its rows twice.
void require_no_parts(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored) || fs::is_empty(path, ignored) || !is_of_parts(path)) return;
  throw Error(ErrorKind::usage, path +
                                    ": an earlier run with --partition-by made it, and its rows "
                                    "would be duplicated; remove it first");
}

}  // namespace

TableSet::TableSet(const TableFormat& format, const std::vector<view::View>& views,
                   const std::string& path)
    : format_(format), views_(views) {
  for (const view::View& view : views) {
    const auto same = [&](const auto& parts) { return parts.front()->name() == view.name(); };
    const auto found = std::find_if(parts_.begin(), parts_.end(), same);
    tables_of_.push_back(static_cast<std::size_t>(found - parts_.begin()));
    if (found == parts_.end()) {
      parts_.push_back({&view});
    } else {
      found->push_back(&view);
    }
    if (!format.partition.empty()) {
      partitions_.push_back(std::make_unique<Partition>(format.partition, view));
    }
  }
  open(path);
  std::vector<view::Relations::Shape> shapes;
  for (const auto& parts : parts_) {
    view::Relations::Shape& shape = shapes.emplace_back();
    shape.name = parts.front()->name();
    for (const view::View* const view : parts) shape.parts.push_back(&view->columns());
  }
  for (const view::View& view : views) {
    const bool waits = view::Relations::binds(view.columns());
    waiting_.push_back(waits ? std::make_unique<view::Spool>() : nullptr);
  }
  relations_ = std::make_unique<view::Relations>(std::move(shapes));
}

void TableSet::open(const std::string& path) {
  const bool folder = is_table_folder(path);
  const bool parted = !format_.partition.empty();
  if (parts_.size() > 1 && !folder) {
    throw Error(ErrorKind::usage, "several views make a file each: name a folder with -o FOLDER/");
  }
  if (parted && !folder) {
    throw Error(ErrorKind::usage, "--partition-by makes folders: name one with -o FOLDER/");
  }
  std::error_code ignored;
  if (folder) fs::create_directories(path, ignored);
  for (std::size_t table = 0; table < parts_.size(); ++table) {
    const view::View& view = *parts_[table].front();
    const std::string place = (fs::path(path) / view.name()).string();
    if (parted) {
      const auto first = static_cast<std::size_t>(&view - views_.data());
      tables_.push_back(open_parts(format_, partitions_[first]->kept(), place));
      continue;
    }
    if (folder) require_no_parts(place);
    const std::string file = folder ? place + std::string(format_.suffix()) : path;
    tables_.push_back(open_table(format_, view.columns(), {file, true}));
  }
}

std::unique_ptr<view::RowWriter> TableSet::make_table_writer(std::size_t view) const {
  if (partitions_.empty()) return make_row_writer(format_, views_[view].columns());
  const Partition& partition = *partitions_[view];
  return make_partition_writer(partition, make_row_writer(format_, partition.kept()));
}

std::unique_ptr<view::RowWriter> TableSet::make_writer(std::size_t view) const {
  return waiting_[view] ? view::make_spool_writer() : make_table_writer(view);
}

void TableSet::write(std::size_t view, std::string_view rows, std::uint64_t count) {
  if (waiting_[view]) {
    waiting_[view]->add(rows);
    return;
  }
  tables_[tables_of_[view]]->write(rows, count);
  rein_in();
}

void TableSet::rein_in() {
  if (format_.kind != TableFormat::Kind::parquet) return;
  std::size_t all = 0;
  Table* largest = nullptr;
  std::size_t most = 0;
  for (const auto& table : tables_) {
    const std::size_t held = table->held();
    all += held;
    if (held <= most) continue;
    most = held;
    largest = table.get();
  }
  if (all > held_bytes && largest != nullptr) largest->release();
}

void TableSet::flush() {
  for (const auto& table : tables_) table->flush();
}

void TableSet::settle(std::size_t table) {
  std::vector<view::Spool*> rows;
  std::size_t first = views_.size();
  for (std::size_t view = 0; view < waiting_.size(); ++view) {
    if (tables_of_[view] != table) continue;
    first = std::min(first, view);
    if (waiting_[view]) rows.push_back(waiting_[view].get());
  }
  if (rows.empty()) return;
  const auto writer = make_table_writer(first);
  TableSink sink(*tables_[table], *writer);
  relations_->settle(table, rows, sink);
  sink.hand_on();
  rein_in();
}

void TableSet::finish() {
  for (const std::size_t table : relations_->order()) settle(table);
  for (const auto& table : tables_) table->seal();
  for (const auto& table : tables_) table->finish();
}

std::vector<std::string> TableSet::warnings() const {
  std::vector<std::string> all;
  for (const auto& table : tables_) {
    for (std::string& note : table->notes()) all.push_back(std::move(note));
  }
  return all;
}

std::uint64_t TableSet::lost() const {
  std::uint64_t all = 0;
  for (const auto& table : tables_) all += table->lost();
  return all;
}

std::vector<std::string> TableSet::notes() const {
  return relations_->notes();
}

std::vector<std::vector<TableFile>> TableSet::files() const {
  std::vector<std::vector<TableFile>> all;
  for (const auto& table : tables_) all.push_back(table->files());
  return all;
}

}  // namespace lhcr::cmd
