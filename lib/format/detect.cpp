// SPDX-License-Identifier: Apache-2.0
#include "format/detect.hpp"

#include <algorithm>
#include <cstring>

#include "base/text.hpp"

namespace lhcr::format {
namespace {

std::size_t skip_space(std::string_view bytes, std::size_t at) {
  while (at < bytes.size() && is_space(bytes[at])) {
    ++at;
  }
  return at;
}

/// UTF-16 is known by its byte order mark, or by the zero byte beside the first '<'.
bool is_utf16_xml(std::string_view bytes) {
  using std::string_view_literals::operator""sv;
  constexpr std::string_view starts[] = {"\xFF\xFE<\0"sv, "\xFE\xFF\0<"sv, "<\0?\0"sv, "\0<\0?"sv};
  return std::any_of(std::begin(starts), std::end(starts),
                     [bytes](std::string_view start) { return bytes.starts_with(start); });
}

/// Follows a JSON object to its end or to the first line end within it, whichever comes first.
class FirstLine {
 public:
  FirstLine(std::string_view bytes, std::size_t start) : bytes_(bytes), at_(start) {}

  Guess judge() {
    for (; at_ < bytes_.size(); ++at_) {
      const char byte = bytes_[at_];
      if (byte == '\n') {
        return line_ended();
      }
      if (take(byte) && depth_ == 0) {
        ++at_;
        return object_ended();
      }
    }
    return {Format::json, false};
  }

 private:
  /// Whether `byte` closed a bracket.
  bool take(char byte) {
    if (in_string_) {
      at_ += byte == '\\' ? 1U : 0U;
      in_string_ = byte != '"';
      last_ = byte;
      return false;
    }
    in_string_ = byte == '"';
    last_ = is_space(byte) ? last_ : byte;
    depth_ += byte == '{' || byte == '[' ? 1U : 0U;
    const bool closed = byte == '}' || byte == ']';
    depth_ -= closed && depth_ > 0 ? 1U : 0U;
    return closed;
  }

  [[nodiscard]] Guess object_ended() const {
    const std::size_t next = skip_space(bytes_, at_);
    const std::string_view between = bytes_.substr(at_, next - at_);
    const bool new_line = between.find('\n') != std::string_view::npos;
    if (next == bytes_.size()) {
      return {Format::json, false, new_line};
    }
    return {new_line && bytes_[next] == '{' ? Format::ndjson : Format::json, true};
  }

  /// A record that is cut short must not make one document of all the lines behind it: when no
  /// object may begin at this place, the next line's is another record.
  [[nodiscard]] Guess line_ended() const {
    if (at_ + 1 == bytes_.size()) {
      return {Format::json, false};
    }
    constexpr std::string_view opens = ",:[{";
    const bool may_begin = !in_string_ && opens.find(last_) != std::string_view::npos;
    return {bytes_[at_ + 1] == '{' && !may_begin ? Format::ndjson : Format::json, true};
  }

  std::string_view bytes_;
  std::size_t at_;
  std::size_t depth_ = 0;
  char last_ = '\0';
  bool in_string_ = false;
};

}  // namespace

Guess guess_format(std::string_view bytes) {
  if (is_utf16_xml(bytes)) {
    return {Format::xml, true};
  }
  std::size_t start = bytes.starts_with(utf8_bom) ? utf8_bom.size() : 0;
  start = skip_space(bytes, start);
  if (start == bytes.size()) {
    return {Format::unknown, false};
  }
  switch (bytes[start]) {
    case '<':
      return {Format::xml, true};
    case '[':
    case '/':
      return {Format::json, true};
    case '{':
      // Only a line end can make it NDJSON, and most documents of a push have none.
      if (bytes.find('\n', start) == std::string_view::npos) {
        return {Format::json, false};
      }
      return FirstLine(bytes, start).judge();
    default:
      return {Format::unknown, true};
  }
}

Format detect(std::string_view bytes) {
  return guess_format(bytes).format;
}

}  // namespace lhcr::format
