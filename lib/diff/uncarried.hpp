// SPDX-License-Identifier: Apache-2.0
/// What the conversion of two records does not carry, compared as text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "diff/report.hpp"

namespace lhcr::diff {

/// One element or attribute that has no place in the converted record.
struct Uncarried {
  std::string path;      ///< "/ClinicalDocument/id[2]/@root"
  std::string value;     ///< may be the beginning only
  std::size_t hash = 0;  ///< of the whole value
};

/// Adds a section for what only one side has; the order of repeated elements does not count, and,
/// but for `strict`, nor do ids and template ids (LHCR_DIFF_NOT_MEANT in rules.def).
void add_uncarried(const std::vector<Uncarried>& left, const std::vector<Uncarried>& right,
                   bool strict, std::string_view record, Result& result);

}  // namespace lhcr::diff
