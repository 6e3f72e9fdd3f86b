// SPDX-License-Identifier: Apache-2.0
/// Rows as Parquet: written by a module of its own, which alone is linked with Apache Arrow, so
/// that its libraries are loaded only when a Parquet file is asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "view/writer.hpp"

namespace lhcr::view {

/// Takes the bytes of a file in order. What write() throws is thrown by the ParquetFile's function
/// that was called.
class ByteSink {
 public:
  ByteSink() = default;
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;
  virtual ~ByteSink() = default;
  virtual void write(std::string_view bytes) = 0;
};

/// Values of a column that the file does not hold as the record has them.
struct ParquetLosses {
  std::uint64_t rounded = 0;  ///< numbers cut to what the type carries
  std::uint64_t cleared = 0;  ///< what is no value of the type: null
  std::uint64_t unzoned = 0;  ///< times of a TIMESTAMP that were written with a zone
};

/// A Parquet file that is being written. Throws std::runtime_error when it cannot be.
class ParquetFile {
 public:
  ParquetFile() = default;
  ParquetFile(const ParquetFile&) = delete;
  ParquetFile& operator=(const ParquetFile&) = delete;
  virtual ~ParquetFile() = default;
  /// `rows`: whole rows of make_packed_writer() for the same columns.
  virtual void add(std::string_view rows) = 0;
  /// To be called at the end; without it there is no file.
  virtual void finish() = 0;
  /// By column; after finish().
  [[nodiscard]] virtual const std::vector<ParquetLosses>& losses() const noexcept = 0;
  /// Bytes of the row group that is being made.
  [[nodiscard]] virtual std::size_t held() const noexcept = 0;
  /// Ends the row group that is being made.
  virtual void end_group() = 0;
};

/// When a row group ends, and what a file may hold back beside it.
struct ParquetLimits {
  std::size_t group_bytes = std::size_t{64} << 20U;  ///< as they are written
  std::size_t group_rows = 0;                        ///< 0: as many as come
  std::size_t page_bytes = std::size_t{4} << 20U;    ///< of the open pages of all columns
};

/// What the module exports, under the name open_parquet_name; the caller owns the file.
using OpenParquet = ParquetFile* (*)(const std::vector<Column>& columns, ByteSink& sink,
                                     const ParquetLimits& limits);
constexpr const char* open_parquet_name = "lhcr_open_parquet";

/// The module's function, loaded from the first of `paths` that exists; nullptr when none does. It
/// stays loaded. Throws Error{input} when it does not load.
[[nodiscard]] OpenParquet load_parquet(const std::vector<std::string>& paths);

/// Rows as ParquetFile::add() takes them: cells in the order of the columns, each a Packed mark
/// and, unless it says null, its value; of a list its length (32 bits) and then its items. Texts
/// are their length (32 bits) and their bytes; dates are days (32 bits) and times microseconds (64)
/// since 1970, decimals (SqlType) whole numbers of 128 bits with the highest byte first; all other
/// numbers have the machine's form.
[[nodiscard]] std::unique_ptr<RowWriter> make_packed_writer(const std::vector<Column>& columns);

enum class Packed : char {
  null,
  value,
  rounded,
  cleared,  ///< null in the place of what is no value of the type
  unzoned   ///< a time that was written with a zone
};

}  // namespace lhcr::view
