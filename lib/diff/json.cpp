// SPDX-License-Identifier: Apache-2.0
#include "diff/json.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <unordered_set>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/measure.hpp"
#include "base/text.hpp"
#include "format/json/json_scan.hpp"

namespace lhcr::diff {

const Json* Json::member(std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? nullptr : &items[static_cast<std::size_t>(found - names.begin())];
}

/// RFC 8259, with the offset of what is wrong.
class JsonParser {
 public:
  JsonParser(std::string_view text, const std::string& name, JsonDocument& document)
      : text_(text), name_(name), document_(document) {}

  void run() {
    if (find_invalid_utf8(text_) != std::string_view::npos) {
      at_ = find_invalid_utf8(text_);
      fail("invalid UTF-8");
    }
    if (text_.starts_with(utf8_bom)) at_ = utf8_bom.size();
    value(document_.root_, 0);
    skip();
    if (at_ < text_.size()) fail("nothing may follow the JSON value");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    const LineColumn place = LineCounter(text_).at(at_);
    throw Error(ErrorKind::input, name_ + ":" + std::to_string(place.line) + ":" +
                                      std::to_string(place.column) + ": Invalid JSON: " + what);
  }

  void skip() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void expect(char byte) {
    if (peek() != byte) fail(std::string("'") + byte + "' expected");
    ++at_;
  }

  void value(Json& out, std::size_t depth) {
    if (depth > deepest_json) fail("nested more than " + std::to_string(deepest_json) + " deep");
    skip();
    const std::size_t start = at_;
    switch (peek()) {
      case '{':
        object(out, depth);
        break;
      case '[':
        array(out, depth);
        break;
      case '"':
        out.kind = Json::Kind::string;
        out.text = string();
        break;
      default:
        word(out);
    }
    out.raw = text_.substr(start, at_ - start);
  }

  void object(Json& out, std::size_t depth) {
    out.kind = Json::Kind::object;
    std::unordered_set<std::string_view> seen;  // of an object with many members
    const std::size_t first_name = names_.size();
    const std::size_t first_item = items_.size();
    ++at_;
    skip();
    while (peek() != '}') {
      if (names_.size() > first_name) {
        expect(',');
        skip();
      }
      const std::string_view name = string();
      if (is_repeated(name, std::span(names_).subspan(first_name), seen)) {
        fail("the name '" + std::string(name) + "' is repeated");
      }
      skip();
      expect(':');
      Json item;
      value(item, depth + 1);
      names_.push_back(name);
      items_.push_back(std::move(item));
      skip();
    }
    ++at_;
    out.names = taken(names_, first_name);
    out.items = taken(items_, first_item);
  }

  /// What the innermost container has gathered, in a vector of just that size.
  template <class Each>
  static std::vector<Each> taken(std::vector<Each>& gathered, std::size_t first) {
    const auto begin = gathered.begin() + static_cast<std::ptrdiff_t>(first);
    std::vector<Each> own(std::make_move_iterator(begin), std::make_move_iterator(gathered.end()));
    gathered.erase(begin, gathered.end());
    return own;
  }

  /// `seen` takes over where looking through the names would take long.
  static bool is_repeated(std::string_view name, std::span<const std::string_view> names,
                          std::unordered_set<std::string_view>& seen) {
    constexpr std::size_t few = 32;
    if (names.size() < few) return std::find(names.begin(), names.end(), name) != names.end();
    if (seen.empty()) seen.insert(names.begin(), names.end());
    return !seen.insert(name).second;
  }

  void array(Json& out, std::size_t depth) {
    out.kind = Json::Kind::array;
    const std::size_t first = items_.size();
    ++at_;
    skip();
    while (peek() != ']') {
      if (items_.size() > first) expect(',');
      Json item;
      value(item, depth + 1);
      items_.push_back(std::move(item));
      skip();
    }
    ++at_;
    out.items = taken(items_, first);
  }

