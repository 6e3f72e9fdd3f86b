// SPDX-License-Identifier: Apache-2.0
/// `lhcr diff` on NDJSON and folders: records matched by what they are, one pair in memory at a
/// time.
#pragma once

#include "cmd/diff/diff.hpp"
#include "cmd/diff/diff_paths.hpp"
#include "diff/report.hpp"

namespace lhcr::cmd {

/// Whether either side has, or may have, more than one record.
[[nodiscard]] bool has_many_records(const DiffOptions& options);

/// Compares them into `result`. Returns ExitCode::unreadable when a record could not be read (the
/// others are compared), else ExitCode::yes.
[[nodiscard]] ExitCode compare_many(const DiffOptions& options, const Io& io, diff::Result& result);

}  // namespace lhcr::cmd
