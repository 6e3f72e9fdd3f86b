// SPDX-License-Identifier: Apache-2.0
/// Names of tables.
#pragma once

#include <string>
#include <string_view>

namespace lhcr::format {

/// Whether a path is named as a table: *.csv or *.tsv, in letters of either case, packed (.gz,
/// .zst) or not.
[[nodiscard]] bool names_table(std::string_view path);

/// What a table is called, which says what map or layout it is for: its path without .gz or .zst.
[[nodiscard]] std::string table_name(std::string_view path);

}  // namespace lhcr::format
