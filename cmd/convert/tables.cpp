// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/tables.hpp"

#include <array>
#include <filesystem>
#include <stdexcept>

#include <malloc.h>

#include "base/error.hpp"
#include "cmd/run/output.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> suffixes = {".csv", ".ndjson", ".parquet"};
constexpr int large_buffer = 128 * 1024;
/// What all Parquet files of a run hold back together, about.
constexpr std::size_t parquet_bytes = std::size_t{4} << 20U;

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

/// Hands on what a Parquet file writes.
class OutputSink : public view::ByteSink {
 public:
  explicit OutputSink(const std::string& path) : output_(path) {}
  void write(std::string_view bytes) override { output_.write(bytes); }
  void finish() { output_.finish(); }

 private:
  Output output_;
};

class ParquetTable : public Table {
 public:
  ParquetTable(const std::string& path, const std::vector<view::Column>& columns,
               view::OpenParquet open, std::size_t memory)
      : path_(path),
        columns_(columns),
        sink_(path),
        file_(guarded([&] { return open(columns, sink_, memory); })) {}

  void write(std::string_view rows) override {
    guarded([&] { file_->add(rows); });
  }
  /// A file without its end is none.
  void flush() override {}
  void finish() override {
    guarded([&] { file_->finish(); });
    sink_.finish();
  }

  [[nodiscard]] std::vector<std::string> notes() const override {
    std::vector<std::string> found;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::uint64_t count = file_->rounded()[i];
      if (count == 0) continue;
      found.push_back(path_ + ": column " + columns_[i].name + ": " + std::to_string(count) +
                      " numbers have more digits than a DOUBLE; declare the column as 'string' to "
                      "keep them");
    }
    return found;
  }

 private:
  template <class Step>
  auto guarded(Step step) -> decltype(step()) {
    try {
      return step();
    } catch (const Error&) {
      throw;
    } catch (const std::runtime_error& error) {
      throw Error(ErrorKind::input, path_ + ": " + error.what());
    }
  }

  std::string path_;
  const std::vector<view::Column>& columns_;
  OutputSink sink_;
  std::unique_ptr<view::ParquetFile> file_;
};

std::unique_ptr<Table> open_table(const TableFormat& format, const view::View& view,
                                  const std::string& path, std::size_t memory) {
  if (format.kind == TableFormat::Kind::parquet) {
    return std::make_unique<ParquetTable>(path, view.columns(), format.open_parquet, memory);
  }
  const bool csv = format.kind == TableFormat::Kind::csv;
  return std::make_unique<TextTable>(
      path, csv ? view::csv_header(view.columns(), format.csv) : std::string());
}

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return !path.empty() && (path.back() == '/' || fs::is_directory(path, ignored));
}

}  // namespace

view::OpenParquet find_parquet() {
  std::error_code ignored;
  const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  const fs::path prefix = folder.parent_path();
  const view::OpenParquet found =
      view::load_parquet({folder / "lhcr_parquet.so", prefix / LHCR_MODULES / "lhcr_parquet.so",
                          prefix / "libexec/lhcr/lhcr_parquet.so"});
  if (found != nullptr) {
    // Buffers that grow to row groups are to go back to the system: a third of what is resident.
    ::mallopt(M_MMAP_THRESHOLD, large_buffer);
    return found;
  }
  throw Error(ErrorKind::usage,
              "this build writes no Parquet; hand CSV on: lhcr convert --to csv ... | duckdb -c "
              "\"COPY (FROM read_csv('/dev/stdin')) TO 'table.parquet'\"");
}

std::unique_ptr<view::RowWriter> make_row_writer(const TableFormat& format,
                                                 const std::vector<view::Column>& columns) {
  if (format.kind == TableFormat::Kind::csv) return view::make_csv_writer(format.csv);
  if (format.kind == TableFormat::Kind::parquet) return view::make_packed_writer(columns);
  return view::make_ndjson_writer(columns);
}

std::vector<std::unique_ptr<Table>> open_tables(const TableFormat& format,
                                                const std::vector<const view::View*>& views,
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
  for (const view::View* const view : views) {
    const std::string_view suffix = suffixes.at(static_cast<std::size_t>(format.kind));
    const fs::path file =
        folder ? fs::path(path) / (view->name() + std::string(suffix)) : fs::path(path);
    tables.push_back(open_table(format, *view, file.string(), parquet_bytes / views.size()));
  }
  return tables;
}

}  // namespace lhcr::cmd
