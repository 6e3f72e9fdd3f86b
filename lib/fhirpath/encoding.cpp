// SPDX-License-Identifier: Apache-2.0
#include "fhirpath/encoding.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "base/ascii.hpp"
#include "base/hex.hpp"
#include "fhirpath/text.hpp"

namespace lhcr::fhirpath {
namespace {

constexpr std::string_view base64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_base64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool to_hex(std::string_view text, std::string& out) {
  out += hex(text);
  return true;
}

bool from_hex(std::string_view text, std::string& out) {
  if (text.size() % 2 != 0) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) {
      return false;
    }
    out += static_cast<char>(high * 16 + low);
  }
  return true;
}

void encode_base64(std::string_view text, std::string_view alphabet, std::string& out) {
  for (std::size_t i = 0; i < text.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, text.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = (bits << 8U) | (k < have ? static_cast<unsigned char>(text[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= have ? alphabet[(bits >> (18 - 6 * k)) & 63U] : '=';
    }
  }
}

bool decode_base64(std::string_view text, std::string_view alphabet, std::string& out) {
  while (!text.empty() && text.back() == '=') {
    text.remove_suffix(1);
  }
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char c : text) {
    if (c == '\r' || c == '\n' || c == ' ') {
      continue;
    }
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) {
      return false;
    }
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    have += 6;
    if (have >= 8) {
      have -= 8;
      out += static_cast<char>((bits >> have) & 0xFFU);
    }
  }
  return have < 6;
}

bool to_base64(std::string_view text, std::string& out) {
  encode_base64(text, base64, out);
  return true;
}
bool from_base64(std::string_view text, std::string& out) {
  return decode_base64(text, base64, out);
}
bool to_url_base64(std::string_view text, std::string& out) {
  encode_base64(text, url_base64, out);
  return true;
}
bool from_url_base64(std::string_view text, std::string& out) {
  return decode_base64(text, url_base64, out);
}

constexpr std::pair<char, std::string_view> html_entities[] = {
    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
constexpr std::pair<char, std::string_view> json_escapes[] = {
    {'"', "\\\""}, {'\\', "\\\\"}, {'\n', "\\n"}, {'\r', "\\r"},
    {'\t', "\\t"}, {'\f', "\\f"},  {'\b', "\\b"}};

bool to_html(std::string_view text, std::string& out) {
  for (const char c : text) {
    const auto* const found = std::find_if(std::begin(html_entities), std::end(html_entities),
                                           [&](const auto& entity) { return entity.first == c; });
    found == std::end(html_entities) ? out += c : out += found->second;
  }
  return true;
}

/// A numeric character reference at the beginning of `text`; its length, or 0.
std::size_t numeric_reference(std::string_view text, std::string& out) {
  const std::size_t end = text.find(';');
  if (!text.starts_with("&#") || end == std::string_view::npos || end > 10) {
    return 0;
  }
  const bool hex = text[2] == 'x' || text[2] == 'X';
  const char* const first = text.data() + (hex ? 3 : 2);
  std::uint32_t code = 0;
  const auto [last, error] = std::from_chars(first, text.data() + end, code, hex ? 16 : 10);
  if (error != std::errc() || last != text.data() + end || code > 0x10FFFF ||
      (code >= 0xD800 && code < 0xE000)) {
    return 0;
  }
  append_code_point(code, out);
  return end + 1;
}

bool from_html(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const auto* const found =
        std::find_if(std::begin(html_entities), std::end(html_entities),
                     [&](const auto& entity) { return text.starts_with(entity.second); });
    if (found != std::end(html_entities)) {
      out += found->first;
      text.remove_prefix(found->second.size());
      continue;
    }
    const std::size_t taken = numeric_reference(text, out);
    if (taken == 0) {
      out += text.front();
    }
    text.remove_prefix(std::max<std::size_t>(taken, 1));
  }
  return true;
}

bool to_json(std::string_view text, std::string& out) {
  for (const char c : text) {
    const auto* const found = std::find_if(std::begin(json_escapes), std::end(json_escapes),
                                           [&](const auto& escape) { return escape.first == c; });
    if (found != std::end(json_escapes)) {
      out += found->second;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      to_hex({&c, 1}, out);
    } else {
      out += c;
    }
  }
  return true;
}

/// A \uXXXX at the beginning of `text`.
bool take_unicode(std::string_view& text, std::uint32_t& code) {
  if (text.size() < 6 || !text.starts_with("\\u")) {
    return false;
  }
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, code, 16);
  if (error != std::errc() || end != text.data() + 6) {
    return false;
  }
  text.remove_prefix(6);
  return true;
}

bool from_json(std::string_view text, std::string& out) {
  while (!text.empty()) {
    std::uint32_t code = 0;
    std::uint32_t low = 0;
    const auto* const found =
        std::find_if(std::begin(json_escapes), std::end(json_escapes),
                     [&](const auto& escape) { return text.starts_with(escape.second); });
    if (found != std::end(json_escapes)) {
      out += found->first;
      text.remove_prefix(found->second.size());
    } else if (text.starts_with("\\/")) {
      out += '/';
      text.remove_prefix(2);
    } else if (take_unicode(text, code)) {
      if (code >= 0xD800 && code < 0xDC00 && take_unicode(text, low)) {
        code = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00)
                                             : 0xFFFD;
      }
      append_code_point(code >= 0xD800 && code < 0xE000 ? 0xFFFD : code, out);
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return true;
}

constexpr TextFormat encoding_table[] = {{"hex", to_hex, from_hex},
                                         {"base64", to_base64, from_base64},
                                         {"urlbase64", to_url_base64, from_url_base64}};
constexpr TextFormat escape_table[] = {{"html", to_html, from_html}, {"json", to_json, from_json}};

}  // namespace

std::span<const TextFormat> encodings() noexcept {
  return encoding_table;
}
std::span<const TextFormat> escapes() noexcept {
  return escape_table;
}

}  // namespace lhcr::fhirpath
