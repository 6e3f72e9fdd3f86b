// SPDX-License-Identifier: Apache-2.0
/// CSV to FHIR by the blocks of the map `csv`: each row of a file becomes a resource. Syntax of the
/// blocks: lhcr-map(5).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "map/map.hpp"

namespace lhcr::map {

struct CsvBlock;
struct CsvCodec;
struct Source;

/// The compiled blocks; immutable, shared by threads.
class CsvMaps {
 public:
  /// Interns names. Throws Error{input} with file:line:col.
  explicit CsvMaps(definition::Library& library, const std::vector<Overlay>& overlays = {});
  /// The blocks of `source` instead of the built-in ones.
  CsvMaps(definition::Library& library, const Source& source);
  ~CsvMaps();
  CsvMaps(const CsvMaps&) = delete;
  CsvMaps& operator=(const CsvMaps&) = delete;
  /// The blocks for a file, by its name without folder; upper and lower case are equal.
  [[nodiscard]] std::vector<const CsvBlock*> blocks(std::string_view file) const;
  /// The names of the files that have blocks.
  [[nodiscard]] std::vector<std::string> files() const;
  /// The file that the overlays are for, when it is one; else empty.
  [[nodiscard]] std::string only_given_file() const;

 private:
  std::vector<std::unique_ptr<CsvBlock>> blocks_;
};

/// A column that blocks read, and what they take from it in every row.
struct CsvColumn {
  std::string name;
  bool key = false;                 ///< of the resource's id: the file has to have it
  bool nhs_number = false;          ///< goes to the value of an identifier that is an NHS number
  const CsvCodec* codec = nullptr;  ///< empty: any text
  bool moment = false;              ///< a date or time that `picture` and `zone` say how to read
  std::string picture;
  std::string zone;
  std::vector<std::string> codes;  ///< the cells there are; empty: any

  [[nodiscard]] bool fits(std::string_view cell) const;
  [[nodiscard]] std::string expects() const;  ///< for messages: "a date: 2024-01-31"
};
/// The columns of all blocks for a file.
[[nodiscard]] std::vector<CsvColumn> csv_columns(const std::vector<const CsvBlock*>& blocks);

/// The columns that tell one resource from another; empty: there are several blocks, or the id
/// says.
[[nodiscard]] std::vector<std::string> csv_key(const std::vector<const CsvBlock*>& blocks);

/// What is wrong with a cell.
struct CsvFault {
  std::string column;
  std::string text;
};

/// A block bound to the columns of one file.
class CsvConverter {
 public:
  /// Throws Error{input} when the header lacks a column of the block's key, or, of a map that the
  /// user names, any that it reads.
  CsvConverter(const CsvBlock& block, const std::vector<std::string>& header);
  ~CsvConverter();
  CsvConverter(CsvConverter&&) noexcept;

  /// Appends the resource as one line of JSON; false, and nothing, when a cell is wrong or the
  /// block is not for this row. `faults` says which cells.
  bool convert(const std::vector<std::string_view>& row, std::string& out,
               std::vector<CsvFault>& faults);
  /// The id of the patient that the latest resource belongs to, or is; may be empty.
  [[nodiscard]] std::string_view patient() const;
  /// Columns of the file that no row of the block reads.
  [[nodiscard]] const std::vector<std::string>& unread() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The first draft of a block for a file with this header, from the names and values of its
/// columns.
[[nodiscard]] std::string draft_csv_map(std::string_view file,
                                        const std::vector<std::string>& header,
                                        const std::vector<std::vector<std::string>>& rows);

}  // namespace lhcr::map
