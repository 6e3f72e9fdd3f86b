// SPDX-License-Identifier: Apache-2.0
#include "view/writer.hpp"

#include "base/text.hpp"
#include "format/json/json_scan.hpp"

namespace lhcr::view {
namespace {

void append_json(const Row& row, const Cell& cell, std::string& out) {
  switch (cell.kind) {
    case Cell::Kind::null:
      out += "null";
      return;
    case Cell::Kind::text:
      append_json_string(out, row.text(cell));
      return;
    case Cell::Kind::number:
      // A record may say 01, which is reported and no JSON.
      if (!format::is_number(row.text(cell))) {
        append_json_string(out, row.text(cell));
        return;
      }
      out += row.text(cell);
      return;
    case Cell::Kind::boolean:
      out += row.text(cell);
      return;
    case Cell::Kind::list:
      break;
  }
  out += '[';
  for (const Cell& item : row.list(cell)) {
    append_json(row, item, out);
    out += ',';
  }
  if (cell.length > 0) out.pop_back();
  out += ']';
}

class CsvWriter : public RowWriter {
 public:
  explicit CsvWriter(const format::CsvDialect& dialect) : delimiter_(dialect.delimiter) {}

  void row(const Row& row) override {
    std::string& line = out();
    const std::size_t start = line.size();
    for (const Cell& cell : row.cells) {
      add(row, cell, line);
      line += delimiter_;
    }
    line.back() = '\n';
    // A blank line would be no row to many readers.
    if (line.size() == start + 1) line.insert(start, "\"\"");
  }

 private:
  void add(const Row& row, const Cell& cell, std::string& line) {
    if (cell.kind == Cell::Kind::list) {
      if (cell.length == 0) return;
      json_.clear();
      append_json(row, cell, json_);
      format::append_csv_field(line, json_, delimiter_);
    } else if (cell.kind != Cell::Kind::null) {
      format::append_csv_field(line, row.text(cell), delimiter_);
    }
  }

  char delimiter_;
  std::string json_;
};

class NdjsonWriter : public RowWriter {
 public:
  explicit NdjsonWriter(const std::vector<Column>& columns) {
    for (const Column& column : columns) {
      std::string key(keys_.empty() ? "{" : ",");
      append_json_string(key, column.name);
      keys_.push_back(key + ":");
    }
  }

  void row(const Row& row) override {
    std::string& line = out();
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      line += keys_[i];
      append_json(row, row.cells[i], line);
    }
    line += "}\n";
  }

 private:
  std::vector<std::string> keys_;
};

}  // namespace

std::unique_ptr<RowWriter> make_csv_writer(const format::CsvDialect& dialect) {
  return std::make_unique<CsvWriter>(dialect);
}

std::unique_ptr<RowWriter> make_ndjson_writer(const std::vector<Column>& columns) {
  return std::make_unique<NdjsonWriter>(columns);
}

std::string csv_header(const std::vector<Column>& columns, const format::CsvDialect& dialect) {
  std::string line;
  if (dialect.bom) line += utf8_bom;
  if (!dialect.header) return line;
  for (const Column& column : columns) {
    format::append_csv_field(line, column.name, dialect.delimiter);
    line += dialect.delimiter;
  }
  line.back() = '\n';
  return line;
}

}  // namespace lhcr::view
