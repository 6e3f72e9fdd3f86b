// SPDX-License-Identifier: Apache-2.0
/// Rows as bytes: CSV, NDJSON.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "format/csv/csv.hpp"
#include "view/view.hpp"

namespace lhcr::view {

/// Appends rows to a string.
class RowWriter : public RowSink {
 public:
  [[nodiscard]] std::string& out() noexcept { return out_; }

 private:
  std::string out_;
};

/// Lists become JSON arrays; null is the empty field.
[[nodiscard]] std::unique_ptr<RowWriter> make_csv_writer(const format::CsvDialect& dialect);
/// The header line as the dialect wants it, with its byte order mark; may be empty.
[[nodiscard]] std::string csv_header(const std::vector<Column>& columns,
                                     const format::CsvDialect& dialect);
/// One JSON object a row; every column is there, null where it has no value.
[[nodiscard]] std::unique_ptr<RowWriter> make_ndjson_writer(const std::vector<Column>& columns);

}  // namespace lhcr::view
