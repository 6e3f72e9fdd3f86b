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
  /// Numbers that a DOUBLE does not carry to their last digit, by column.
  [[nodiscard]] virtual const std::vector<std::uint64_t>& rounded() const noexcept = 0;
};

/// What the module exports, under the name open_parquet_name; the caller owns the file. `memory`:
/// bytes that the file may hold back, about; row groups end by it.
using OpenParquet = ParquetFile* (*)(const std::vector<Column>& columns, ByteSink& sink,
                                     std::size_t memory);
constexpr const char* open_parquet_name = "lhcr_open_parquet";

/// The module's function, loaded from the first of `paths` that exists; nullptr when none does. It
/// stays loaded. Throws Error{input} when it does not load.
[[nodiscard]] OpenParquet load_parquet(const std::vector<std::string>& paths);

/// Rows as ParquetFile::add() takes them: cells in the order of the columns, each a Packed mark
/// and, unless it says null, its value; of a list its length (32 bits) and then its items. Texts
/// are their length (32 bits) and their bytes; all numbers have the machine's form.
[[nodiscard]] std::unique_ptr<RowWriter> make_packed_writer(const std::vector<Column>& columns);

enum class Packed : char { null, value, rounded };

}  // namespace lhcr::view
