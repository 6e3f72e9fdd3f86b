// SPDX-License-Identifier: Apache-2.0
#include "cmd/tables.hpp"

#include <array>
#include <filesystem>

#include "base/error.hpp"
#include "cmd/output.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 2> suffixes = {".csv", ".ndjson"};

class TextTable : public Table {
 public:
  TextTable(const std::string& path, std::string_view header) : output_(path) {
    output_.write(header);
  }
  void write(std::string_view rows) override { output_.write(rows); }
  void flush() override { output_.flush(); }
  void finish() override { output_.finish(); }

 private:
  Output output_;
};

std::unique_ptr<Table> open_table(const TableFormat& format, const view::View& view,
                                  const std::string& path) {
  const bool csv = format.kind == TableFormat::Kind::csv;
  return std::make_unique<TextTable>(
      path, csv ? view::csv_header(view.columns(), format.csv) : std::string());
}

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return !path.empty() && (path.back() == '/' || fs::is_directory(path, ignored));
}

}  // namespace

std::unique_ptr<view::RowWriter> make_row_writer(const TableFormat& format,
                                                 const std::vector<view::Column>& columns) {
  if (format.kind == TableFormat::Kind::csv) return view::make_csv_writer(format.csv);
  return view::make_ndjson_writer(columns);
}

std::vector<std::unique_ptr<Table>> open_tables(const TableFormat& format,
                                                const std::vector<view::View>& views,
                                                const std::string& path) {
  const bool folder = is_folder(path);
  if (views.size() > 1 && !folder) {
    throw Error(ErrorKind::usage, "several views make a file each: name a folder with -o FOLDER/");
  }
  if (folder) {
    std::error_code ignored;
    fs::create_directories(path, ignored);
  }
  std::vector<std::unique_ptr<Table>> tables;
  for (const view::View& view : views) {
    const std::string_view suffix = suffixes.at(static_cast<std::size_t>(format.kind));
    const fs::path file =
        folder ? fs::path(path) / (view.name() + std::string(suffix)) : fs::path(path);
    tables.push_back(open_table(format, view, file.string()));
  }
  return tables;
}

}  // namespace lhcr::cmd
