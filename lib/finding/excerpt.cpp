// SPDX-License-Identifier: Apache-2.0
#include "finding/excerpt.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"

namespace lhcr::finding {
namespace {

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// Moves a cut so that it does not part a character.
std::size_t character_start(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && continues(text[at])) --at;
  return at;
}

std::size_t first_of(std::string_view text, std::string_view set, std::size_t from) {
  return std::min(text.find_first_of(set, from), text.size());
}

std::size_t string_length(std::string_view text) {
  std::size_t at = 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2U : 1U;
  return std::min(at + 1, text.size());
}

struct Span {
  std::uint32_t first;
  std::uint32_t last;
  std::uint8_t columns;
};
/// Unicode 15, East Asian Width W and F and the blocks of marks and invisible characters, in order.
constexpr std::array spans = {
    Span{0x0300, 0x036F, 0},   Span{0x0483, 0x0489, 0},   Span{0x0591, 0x05BD, 0},
    Span{0x0610, 0x061A, 0},   Span{0x064B, 0x065F, 0},   Span{0x1100, 0x115F, 2},
    Span{0x1AB0, 0x1AFF, 0},   Span{0x1DC0, 0x1DFF, 0},   Span{0x200B, 0x200F, 0},
    Span{0x20D0, 0x20FF, 0},   Span{0x2E80, 0x303E, 2},   Span{0x3041, 0xA4CF, 2},
    Span{0xA960, 0xA97C, 2},   Span{0xAC00, 0xD7A3, 2},   Span{0xF900, 0xFAFF, 2},
    Span{0xFE00, 0xFE0F, 0},   Span{0xFE20, 0xFE2F, 0},   Span{0xFE30, 0xFE6F, 2},
    Span{0xFEFF, 0xFEFF, 0},   Span{0xFF00, 0xFF60, 2},   Span{0xFFE0, 0xFFE6, 2},
    Span{0x1F300, 0x1F64F, 2}, Span{0x1F680, 0x1F6FF, 2}, Span{0x1F900, 0x1F9FF, 2},
    Span{0x20000, 0x3FFFD, 2},
};

std::size_t columns_of(std::uint32_t code_point) {
  const auto* const span =
      std::lower_bound(spans.begin(), spans.end(), code_point,
                       [](const Span& one, std::uint32_t point) { return one.last < point; });
  return span != spans.end() && span->first <= code_point ? span->columns : 1;
}

/// The code point that begins at `at` of valid UTF-8, which is moved behind it.
std::uint32_t take_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  std::uint32_t point = lead < 0x80U   ? lead
                        : lead < 0xE0U ? lead & 0x1FU
                        : lead < 0xF0U ? lead & 0x0FU
                                       : lead & 0x07U;
  while (at < text.size() && continues(text[at])) {
    point = (point << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  }
  return point;
}

}  // namespace

std::optional<Excerpt> excerpt_of(const Finding& finding, const Place& place,
                                  const ExcerptSize& size) {
  const std::string_view text = place.source;
  if (finding.position.line == 0 || finding.position.offset < place.offset) return {};
  const auto at = static_cast<std::size_t>(finding.position.offset - place.offset);
  if (at >= text.size()) return {};
  // Only the window is searched: a line may be the whole of a large record.
  const std::size_t least = at - std::min(at, size.before);
  const std::size_t most = std::min(text.size(), at + size.behind);
  const std::size_t feed = text.substr(least, at - least).find_last_of("\r\n");
  const bool begins = feed != std::string_view::npos || least == 0;
  const std::size_t from =
      feed != std::string_view::npos ? least + feed + 1 : character_start(text, least);
  const std::size_t end = text.substr(0, most).find_first_of("\r\n", at);
  const bool ends = end != std::string_view::npos || most == text.size();
  const std::size_t to = end != std::string_view::npos ? end : character_start(text, most);
  return Excerpt{text.substr(from, at - from), text.substr(at, to - at), !begins, !ends};
}

std::size_t word_length(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() == '"') return string_length(text);
  std::size_t end = first_of(text, " \t\"',:;=<>/[]{}()|", text.front() == '<' ? 1 : 0);
  end = std::max<std::size_t>(end, 1);
  while (end < text.size() && continues(text[end])) ++end;
  const bool attribute = text.substr(end).starts_with("=\"");
  return attribute ? end + 1 + string_length(text.substr(end + 1)) : end;
}

std::size_t terminal_columns(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) columns += columns_of(take_code_point(text, at));
  return columns;
}

}  // namespace lhcr::finding
