// SPDX-License-Identifier: Apache-2.0
/// The part of `lhcr convert` that reads CSV: rows of tables become FHIR resources.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "cmd/convert/convert.hpp"
#include "cmd/run/inputs.hpp"

namespace lhcr::cmd {

/// Whether the inputs are CSV: --from csv, or names that end in .csv or .tsv; a folder is when it
/// has such files. Throws Error{input} for a folder that has records, too: one kind would be left
/// out.
[[nodiscard]] bool is_csv(const ConvertOptions& options);

/// The same for one input.
[[nodiscard]] bool is_csv(const std::string& path);

/// A file without a name, in memory: records on their way from one step to the next never lie on
/// a disk.
class MemoryFile {
 public:
  MemoryFile();
  void write(std::string_view bytes);
  /// By which it can be opened as long as it lives.
  [[nodiscard]] std::string path() const;

 private:
  Descriptor file_;
};

/// The cells of a column that no map carries: how many are not empty, and a number that is equal
/// for equal cells of rows with equal first cells, in any order.
struct UnreadColumn {
  std::size_t cells = 0;
  std::size_t hash = 0;
};
using UnreadColumns = std::map<std::string, UnreadColumn, std::less<>>;

struct CsvOutcome {
  std::size_t failed = 0;          ///< rows that made nothing because a cell is wrong
  std::vector<std::string> notes;  ///< what is not carried
};
/// Writes the rows of CSV files and folders of them as FHIR R4, NDJSON. Otherwise as read_csv().
CsvOutcome write_csv(const std::vector<std::string>& paths, const std::vector<std::string>& maps,
                     MemoryFile& to, const Io& io);

/// CSV as FHIR R4 in memory.
struct CsvRecords {
  std::string lines;               ///< NDJSON, a resource a line
  std::size_t resources = 0;       ///< lines
  std::size_t failed = 0;          ///< rows that made none because a cell is wrong
  std::vector<std::string> notes;  ///< what is not carried
  UnreadColumns unread;            ///< columns that are not carried
};
/// Reads a file or folder of CSV; faults of cells go to standard error. Throws Error{input} when
/// no map has a block for any of the files, or a file or map cannot be read.
[[nodiscard]] CsvRecords read_csv(const std::string& path, const std::vector<std::string>& maps,
                                  const Io& io);

/// Converts CSV to what --to asks for; through FHIR to CDA and to tables. Exit 1 when rows failed.
[[nodiscard]] ExitCode run_csv(const ConvertOptions& options, const Io& io);

}  // namespace lhcr::cmd
