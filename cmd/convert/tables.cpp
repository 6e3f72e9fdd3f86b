// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/tables.hpp"

#include <array>
#include <filesystem>
#include <stdexcept>

#include "base/error.hpp"
#include "base/hex.hpp"
#include "base/platform.hpp"
#include "base/sha256.hpp"
#include "cmd/run/output.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> suffixes = {".csv", ".ndjson", ".parquet"};
constexpr int large_buffer = 128 * 1024;

/// A file that is counted, and hashed where that is wanted, as it is written.
class CountedOutput {
 public:
  CountedOutput(const TablePlace& place, bool hashed)
      : synced_(place.synced),
        output_(place.path),
        hash_(hashed ? std::make_unique<Sha256>() : nullptr) {
    made_.path = place.path;
  }

  void write(std::string_view bytes) {
    output_.write(bytes);
    made_.bytes += bytes.size();
    if (hash_) hash_->add(bytes);
  }
  void add_rows(std::uint64_t count) noexcept { made_.rows += count; }
  void flush() { output_.flush(); }
  void seal() {
    if (synced_) output_.seal();
  }
  void finish() {
    output_.finish(synced_);
    if (hash_) made_.sha256 = hex(hash_->finish());
  }
  [[nodiscard]] std::vector<TableFile> files() const { return {made_}; }

 private:
  bool synced_;
  Output output_;
  std::unique_ptr<Sha256> hash_;
  TableFile made_;
};

class TextTable : public Table {
 public:
  TextTable(const TablePlace& place, bool hashed, std::string_view header)
      : output_(place, hashed) {
    output_.write(header);
  }
  void write(std::string_view rows, std::uint64_t count) override {
    output_.write(rows);
    output_.add_rows(count);
  }
  void flush() override { output_.flush(); }
  void seal() override { output_.seal(); }
  void finish() override { output_.finish(); }
  [[nodiscard]] std::vector<TableFile> files() const override { return output_.files(); }

 private:
  CountedOutput output_;
};

/// Hands on what a Parquet file writes.
class OutputSink : public view::ByteSink {
 public:
  OutputSink(const TablePlace& place, bool hashed) : output_(place, hashed) {}
  void write(std::string_view bytes) override { output_.write(bytes); }
  [[nodiscard]] CountedOutput& output() noexcept { return output_; }
  [[nodiscard]] const CountedOutput& output() const noexcept { return output_; }

 private:
  CountedOutput output_;
};

/// What happened to values of a column, for a note behind their number.
struct Loss {
  std::uint64_t view::ParquetLosses::*count;
  std::string_view what;
};
constexpr std::string_view as_text =
    "; declare the column as 'string', without ansi/type, to keep them";
constexpr std::array<Loss, 3> losses = {{
    {&view::ParquetLosses::rounded, " numbers have more digits than "},
    {&view::ParquetLosses::cleared, " values are null, because they do not fit "},
    {&view::ParquetLosses::unzoned, " times have a zone, which is not in "},
}};

std::string type_name(const view::Column& column) {
  return column.sql.kind == view::SqlType::Kind::other ? "a DOUBLE" : column.sql_type;
}

class ParquetTable : public Table {
 public:
  ParquetTable(const TableFormat& format, const std::vector<view::Column>& columns,
               const TablePlace& place)
      : path_(place.path),
        columns_(columns),
        sink_(place, format.hashed),
        file_(guarded([&] { return format.open_parquet(columns, sink_, format.limits); })) {}

  void write(std::string_view rows, std::uint64_t count) override {
    guarded([&] { file_->add(rows); });
    sink_.output().add_rows(count);
  }
  /// A file without its end is none.
  void flush() override {}
  void seal() override {
    guarded([&] { file_->finish(); });
    sink_.output().seal();
  }
  void finish() override { sink_.output().finish(); }

  [[nodiscard]] std::vector<std::string> notes() const override {
    std::vector<std::string> found;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      for (const Loss& loss : losses) {
        const std::uint64_t count = file_->losses()[i].*loss.count;
        if (count == 0) continue;
        std::string& note = found.emplace_back(path_ + ": column " + columns_[i].name + ": ");
        note.append(std::to_string(count)).append(loss.what).append(type_name(columns_[i]));
        note.append(as_text);
      }
    }
    return found;
  }
  [[nodiscard]] std::uint64_t lost() const override {
    std::uint64_t all = 0;
    for (const view::ParquetLosses& column : file_->losses()) all += column.cleared;
    return all;
  }
  [[nodiscard]] std::vector<TableFile> files() const override { return sink_.output().files(); }
  [[nodiscard]] std::size_t held() const override { return file_->held(); }
  void release() override {
    guarded([&] { file_->end_group(); });
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

}  // namespace

std::string_view TableFormat::suffix() const noexcept {
  return suffixes[static_cast<std::size_t>(kind)];
}

view::OpenParquet find_parquet() {
  const fs::path folder = fs::path(program_path()).parent_path();
  const fs::path prefix = folder.parent_path();
  const view::OpenParquet found =
      view::load_parquet({folder / "lhcr_parquet.so", prefix / LHCR_MODULES / "lhcr_parquet.so",
                          prefix / "libexec/lhcr/lhcr_parquet.so"});
  if (found != nullptr) {
    // Buffers that grow to row groups are to go back to the system: a third of what is resident.
    return_large_blocks(large_buffer);
    return found;
  }
  throw Error(ErrorKind::usage,
              "this build cannot write Parquet; pass CSV on: lhcr convert --to csv ... | duckdb -c "
              "\"COPY (FROM read_csv('/dev/stdin')) TO 'table.parquet'\"");
}

std::unique_ptr<view::RowWriter> make_row_writer(const TableFormat& format,
                                                 const std::vector<view::Column>& columns) {
  if (format.kind == TableFormat::Kind::csv) return view::make_csv_writer(format.csv);
  if (format.kind == TableFormat::Kind::parquet) return view::make_packed_writer(columns);
  return view::make_ndjson_writer(columns);
}

std::unique_ptr<Table> open_table(const TableFormat& format,
                                  const std::vector<view::Column>& columns,
                                  const TablePlace& place) {
  if (format.kind == TableFormat::Kind::parquet) {
    return std::make_unique<ParquetTable>(format, columns, place);
  }
  const bool csv = format.kind == TableFormat::Kind::csv;
  return std::make_unique<TextTable>(place, format.hashed,
                                     csv ? view::csv_header(columns, format.csv) : std::string());
}

bool is_table_folder(const std::string& path) {
  std::error_code ignored;
  return !path.empty() && (path.back() == '/' || fs::is_directory(path, ignored));
}

}  // namespace lhcr::cmd
