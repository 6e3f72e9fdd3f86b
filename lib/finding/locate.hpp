// SPDX-License-Identifier: Apache-2.0
/// Lines and columns of findings, computed only when they are shown.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "finding/finding.hpp"

namespace lhcr::finding {

/// Where a record lies in its file.
struct RecordPlace {
  std::uint64_t offset = 0;  ///< bytes from the start of the file
  std::uint64_t line = 1;    ///< of the record's first byte, from 1
};

/// Fills line and column in and makes offsets, which count from the beginning of `record`, count
/// from that of the file. One pass over the record whatever the findings' order.
void locate(std::span<Finding> findings, std::string_view record, const RecordPlace& place);

}  // namespace lhcr::finding
