// SPDX-License-Identifier: Apache-2.0
/// The lines of a record that holds several (Record::lines).
#pragma once

#include <algorithm>

#include "base/text.hpp"
#include "format/format.hpp"

namespace lhcr::format {

/// How many line ends a text has. Lines are long, so that looking for the next is faster than
/// looking at each byte.
[[nodiscard]] inline std::size_t count_line_ends(std::string_view text) noexcept {
  std::size_t count = 0;
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    ++count;
  return count;
}

/// The record that is one line of `lines`, with its offset; `line` is a part of their bytes. Its
/// number is that of the first line.
[[nodiscard]] inline Record line_of(const Record& lines, std::string_view line) {
  Record record = lines;
  record.lines = false;
  record.bytes = line;
  record.offset += static_cast<std::uint64_t>(line.data() - lines.bytes.data());
  return record;
}

/// Calls `take` with the record that each line is but for blank ones, with its number.
template <class Take>
void each_line(const Record& lines, const Take& take) {
  std::uint64_t number = 0;
  for (std::size_t at = 0; at < lines.bytes.size(); ++number) {
    const std::size_t end = std::min(lines.bytes.find('\n', at), lines.bytes.size());
    Record record = line_of(lines, lines.bytes.substr(at, end - at));
    record.line += number;
    record.index += number;
    if (!std::all_of(record.bytes.begin(), record.bytes.end(), is_space)) take(record);
    at = end + 1;
  }
}

}  // namespace lhcr::format
