// SPDX-License-Identifier: Apache-2.0
/// What stands at the place of a finding: a piece of its line.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "finding/report.hpp"

namespace lhcr::finding {

/// Bytes of the line that are wanted on both sides of the place.
struct ExcerptSize {
  std::size_t before = 60;
  std::size_t behind = 100;
};

struct Excerpt {
  std::string_view before;  ///< the place
  std::string_view behind;  ///< from the place on
  bool cut_before = false;  ///< the line begins earlier
  bool cut_behind = false;  ///< the line ends later
};

/// Of a record whose bytes `place` has; nothing when the finding has no place in them.
[[nodiscard]] std::optional<Excerpt> excerpt_of(const Finding& finding, const Place& place,
                                                const ExcerptSize& size);

/// Bytes of the word that `text` begins with, at least one character: a string in quotes, "<" and
/// the name of a tag, an attribute with its value, or what comes before white space and
/// punctuation.
[[nodiscard]] std::size_t word_length(std::string_view text);

/// Columns that UTF-8 text takes on a terminal: East Asian wide characters and pictures two,
/// combining and invisible ones none.
[[nodiscard]] std::size_t terminal_columns(std::string_view text);

}  // namespace lhcr::finding
