// SPDX-License-Identifier: Apache-2.0
/// The part of `lhcr convert` that reads CSV: rows of tables become FHIR resources.
#pragma once

#include "cmd/convert.hpp"
#include "cmd/inputs.hpp"

namespace lhcr::cmd {

/// Whether the inputs are CSV: --from csv, or names that end in .csv or .tsv; a folder is when it
/// has such files and no records.
[[nodiscard]] bool is_csv(const ConvertOptions& options);

/// Converts CSV to what --to asks for; through FHIR to CDA and to tables. Exit 1 when rows failed.
[[nodiscard]] ExitCode run_csv(const ConvertOptions& options, const Io& io);

}  // namespace lhcr::cmd
