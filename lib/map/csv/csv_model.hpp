// SPDX-License-Identifier: Apache-2.0
/// A compiled CSV block: the resource as a skeleton whose leaves are columns and constants.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "map/model.hpp"

namespace lhcr::map {

/// How a cell becomes a primitive. The closed set; false: the cell is no such value.
struct CsvCodec {
  std::string_view name;
  std::string_view expects;  ///< for messages: "a date"
  bool (*append)(std::string_view cell, std::string& out);
};
/// Appends a date or time as FHIR writes it. `picture` empty: it is written so, but for a blank in
/// place of the T and a missing zone. `zone` is that of times without one; "Europe/London" knows
/// the summer time from 1996 on. False: the text is no such moment, or its zone is not known.
bool append_moment(std::string_view cell, std::string_view picture, std::string_view zone,
                   std::string& out);
/// nullptr: there is none of that name.
[[nodiscard]] const CsvCodec* find_csv_codec(std::string_view name) noexcept;

/// For messages: "a date: 2024-01-31", "a day or time written dd/MM/yyyy".
[[nodiscard]] std::string expected_of(const CsvCodec* codec, std::string_view picture);

/// A column that the file does not have.
constexpr std::size_t no_column = static_cast<std::size_t>(-1);

/// `COLUMN = 'text'`, `COLUMN != 'text'`.
struct CsvTest {
  std::string column;
  std::size_t index = no_column;  ///< of the column, once bound to a file
  std::string value;
  bool differs = false;
};

struct CsvLeaf {
  std::string column;  ///< empty: a constant
  std::size_t index = no_column;
  std::string with;  ///< a second column, whose text follows after a blank; may be empty
  std::size_t with_index = no_column;
  std::string picture;   ///< of a date or time that is not written as FHIR does (UAX 35)
  std::string zone;      ///< of a time that has none: "+01:00", "Europe/London"; empty: refused
  std::string constant;  ///< as JSON
  std::string before;    ///< of a reference: "Patient/"
  const CsvCodec* codec = nullptr;
  std::unordered_map<std::string, std::string> codes;  ///< of `map CODES`; empty: none
  bool has_codes = false;
  std::vector<CsvTest> when;
  bool quoted = true;    ///< written as a JSON string
  bool decides = false;  ///< its value makes the element be there
};

struct CsvNode {
  std::string key;  ///< "\"code\":"
  Symbol name = no_symbol;
  definition::TypeId type = definition::no_type;
  bool list = false;
  bool fixed = false;             ///< holds nothing but constants of a where(), once bound
  std::string tests;              ///< of the step, to tell list items apart
  std::vector<CsvNode> children;  ///< list items of one name follow each other
  std::vector<CsvLeaf> leaves;    ///< of a primitive: the first that has a value counts
};

struct CsvBlock {
  std::string name;
  std::string file;
  std::string type;
  Location at;
  bool given = false;            ///< of a map that the user names: its columns have to be there
  std::vector<std::string> key;  ///< of the id, when no column is it; empty: all columns
  std::vector<CsvTest> when;     ///< rows that the block is for
  std::string patient;           ///< column of the patient's id; may be empty
  CsvNode root;
};

}  // namespace lhcr::map
