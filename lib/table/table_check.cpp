// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "base/ascii.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "base/words.hpp"
#include "finding/id.hpp"
#include "format/csv/csv.hpp"
#include "format/csv/csv_name.hpp"
#include "table/table.hpp"
#include "table/table_keys.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using Fields = std::vector<std::string_view>;

constexpr std::size_t no_column = static_cast<std::size_t>(-1);

std::string_view base_name(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

bool is_null(const TableColumn& column, std::string_view value) {
  return std::find(column.nulls.begin(), column.nulls.end(), value) != column.nulls.end();
}

/// A file that is being read by a layout: rows, columns and where they are.
class TableRows {
 public:
  TableRows(const std::string& path, const TableLayout& layout)
      : layout_(layout), reader_(path, layout.delimiter) {
    for (std::size_t skipped = 0; skipped < layout.skip_rows; ++skipped) reader_.next(fields_);
  }

  /// False: the file has no header.
  bool read_header() {
    if (!layout_.header) {
      for (const TableColumn& column : layout_.columns) header_.push_back(column.name);
      return true;
    }
    if (!next()) return false;
    for (const std::string_view field : fields_) header_.emplace_back(trim(field));
    return true;
  }
  bool next() {
    do {
      if (!reader_.next(fields_)) return false;
    } while (!layout_.comment.empty() && reader_.row().starts_with(layout_.comment));
    if (layout_.trimmed) {
      for (std::string_view& field : fields_) field = trim(field);
    }
    return true;
  }
  [[nodiscard]] const Fields& fields() const noexcept { return fields_; }
  [[nodiscard]] const std::vector<std::string>& header() const noexcept { return header_; }
  [[nodiscard]] std::uint64_t line() const noexcept { return reader_.line(); }

  /// Index in the file of a column of the layout.
  [[nodiscard]] std::size_t find(const TableColumn& column) const {
    const auto fits = [&](const std::string& name) {
      if (column.titles.empty() || !layout_.header) return name == column.name;
      return std::find(column.titles.begin(), column.titles.end(), name) != column.titles.end();
    };
    const auto place = std::find_if(header_.begin(), header_.end(), fits);
    return place == header_.end() ? no_column : static_cast<std::size_t>(place - header_.begin());
  }
  [[nodiscard]] std::size_t find(const std::string& name) const {
    const auto column = std::find_if(layout_.columns.begin(), layout_.columns.end(),
                                     [&](const TableColumn& each) { return each.name == name; });
    return column == layout_.columns.end() ? no_column : find(*column);
  }
  /// Where a field of the latest row is.
  [[nodiscard]] finding::Position position(std::size_t field) const {
    const std::string_view row = reader_.row();
    const std::size_t at = format::csv_field_offset(row, field, reader_.delimiter());
    LineCounter counter(row);
    const LineColumn place = counter.at(at);
    return {reader_.offset() + at, reader_.line() + place.line - 1, place.column};
  }

 private:
  const TableLayout& layout_;
  format::CsvReader reader_;
  Fields fields_;
  std::vector<std::string> header_;
};

/// Makes the key of a row. False when a part has no value.
class KeyColumns {
 public:
  KeyColumns(const TableLayout& layout, const TableRows& rows,
             const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const auto column = std::find_if(layout.columns.begin(), layout.columns.end(),
                                       [&](const TableColumn& each) { return each.name == name; });
      columns_.push_back(column == layout.columns.end() ? nullptr : &*column);
      indexes_.push_back(rows.find(name));
    }
  }
  /// Whether the file has all of them.
  [[nodiscard]] bool complete() const {
    return !indexes_.empty() &&
           std::find(indexes_.begin(), indexes_.end(), no_column) == indexes_.end();
  }
  [[nodiscard]] std::size_t first() const { return indexes_.front(); }
  bool make(const Fields& fields, TableKey& key) const {
    for (std::size_t at = 0; at < indexes_.size(); ++at) {
      if (indexes_[at] >= fields.size()) return false;
      const std::string_view value = fields[indexes_[at]];
      if (is_null(*columns_[at], value)) return false;
      key.add(value);
    }
    return true;
  }
  [[nodiscard]] std::string text(const Fields& fields) const {
    std::vector<std::string> parts;
    for (const std::size_t index : indexes_) parts.emplace_back(fields[index]);
    return joined(parts);
  }

 private:
  std::vector<const TableColumn*> columns_;
  std::vector<std::size_t> indexes_;
};

/// The keys of a file that others refer to.
struct Target {
  explicit Target(std::size_t most) : keys(most) {}
  TableKeys keys;
  bool usable = false;
};

}  // namespace

