// SPDX-License-Identifier: Apache-2.0
#include "cmd/lsp/text_places.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace lhcr::cmd {
namespace {

/// How far before its place a wrong name may stand: `"name": {` is before the object.
constexpr std::size_t near = 200;

bool is_name(char byte) {
  return is_letter(byte) || (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' ||
         byte == '.' || static_cast<unsigned char>(byte) >= 0x80;
}

bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
  const bool before = at == 0 || !is_name(text[at - 1]);
  const bool behind = at + size >= text.size() || !is_name(text[at + size]);
  return before && behind;
}

}  // namespace

TextPlaces::TextPlaces(std::string_view text) : text_(text), lines_{0} {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos;
       at = text.find('\n', at + 1)) {
    lines_.push_back(at + 1);
  }
}

EditorPlace TextPlaces::place(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto after = std::upper_bound(lines_.begin(), lines_.end(), offset);
  EditorPlace place;
  place.line = static_cast<std::size_t>(after - lines_.begin()) - 1;
  for (const char byte : text_.substr(lines_[place.line], offset - lines_[place.line])) {
    const auto code = static_cast<unsigned char>(byte);
    const bool continues = (code & 0xC0U) == 0x80U;
    // Four bytes of UTF-8 are two units of UTF-16.
    if (!continues) place.character += code >= 0xF0U ? 2 : 1;
  }
  return place;
}

Stretch token_at(std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  std::size_t end = offset;
  if (end < text.size() && text[end] == '"') {
    for (++end; end < text.size() && text[end] != '"' && text[end] != '\n'; ++end) {
      if (text[end] == '\\') ++end;
    }
    end = std::min(end + 1, text.size());
  } else {
    if (end < text.size() && text[end] == '<') ++end;
    while (end < text.size() && is_name(text[end])) ++end;
  }
  return {offset, std::max(end, std::min(offset + 1, text.size()))};
}

std::optional<Stretch> word_near(std::string_view text, std::size_t offset, std::string_view word) {
  if (word.empty()) return std::nullopt;
  const std::size_t least = offset > near ? offset - near : 0;
  const Stretch token = token_at(text, offset);
  const std::size_t inside = text.substr(0, token.last).find(word, offset);
  if (inside != std::string_view::npos && stands_alone(text, inside, word.size())) {
    return Stretch{inside, inside + word.size()};
  }
  std::size_t at = text.substr(0, offset).rfind(word);
  while (at != std::string_view::npos && at >= least) {
    if (stands_alone(text, at, word.size())) return Stretch{at, at + word.size()};
    at = at == 0 ? std::string_view::npos : text.substr(0, at).rfind(word);
  }
  return std::nullopt;
}

std::string near_name(std::string_view hint) {
  constexpr std::string_view begin = "Did you mean '";
  const std::size_t at = hint.find(begin);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = hint.substr(at + begin.size());
  return std::string(rest.substr(0, std::min(rest.find("'?"), rest.size())));
}

std::vector<std::string> words_in(std::string_view message) {
  std::vector<std::string> quoted;
  std::vector<std::string> others;
  std::string word;
  char mark = 0;
  for (const char byte : std::string(message) + " ") {
    if (is_name(byte)) {
      word += byte;
      continue;
    }
    if (!word.empty()) (mark == '\'' && byte == '\'' ? quoted : others).push_back(word);
    word.clear();
    mark = byte;
  }
  quoted.insert(quoted.end(), others.begin(), others.end());
  return quoted;
}

}  // namespace lhcr::cmd
