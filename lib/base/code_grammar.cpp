// SPDX-License-Identifier: Apache-2.0
#include "base/code_grammar.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/ascii.hpp"

namespace lhcr {
namespace {

template <typename Test>
bool all(std::string_view text, const Test& test) {
  return std::all_of(text.begin(), text.end(), test);
}

// --- media types ---

bool is_restricted_name(std::string_view text) {
  constexpr std::size_t longest = 127;
  constexpr std::string_view marks = "!#$&-^_.+";
  return !text.empty() && text.size() <= longest && is_alphanumeric(text.front()) &&
         all(text,
             [&](char c) { return is_alphanumeric(c) || marks.find(c) != std::string_view::npos; });
}

bool is_token(std::string_view text) {
  constexpr std::string_view never = "()<>@,;:\\\"/[]?=";
  return !text.empty() &&
         all(text, [&](char c) { return c > ' ' && c < 127 && never.find(c) == never.npos; });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// name=token or name="text"
bool is_parameter(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || !is_token(text.substr(0, equals))) return false;
  const std::string_view value = text.substr(equals + 1);
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted || is_token(value);
}

// --- language tags ---

using Parts = std::vector<std::string_view>;

Parts split(std::string_view text) {
  Parts parts;
  while (true) {
    const std::size_t end = text.find('-');
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool has_form(std::string_view part, std::size_t least, std::size_t most, bool (*test)(char)) {
  return part.size() >= least && part.size() <= most && all(part, test);
}

bool is_variant(std::string_view part) {
  return has_form(part, 5, 8, is_alphanumeric) ||
         (has_form(part, 4, 4, is_alphanumeric) && is_digit(part.front()));
}

/// Everything behind a singleton: parts of `least` to 8 characters, one at the least.
bool take_parts(const Parts& parts, std::size_t& at, std::size_t least) {
  const std::size_t from = at;
  while (at < parts.size() && has_form(parts[at], least, 8, is_alphanumeric)) ++at;
  return at > from;
}

bool is_private(std::string_view part) {
  return part == "x" || part == "X";
}

// RFC 5646: registered before the grammar, and kept.
constexpr std::array<std::string_view, 26> grandfathered = {
    "en-GB-oed", "i-ami",     "i-bnn",     "i-default",  "i-enochian",  "i-hak",  "i-klingon",
    "i-lux",     "i-mingo",   "i-navajo",  "i-pwn",      "i-tao",       "i-tay",  "i-tsu",
    "sgn-BE-FR", "sgn-BE-NL", "sgn-CH-DE", "art-lojban", "cel-gaulish", "no-bok", "no-nyn",
    "zh-guoyu",  "zh-hakka",  "zh-min",    "zh-min-nan", "zh-xiang"};

}  // namespace

bool is_media_type(std::string_view text) {
  const std::size_t semicolon = text.find(';');
  const std::string_view type = trimmed(text.substr(0, semicolon));
  const std::size_t slash = type.find('/');
  if (slash == std::string_view::npos || !is_restricted_name(type.substr(0, slash)) ||
      !is_restricted_name(type.substr(slash + 1))) {
    return false;
  }
  for (std::size_t from = semicolon; from != std::string_view::npos;) {
    const std::size_t next = text.find(';', from + 1);
    const std::size_t length = next == std::string_view::npos ? next : next - from - 1;
    if (!is_parameter(trimmed(text.substr(from + 1, length)))) return false;
    from = next;
  }
  return true;
}

bool is_language_tag(std::string_view text) {
  if (std::find(grandfathered.begin(), grandfathered.end(), text) != grandfathered.end()) {
    return true;
  }
  const Parts parts = split(text);
  std::size_t at = 0;
  const auto take = [&](std::size_t least, std::size_t most, bool (*test)(char)) {
    const bool fits = at < parts.size() && has_form(parts[at], least, most, test);
    at += fits ? 1U : 0U;
    return fits;
  };
  if (!is_private(parts.front())) {
    if (!take(2, 3, is_letter)) return false;
    for (int more = 0; more < 3 && take(3, 3, is_letter); ++more) {
    }
    take(4, 4, is_letter);
    if (!take(2, 2, is_letter)) take(3, 3, is_digit);
    while (at < parts.size() && is_variant(parts[at])) ++at;
    while (at < parts.size() && parts[at].size() == 1 && is_alphanumeric(parts[at].front()) &&
           !is_private(parts[at])) {
      if (!take_parts(parts, ++at, 2)) return false;
    }
  }
  if (at < parts.size() && is_private(parts[at]) && !take_parts(parts, ++at, 1)) return false;
  return at == parts.size();
}

}  // namespace lhcr