  void word(Json& out) {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_word_byte(text_[at_])) ++at_;
    out.text = text_.substr(start, at_ - start);
    if (out.text == "true" || out.text == "false") {
      out.kind = Json::Kind::boolean;
    } else if (out.text == "null") {
      out.kind = Json::Kind::null;
    } else if (format::is_number(out.text)) {
      out.kind = Json::Kind::number;
    } else {
      at_ = start;
      fail("a value expected");
    }
  }

  static bool is_word_byte(char byte) {
    return is_alphanumeric(byte) || byte == '+' || byte == '-' || byte == '.';
  }

  std::string_view string() {
    if (peek() != '"') fail("a string expected");
    const std::size_t start = ++at_;
    bool escaped = false;
    for (char byte = peek(); byte != '"'; byte = peek()) {  // a NUL at the end
      if (static_cast<unsigned char>(byte) < 0x20) fail("the string does not end");
      escaped = escaped || byte == '\\';
      at_ += byte == '\\' ? 2U : 1U;
    }
    const std::string_view raw = text_.substr(start, at_ - start);
    ++at_;
    return escaped ? unescaped(raw, start) : raw;
  }

  std::string_view unescaped(std::string_view raw, std::size_t start) {
    std::string& out = document_.kept_.emplace_back();
    for (std::size_t at = 0; at < raw.size(); ++at) {
      if (raw[at] != '\\') {
        out += raw[at];
        continue;
      }
      constexpr std::string_view names = "\"\\/bfnrt";
      constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
      const char name = raw[++at];
      const std::size_t known = names.find(name);
      if (known != std::string_view::npos) {
        out += meanings[known];
      } else if (name == 'u') {
        append_utf8(out, code_point(raw, at, start));
      } else {
        at_ = start + at;
        fail("unknown escape");
      }
    }
    return out;
  }

  /// The code point of the escape whose 'u' is at `at`; leaves `at` on its last digit.
  std::uint32_t code_point(std::string_view raw, std::size_t& at, std::size_t start) {
    const std::uint32_t first = unit(raw, at, start);
    if (first < 0xD800 || first > 0xDFFF) return first;
    const bool pair = first < 0xDC00 && raw.substr(at + 1, 2) == "\\u";
    if (pair) {
      at += 2;
      const std::uint32_t second = unit(raw, at, start);
      if (second >= 0xDC00 && second <= 0xDFFF) {
        return 0x10000U + ((first - 0xD800U) << 10U) + (second - 0xDC00U);
      }
    }
    at_ = start + at;
    fail("half of a surrogate pair");
  }

  std::uint32_t unit(std::string_view raw, std::size_t& at, std::size_t start) {
    std::uint32_t value = 0;
    for (int digit = 0; digit < 4; ++digit) {
      const char byte = ++at < raw.size() ? static_cast<char>(raw[at] | 0x20) : '\0';
      const bool letter = byte >= 'a' && byte <= 'f';
      if (!letter && !is_digit(byte)) {
        at_ = start + std::min(at, raw.size());
        fail("four hexadecimal digits expected");
      }
      value = value * 16 + static_cast<std::uint32_t>(letter ? byte - 'a' + 10 : byte - '0');
    }
    return value;
  }

  std::string_view text_;
  const std::string& name_;
  JsonDocument& document_;
  std::size_t at_ = 0;
  std::vector<std::string_view> names_;  // of the objects that are being read
  std::vector<Json> items_;              // of the containers that are being read
};

JsonDocument::JsonDocument(std::string_view source, const std::string& name) {
  JsonParser(source, name, *this).run();
}

bool equal(const Json& left, const Json& right) {
  if (left.kind != right.kind || left.items.size() != right.items.size()) return false;
  switch (left.kind) {
    case Json::Kind::null:
      return true;
    case Json::Kind::number:
      return sameness(left.text, right.text, "decimal") != Sameness::different;
    case Json::Kind::array:
      return std::equal(left.items.begin(), left.items.end(), right.items.begin(), equal);
    case Json::Kind::object:
      for (std::size_t at = 0; at < left.names.size(); ++at) {
        const Json* other = right.member(left.names[at]);
        if (other == nullptr || !equal(left.items[at], *other)) return false;
      }
      return true;
    default:
      return left.text == right.text;
  }
}

}  // namespace lhcr::diff
