// SPDX-License-Identifier: Apache-2.0
/// Tables (CSV) against a layout: header, values, keys. A layout is data, read from CSV on the Web
/// metadata (W3C tabular metadata) or made by the caller from a view or a map.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/embedded.hpp"
#include "finding/id.hpp"

namespace re2 {
class RE2;
}

namespace lhcr::validate {

/// What a column's values are.
enum class TableKind : std::uint8_t {
  text,
  integer,
  decimal,    ///< no exponent
  number,     ///< exponents, INF, NaN
  boolean,    ///< true, false, 1, 0
  date,       ///< 2024-01-31
  date_time,  ///< 2024-01-31T12:00:00, zone optional
  time,
  fhir_date,       ///< 2024, 2024-01, 2024-01-31
  fhir_date_time,  ///< a fhir_date, or down to seconds with a zone
  fhir_instant,
  fhir_decimal,  ///< with exponent
  code,          ///< text without blanks at its ends or doubled
  id,            ///< letters, digits, - and ., 64 at most
  uri,           ///< no blanks
};

/// A type with its constraints.
struct TableType {
  TableKind kind = TableKind::text;
  std::string expects = "text";  ///< for messages: "a date: 2024-01-31"
  std::string picture;           ///< of dates and times: "dd/MM/yyyy" (UAX 35); of booleans: "Y|N"
  char decimal_mark = '.';
  char group_mark = '\0';
  std::optional<std::size_t> length, min_length, max_length;  ///< code points
  std::optional<double> min, max;                             ///< of numbers
  bool min_excluded = false, max_excluded = false;
  std::string earliest, latest;                ///< of dates and times, in ISO form
  std::unordered_set<std::string> codes;       ///< the values there are; empty: any
  std::shared_ptr<const re2::RE2> pattern;     ///< that the whole value fits
  std::function<bool(std::string_view)> fits;  ///< a check of the caller's, besides
};

struct TableColumn {
  std::string name;
  std::vector<std::string> titles;  ///< of the header; empty: the name
  TableType type;
  bool required = false;                  ///< every row has a value
  bool optional = false;                  ///< the file may do without the column
  std::vector<std::string> nulls = {""};  ///< texts that stand for no value
  char separator = '\0';                  ///< between the values of a list
};

/// Columns whose values are keys of another table.
struct TableReference {
  std::vector<std::string> columns;
  std::string file;
  std::vector<std::string> target;
};

struct TableLayout {
  std::string file;  ///< name without folder
  std::vector<TableColumn> columns;
  std::vector<std::string> primary_key;
  std::vector<TableReference> references;
  char delimiter = '\0';  ///< '\0': seen from the first line
  bool header = true;
  bool trimmed = false;       ///< blanks around values do not count
  std::string comment;        ///< rows that begin with it are skipped; may be empty
  std::size_t skip_rows = 0;  ///< before the header
  bool in_order = false;      ///< columns have to come in the layout's order
};

/// Layouts of files that belong together.
struct TableSet {
  std::string name;
  std::vector<TableLayout> tables;
  std::vector<std::string> notes;  ///< what of the metadata is not checked, a sentence each
  /// By file name, upper and lower case alike; nullptr when there is none.
  [[nodiscard]] const TableLayout* find(std::string_view file) const;
};

/// Reads CSVW metadata: a table group or one table. Throws Error{input} with the place in the
/// metadata for what is wrong, and for what is not supported and would change what is checked.
[[nodiscard]] TableSet read_csvw(std::string_view json, const std::string& origin);
/// The type of a FHIR primitive ("dateTime"); text for any other name.
[[nodiscard]] TableType fhir_table_type(std::string_view name);
/// The layouts that come with the program, as CSVW.
[[nodiscard]] std::span<const EmbeddedFile> built_in_layouts();

struct TableFile {
  std::string path;
  const TableLayout* layout = nullptr;
};

/// Checks files. Memory: one row, and for each key `most_keys` entries of 16 bytes in a table that
/// is at most three quarters full; keys beyond that are not checked, which is a finding.
class TableCheck {
 public:
  /// `most_keys`: of one key of one file.
  explicit TableCheck(std::vector<TableFile> files, std::size_t most_keys = 16U << 20U);
  ~TableCheck();
  TableCheck(const TableCheck&) = delete;
  TableCheck& operator=(const TableCheck&) = delete;

  /// Reads the file once, files that it refers to before that (once for all). Findings carry line
  /// and column; their path is the column. Returns the number of rows. Throws Error{input} when the
  /// file cannot be opened.
  std::uint64_t check(std::size_t file, finding::Sink& sink);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether a value (no null) is of a type; otherwise what is wrong with it.
using TableFault = finding::Message;
[[nodiscard]] std::optional<TableFault> check_table_value(const TableType& type,
                                                          std::string_view value);

}  // namespace lhcr::validate
