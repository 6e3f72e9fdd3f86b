// SPDX-License-Identifier: Apache-2.0
/// Words of terms, for search and the term filters of constraints.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lhcr::terminology {

/// With letters in lower case (Latin, Greek, Cyrillic) and without the accents of Latin ones.
[[nodiscard]] std::string folded(std::string_view text);

/// The words of a folded text: runs of letters and digits; bytes that are no ASCII count as
/// letters.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view folded);

/// Whether each of the wanted words begins some word.
[[nodiscard]] bool match_words(const std::vector<std::string_view>& words,
                               const std::vector<std::string_view>& wanted);

/// Whether a text is one with * for any characters; both folded or both not.
[[nodiscard]] bool match_wild(std::string_view text, std::string_view pattern);

/// Whether two texts differ in the case of letters only; accents count.
[[nodiscard]] bool equal_but_case(std::string_view left, std::string_view right) noexcept;

}  // namespace lhcr::terminology
