// SPDX-License-Identifier: Apache-2.0
// Any bytes as CSV: what is read, written again and read again has the same rows.
#include "format/csv/csv.hpp"

#include "base/error.hpp"
#include "memory_file.hpp"

namespace {

using namespace lhcr;
using Rows = std::vector<std::vector<std::string>>;

/// The rows up to the first place that cannot be read.
Rows read(const std::string& path, char& delimiter) {
  Rows rows;
  try {
    format::CsvReader reader(path, delimiter);
    delimiter = reader.delimiter();
    std::vector<std::string_view> fields;
    std::uint64_t line = 0;
    while (reader.next(fields)) {
      fuzz::expect(reader.line() > line, "lines go forward");
      line = reader.line();
      rows.emplace_back(fields.begin(), fields.end());
    }
  } catch (const Error&) {
  }
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::MemoryFile file(data, size);
  char delimiter = '\0';
  const Rows rows = read(file.path(), delimiter);
  std::string written;
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t at = 0; at < row.size(); ++at) {
      if (at > 0) written += delimiter;
      format::append_csv_field(written, row[at], delimiter);
    }
    // A row of one empty field would be a blank line, which is no row.
    if (row.size() == 1 && row[0].empty()) written += "\"\"";
    written += '\n';
  }
  const fuzz::MemoryFile again(written.data(), written.size());
  fuzz::expect(rows.empty() || read(again.path(), delimiter) == rows, "written CSV says the same",
               written);
  return 0;
}
