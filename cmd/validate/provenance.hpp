// SPDX-License-Identifier: Apache-2.0
/// What a run says of itself in its reports.
#pragma once

#include "cmd/packages.hpp"
#include "finding/provenance.hpp"
#include "terminology/store/library.hpp"

namespace lhcr::cmd {

/// The program, the time (SOURCE_DATE_EPOCH instead, when that is set, and then no durations), the
/// packages that are read and the releases with their hashes, and the options. `releases` may be
/// nullptr.
[[nodiscard]] finding::Provenance provenance_of(
    const std::vector<definition::PackageInfo>& packages, const std::vector<Setting>& settings,
    const terminology::Library* releases);

}  // namespace lhcr::cmd
