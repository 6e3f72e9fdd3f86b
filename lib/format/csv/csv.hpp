// SPDX-License-Identifier: Apache-2.0
/// CSV by RFC 4180: fields in quotes may hold delimiters, line ends and doubled quotes; a line ends
/// with LF or CRLF, or with CR alone where the first one does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lhcr::format {

/// Where a field of a row begins: behind its opening quote, if it has one. `row`: as it stands in
/// the file.
[[nodiscard]] std::size_t csv_field_offset(std::string_view row, std::size_t field, char delimiter);

/// What RFC 4180 leaves to those who exchange files.
struct CsvDialect {
  char delimiter = ',';
  bool header = true;  ///< the first line names the columns
  bool bom = false;    ///< begin with a byte order mark
};

/// Appends one field, in quotes where it needs them.
void append_csv_field(std::string& out, std::string_view text, char delimiter);

struct CsvLimits {
  std::size_t row_bytes = std::size_t{16} << 20U;
  std::size_t fields = 10'000;  ///< of one row
  bool quotes = true;           ///< false: a quote is a character like others
};

/// A place after which nothing in a file can be trusted. what() begins with path:line:col.
class CsvFault : public Error {
 public:
  CsvFault(const std::string& path, LineColumn place, const std::string& reason)
      : Error(ErrorKind::input, path + ":" + std::to_string(place.line) + ":" +
                                    std::to_string(place.column) + ": " + reason),
        place_(place),
        reason_(reason) {}
  [[nodiscard]] LineColumn place() const noexcept { return place_; }
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 private:
  LineColumn place_;
  std::string reason_;
};

/// Reads a file row by row in blocks; memory is bounded by the longest row. The byte order mark and
/// blank lines are skipped.
class CsvReader {
 public:
  /// `path`: "-" for standard input. `delimiter` 0: the one of , ; tab | that the first line has
  /// most of. Throws Error{input} when the file cannot be opened.
  explicit CsvReader(const std::string& path, char delimiter = 0, const CsvLimits& limits = {});
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  /// The next row; its fields live until the next call. False at the end. Throws CsvFault for a
  /// quote that does not close, text behind a closing quote, bytes that are no UTF-8 and rows
  /// beyond the limits: nothing after such a place can be trusted.
  bool next(std::vector<std::string_view>& fields);
  /// Line of the latest row's first byte, from 1.
  [[nodiscard]] std::uint64_t line() const noexcept;
  [[nodiscard]] char delimiter() const noexcept;
  /// The latest row as it stands in the file, until the next call.
  [[nodiscard]] std::string_view row() const noexcept;
  /// Of the latest row's first byte in the file.
  [[nodiscard]] std::uint64_t offset() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lhcr::format
