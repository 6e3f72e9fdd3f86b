// SPDX-License-Identifier: Apache-2.0
/// CSV by RFC 4180: fields in quotes may hold delimiters, line ends and doubled quotes; a line ends
/// with LF or CRLF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lhcr::format {

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

  /// The next row; its fields live until the next call. False at the end. Throws Error{input} with
  /// line and column for a quote that does not close, text behind a closing quote, bytes that are
  /// no UTF-8 and rows beyond the limits: nothing after such a place can be trusted.
  bool next(std::vector<std::string_view>& fields);
  /// Line of the latest row's first byte, from 1.
  [[nodiscard]] std::uint64_t line() const noexcept;
  [[nodiscard]] char delimiter() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lhcr::format