const TableLayout* TableSet::find(std::string_view file) const {
  const std::string wanted = in_small_letters(base_name(file));
  for (const TableLayout& table : tables) {
    if (in_small_letters(base_name(table.file)) == wanted) return &table;
  }
  return nullptr;
}

struct TableCheck::State {
  std::vector<TableFile> files;
  std::size_t most_keys = 0;
  std::map<std::string, std::unique_ptr<Target>> targets;

  [[nodiscard]] const TableFile* file_named(const std::string& name) const;
  Target* target(const TableReference& reference);
};

const TableFile* TableCheck::State::file_named(const std::string& name) const {
  const std::string wanted = in_small_letters(base_name(name));
  for (const TableFile& file : files) {
    if (in_small_letters(base_name(format::table_name(file.path))) == wanted && file.path != "-")
      return &file;
  }
  return nullptr;
}

/// nullptr: the file is not among those that are checked, or cannot be read for its keys.
Target* TableCheck::State::target(const TableReference& reference) {
  const TableFile* file = file_named(reference.file);
  if (file == nullptr) return nullptr;
  auto& slot =
      targets[in_small_letters(base_name(reference.file)) + '\n' + joined(reference.target)];
  if (slot == nullptr) {
    slot = std::make_unique<Target>(most_keys);
    try {
      TableRows rows(file->path, *file->layout);
      if (!rows.read_header()) return nullptr;
      const KeyColumns key(*file->layout, rows, reference.target);
      while (key.complete() && rows.next()) {
        TableKey made;
        if (key.make(rows.fields(), made)) slot->keys.add(made, rows.line());
      }
      slot->usable = key.complete();
    } catch (const Error&) {
      slot->usable = false;  // its own check says why
    }
  }
  return slot->usable ? slot.get() : nullptr;
}

namespace {

/// Checks one file.
class FileCheck {
 public:
  FileCheck(TableRows& rows, const TableLayout& layout, finding::Sink& sink)
      : rows_(rows), layout_(layout), sink_(sink) {}

  template <finding::Name name>
  void tell(finding::Kind<name>, std::size_t field, std::string path,
            finding::Arguments<name> arguments) {
    tell(finding::made(arguments.id(), arguments.take()), field, std::move(path));
  }
  void tell(finding::Finding found, std::size_t field, std::string path) {
    found.path = std::move(path);
    found.position = rows_.position(field);
    sink_.add(std::move(found));
  }

  /// False: it makes no sense to look at rows.
  bool header() {
    for (std::size_t at = 0; at < rows_.header().size(); ++at) fields_.push_back(nullptr);
    std::vector<const TableColumn*> missing;
    for (const TableColumn& column : layout_.columns) {
      const std::size_t at = rows_.find(column);
      if (at == no_column) {
        missing.push_back(&column);
      } else {
        fields_[at] = &column;
      }
    }
    if (missing.size() == layout_.columns.size() && !missing.empty()) {
      tell(id<"csv-no-header">, 0, "", {layout_.columns.front().name});
      return false;
    }
    for (const TableColumn* column : missing) {
      column->optional ? tell(id<"csv-column-absent">, 0, column->name, {column->name})
                       : tell(id<"csv-column-missing">, 0, column->name, {column->name});
    }
    strangers();
    order();
    return true;
  }

  void row() {
    const Fields& fields = rows_.fields();
    if (fields.size() != fields_.size()) {
      tell(id<"csv-row-ragged">, std::min(fields.size(), fields_.size()) - 1, "",
           {std::to_string(fields.size()), std::to_string(fields_.size())});
      return;
    }
    for (std::size_t at = 0; at < fields.size(); ++at) {
      if (fields_[at] != nullptr) cell(at, *fields_[at], fields[at]);
    }
    primary_key();
    references();
  }

  void use_primary_key(std::size_t most) {
    if (layout_.primary_key.empty()) return;
    key_ = std::make_unique<KeyColumns>(layout_, rows_, layout_.primary_key);
    keys_ = std::make_unique<TableKeys>(most);
    if (!key_->complete()) key_.reset();
  }
  void use_reference(const TableReference& reference, Target* target) {
    if (target == nullptr) {
      tell(id<"csv-reference-not-checked">, 0, joined(reference.columns), {reference.file});
      return;
    }
    KeyColumns columns(layout_, rows_, reference.columns);
    if (columns.complete()) references_.push_back({&reference, target, std::move(columns)});
  }
  void end(bool no_rows) {
    if (no_rows) tell(id<"csv-no-rows">, 0, "", {});
    if (key_ != nullptr && keys_->full()) {
      tell(id<"csv-keys-not-checked">, key_->first(), joined(layout_.primary_key), {});
    }
    for (const Joined& each : references_) {
      if (each.target->keys.full()) {
        tell(id<"csv-keys-not-checked">, each.columns.first(), joined(each.reference->columns), {});
      }
    }
  }

