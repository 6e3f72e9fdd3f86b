// SPDX-License-Identifier: Apache-2.0
/// Tables (CSV) among the inputs.
#pragma once

#include <string>
#include <vector>

namespace lhcr::cmd {

/// Whether a path may stand for several tables: a folder or an archive.
[[nodiscard]] bool may_hold_tables(const std::string& path);

/// The tables of a folder, or of an archive as "ARCHIVE/FILE", by name. Throws Error{input} when it
/// cannot be read.
[[nodiscard]] std::vector<std::string> tables_in(const std::string& path);

/// `paths` with the tables of folders and archives in their place. Throws Error{input} for one that
/// has none.
[[nodiscard]] std::vector<std::string> expand_tables(const std::vector<std::string>& paths);

}  // namespace lhcr::cmd
