// SPDX-License-Identifier: Apache-2.0
/// The views that come with the program, in sets: "synthea" has "synthea.patients" and others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "view/view.hpp"

namespace lhcr::view {

/// Every built-in view; Source::name is SET.TABLE, or SET.TABLE.TYPE where a table has rows of
/// several types of record.
[[nodiscard]] std::vector<Source> built_in();
/// The view of that name and what is below it (a set, or "omop.note.DiagnosticReport" of
/// "omop.note"); empty when there is none.
[[nodiscard]] std::vector<Source> built_in(std::string_view name);
[[nodiscard]] std::vector<std::string> built_in_sets();

}  // namespace lhcr::view