 private:
  struct Joined {
    const TableReference* reference;
    Target* target;
    KeyColumns columns;
  };

  void strangers() {
    std::vector<std::string_view> known;
    for (const TableColumn& column : layout_.columns) {
      if (rows_.find(column) != no_column) continue;
      known.push_back(column.titles.empty() ? column.name : column.titles.front());
    }
    const auto& header = rows_.header();
    for (std::size_t at = 0; at < header.size(); ++at) {
      if (fields_[at] != nullptr) continue;
      const bool twice = std::find(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(at),
                                   header[at]) != header.begin() + static_cast<std::ptrdiff_t>(at);
      const std::string near(closest(header[at], known));
      twice ? tell(id<"csv-column-twice">, at, header[at], {header[at]})
            : tell(id<"csv-column-extra">, at, header[at],
                   {header[at], near.empty() ? "" : "; did you mean " + near + "?"});
    }
  }
  void order() {
    if (!layout_.in_order) return;
    std::size_t latest = 0;
    for (const TableColumn& column : layout_.columns) {
      const std::size_t at = rows_.find(column);
      if (at == no_column) continue;
      if (at < latest) return tell(id<"csv-column-order">, at, column.name, {column.name});
      latest = at;
    }
  }

  void cell(std::size_t at, const TableColumn& column, std::string_view value) {
    if (is_null(column, value)) {
      if (column.required) tell(id<"csv-required">, at, column.name, {column.name});
      return;
    }
    if (column.separator == '\0') return item(at, column, value);
    for (;;) {
      const std::size_t end = value.find(column.separator);
      item(at, column, trim(value.substr(0, end)));
      if (end == std::string_view::npos) return;
      value.remove_prefix(end + 1);
    }
  }
  void item(std::size_t at, const TableColumn& column, std::string_view value) {
    auto fault = check_table_value(column.type, value);
    if (fault) tell(finding::made(fault->id, std::move(fault->arguments)), at, column.name);
  }
  void primary_key() {
    if (key_ == nullptr) return;
    TableKey key;
    if (!key_->make(rows_.fields(), key)) return;  // a required value is missing
    const std::uint32_t line = keys_->add(key, rows_.line());
    if (line == 0) return;
    tell(id<"csv-key-twice">, key_->first(), joined(layout_.primary_key),
         {key_->text(rows_.fields()), std::to_string(line)});
  }
  void references() {
    for (const Joined& each : references_) {
      TableKey key;
      if (!each.columns.make(rows_.fields(), key) || each.target->keys.has(key)) continue;
      if (each.target->keys.full()) continue;
      tell(id<"csv-reference">, each.columns.first(), joined(each.reference->columns),
           {each.columns.text(rows_.fields()), joined(each.reference->target),
            std::string(base_name(each.reference->file))});
    }
  }

  TableRows& rows_;
  const TableLayout& layout_;
  finding::Sink& sink_;
  std::vector<const TableColumn*> fields_;  ///< by index in the file; nullptr: not in the layout
  std::unique_ptr<KeyColumns> key_;
  std::unique_ptr<TableKeys> keys_;
  std::vector<Joined> references_;
};

void add_broken(const format::CsvFault& fault, finding::Sink& sink) {
  finding::Finding found = finding::made(id<"csv-broken">, {fault.reason()});
  found.position.line = fault.place().line;
  found.position.column = fault.place().column;
  sink.add(std::move(found));
}

void add_empty(finding::Sink& sink) {
  finding::Finding found = finding::made(id<"csv-empty">);
  found.position = {0, 1, 1};
  sink.add(std::move(found));
}

}  // namespace

TableCheck::TableCheck(std::vector<TableFile> files, std::size_t most_keys)
    : state_(std::make_unique<State>()) {
  state_->files = std::move(files);
  state_->most_keys = most_keys;
}

TableCheck::~TableCheck() = default;

std::uint64_t TableCheck::check(std::size_t file, finding::Sink& sink) {
  const TableFile& it = state_->files.at(file);
  std::uint64_t count = 0;
  try {
    TableRows rows(it.path, *it.layout);
    if (!rows.read_header()) {
      add_empty(sink);
      return 0;
    }
    FileCheck checks(rows, *it.layout, sink);
    if (!checks.header()) return 0;
    checks.use_primary_key(state_->most_keys);
    for (const TableReference& reference : it.layout->references) {
      checks.use_reference(reference, state_->target(reference));
    }
    for (; rows.next(); ++count) checks.row();
    checks.end(count == 0);
  } catch (const format::CsvFault& fault) {
    add_broken(fault, sink);
  }
  return count;
}

}  // namespace lhcr::validate
