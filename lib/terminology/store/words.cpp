// SPDX-License-Identifier: Apache-2.0
#include "terminology/store/words.hpp"

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"

namespace lhcr::terminology {
namespace {

constexpr std::uint32_t first_accented = 0xC0;
/// Base letters of U+00C0 to U+017F; '.' stays what it is.
constexpr std::string_view base_letters =
    "aaaaaa.ceeeeiiii.nooooo.ouuuuy..aaaaaa.ceeeeiiii.nooooo.ouuuuy.y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkk.llllllllllnnnnnn...oooooo..rrrrrrssss"
    "ssssttttttuuuuuuuuuuuuwwyyyzzzzzz.";

std::uint32_t lower(std::uint32_t letter) {
  constexpr std::uint32_t step = 0x20;
  const bool latin = letter == 0xC6 || letter == 0xD0 || letter == 0xD8 || letter == 0xDE;
  const bool greek = letter >= 0x391 && letter <= 0x3A9;
  const bool cyrillic = letter >= 0x410 && letter <= 0x42F;
  return latin || greek || cyrillic ? letter + step : letter;
}

/// The letter that begins at `at`, which moves behind it; only two-byte ones are folded.
void fold_wide(std::string_view text, std::size_t& at, std::string& out) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const bool two = lead >= 0xC2 && lead <= 0xDF && at + 1 < text.size();
  if (!two) {
    out += text[at++];
    return;
  }
  const auto letter = static_cast<std::uint32_t>(
      ((lead & 0x1FU) << 6U) | (static_cast<unsigned char>(text[at + 1]) & 0x3FU));
  at += 2;
  const std::uint32_t row = letter - first_accented;
  if (letter >= first_accented && row < base_letters.size() && base_letters[row] != '.') {
    out += base_letters[row];
  } else {
    append_utf8(out, lower(letter));
  }
}

/// The letter of a text that begins at `at`, in lower case; letters of three bytes and more come
/// byte by byte. Moves `at` behind it.
std::uint32_t lower_letter(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) {
    return lead >= 'A' && lead <= 'Z' ? lead + 0x20U : lead;
  }
  if (lead < 0xC2 || lead > 0xDF || at == text.size()) {
    return lead;
  }
  const std::uint32_t letter =
      ((lead & 0x1FU) << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  const bool latin = letter >= 0xC0 && letter <= 0xDE && letter != 0xD7;
  const bool even_capitals =
      (letter >= 0x100 && letter <= 0x137) || (letter >= 0x14A && letter <= 0x177);
  const bool odd_capitals =
      (letter >= 0x139 && letter <= 0x148) || (letter >= 0x179 && letter <= 0x17E);
  const bool capital = (even_capitals && letter % 2 == 0) || (odd_capitals && letter % 2 == 1);
  return latin ? letter + 0x20 : capital ? letter + 1 : lower(letter);
}

bool is_word_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
         (byte >= 'A' && byte <= 'Z') || static_cast<unsigned char>(byte) >= 0x80;
}

}  // namespace

std::string folded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char byte = text[at];
    if (static_cast<unsigned char>(byte) >= 0x80) {
      fold_wide(text, at, out);
      continue;
    }
    out += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
    ++at;
  }
  return out;
}

bool equal_but_case(std::string_view left, std::string_view right) noexcept {
  std::size_t at = 0;
  std::size_t other = 0;
  while (at < left.size() && other < right.size()) {
    if (lower_letter(left, at) != lower_letter(right, other)) {
      return false;
    }
  }
  return at == left.size() && other == right.size();
}

std::vector<std::string_view> words_of(std::string_view folded) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t from = at;
    while (at < folded.size() && is_word_byte(folded[at])) {
      ++at;
    }
    if (at > from) {
      words.push_back(folded.substr(from, at - from));
    } else {
      ++at;
    }
  }
  return words;
}

bool match_words(const std::vector<std::string_view>& words,
                 const std::vector<std::string_view>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](std::string_view beginning) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return word.starts_with(beginning); });
  });
}

bool match_wild(std::string_view text, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t rule = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (at < text.size()) {
    if (rule < pattern.size() && pattern[rule] == '*') {
      star = rule++;
      resume = at;
    } else if (rule < pattern.size() && pattern[rule] == text[at]) {
      ++rule;
      ++at;
    } else if (star != std::string_view::npos) {
      rule = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', rule) == std::string_view::npos;
}

}  // namespace lhcr::terminology
