// SPDX-License-Identifier: Apache-2.0
#include "deliver/transport/mime.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/text.hpp"

namespace lhcr::deliver {
namespace {

/// Those that leave the bytes as they are (RFC 2045 section 6.2).
constexpr std::array<std::string_view, 4> plain_codings{"", "7bit", "8bit", "binary"};

/// The value behind '=', quoted or not, from the beginning of `rest`.
std::string parameter_value(std::string_view rest) {
  if (!rest.starts_with('"')) return std::string(trim(rest.substr(0, rest.find(';'))));
  std::string value;
  for (std::size_t at = 1; at < rest.size() && rest[at] != '"'; ++at) {
    if (rest[at] == '\\' && at + 1 < rest.size()) ++at;
    value += rest[at];
  }
  return value;
}

/// Where the next parameter begins: behind a semicolon that no quotes hold.
std::string_view behind_semicolon(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && quoted)
      ++at;
    else if (text[at] == '"')
      quoted = !quoted;
    else if (text[at] == ';' && !quoted)
      return trim(text.substr(at + 1));
  }
  return {};
}

struct MimePart {
  std::string_view headers;
  std::string_view body;
  [[nodiscard]] std::string_view header(std::string_view name) const {
    for (std::string_view rest = headers; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos) continue;
      if (same_letters(trim(line.substr(0, colon)), name)) return trim(line.substr(colon + 1));
    }
    return {};
  }
};

/// Where a line begins at or behind `from` that a delimiter stands on; npos for nowhere.
std::size_t find_delimiter(std::string_view text, std::string_view delimiter, std::size_t from) {
  for (std::size_t at = text.find(delimiter, from); at != std::string_view::npos;
       at = text.find(delimiter, at + 1)) {
    const std::string_view behind = text.substr(at + delimiter.size());
    const bool ends = behind.empty() || behind.starts_with("--") ||
                      std::string_view(" \t\r\n").find(behind.front()) != std::string_view::npos;
    if (ends && (at == 0 || text[at - 1] == '\n')) return at;
  }
  return std::string_view::npos;
}

/// What stands between two delimiters; without headers it begins with an empty line.
std::optional<MimePart> part_of(std::string_view text) {
  const std::size_t begin = text.find('\n');
  if (begin == std::string_view::npos) return std::nullopt;
  text.remove_prefix(begin + 1);
  // The line end before a delimiter is the delimiter's (RFC 2046 section 5.1.1).
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (trim(text.substr(at, end - at)).empty()) {
      return MimePart{text.substr(0, at), text.substr(std::min(text.size(), end + 1))};
    }
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace

std::string media_parameter(std::string_view header, std::string_view name) {
  for (std::string_view rest = behind_semicolon(header); !rest.empty();
       rest = behind_semicolon(rest)) {
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return {};
    if (same_letters(trim(rest.substr(0, equals)), name)) {
      return parameter_value(trim(rest.substr(equals + 1)));
    }
  }
  return {};
}

std::optional<std::string_view> root_part(const Answer& answer) {
  const std::string_view type = answer.header("content-type");
  const std::string_view text = answer.body;
  if (!answer.content_type.starts_with("multipart/")) return text;
  const std::string delimiter = "--" + media_parameter(type, "boundary");
  const std::string start = media_parameter(type, "start");
  std::size_t at = delimiter.size() > 2 ? find_delimiter(text, delimiter, 0) : text.npos;
  while (at != text.npos) {
    at += delimiter.size();
    const std::size_t end = find_delimiter(text, delimiter, at);
    if (text.substr(at).starts_with("--") || end == text.npos) return std::nullopt;
    const std::optional<MimePart> part = part_of(text.substr(at, end - at));
    at = end;
    if (!part || (!start.empty() && part->header("content-id") != start)) continue;
    const std::string coding = in_small_letters(part->header("content-transfer-encoding"));
    const bool plain =
        std::find(plain_codings.begin(), plain_codings.end(), coding) != plain_codings.end();
    return plain ? std::optional(part->body) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace lhcr::deliver
