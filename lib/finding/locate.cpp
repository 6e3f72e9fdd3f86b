// SPDX-License-Identifier: Apache-2.0
#include "finding/locate.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace lhcr::finding {

void locate(std::span<Finding> findings, std::string_view record, const RecordPlace& place) {
  std::vector<Position*> positions;
  positions.reserve(findings.size());
  for (Finding& finding : findings) positions.push_back(&finding.position);
  std::stable_sort(
      positions.begin(), positions.end(),
      [](const Position* left, const Position* right) { return left->offset < right->offset; });
  LineCounter counter(record);
  for (Position* position : positions) {
    position->offset = std::min<std::uint64_t>(position->offset, record.size());
    const LineColumn found = counter.at(position->offset);
    position->line = place.line + found.line - 1;
    position->column = found.column;
    position->offset += place.offset;
  }
}

}  // namespace lhcr::finding
