// SPDX-License-Identifier: Apache-2.0
/// Text-level work of the JSON reader: escapes, numbers, and a careful tokenizer for input that
/// simdjson refuses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "format/issues.hpp"

namespace lhcr::format {

/// Decodes the escapes of a JSON string's content (RFC 8259 section 7) into the arena. At a bad
/// escape, `fault` is set to its offset in `raw` and the result is empty.
std::string_view unescape(std::string_view raw, Arena& arena, std::optional<Fault>& fault);

/// Whether `text` is a number by RFC 8259 section 6.
[[nodiscard]] bool is_number(std::string_view text) noexcept;
/// Whether all escapes of strings in `text` are those of RFC 8259. "No" also for what is rare:
/// escaped surrogates.
[[nodiscard]] bool has_plain_escapes(std::string_view text) noexcept;
/// Letters, digits and the punctuation of numbers: what an unquoted name, word or number is made
/// of.
[[nodiscard]] bool is_word_byte(char byte) noexcept;
[[nodiscard]] bool is_word_start(char byte) noexcept;
/// How to name the character at `offset` in a message: 'x', or U+00A0.
[[nodiscard]] std::string describe_character(std::string_view text, std::size_t offset);
/// The first byte that text does not hold (a control other than white space) among the first bytes
/// of `text`, or npos.
[[nodiscard]] std::size_t find_control(std::string_view text) noexcept;

/// Where tokens begin, up to the first fault. Comments are replaced by spaces in a copy of the
/// text.
struct CarefulTokens {
  std::vector<std::uint32_t>
      offsets;  ///< ends with the end of the text, or the offset of the fault
  std::vector<std::uint32_t> comments;  ///< where each run of comments begins
  std::vector<std::uint32_t>
      controls;      ///< the first control character of each string that holds one
  std::string text;  ///< with comments blanked; empty when there is none
  std::optional<Fault> fault;
};
[[nodiscard]] CarefulTokens tokenize_carefully(std::string_view text);

}  // namespace lhcr::format
