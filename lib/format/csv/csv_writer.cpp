// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "base/text.hpp"
#include "format/csv/csv.hpp"

namespace lhcr::format {
namespace {

constexpr std::uint64_t each = 0x0101010101010101U;  // a one in every byte

/// Not 0 where a byte of the word is zero.
constexpr std::uint64_t zeros(std::uint64_t word) noexcept {
  return (word - each) & ~word & (each << 7U);
}

/// Whether a byte makes quotes necessary. Tables have many fields and few such bytes, so that
/// eight are looked at together; the last eight overlap those before.
bool is_special(std::string_view text, char delimiter) noexcept {
  const std::array<char, 4> special = {delimiter, '"', '\n', '\r'};
  const auto any_at = [&](std::size_t at) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    std::uint64_t found = 0;
    for (const char byte : special)
      found |= zeros(word ^ (each * static_cast<unsigned char>(byte)));
    return found != 0;
  };
  constexpr std::size_t size = sizeof(std::uint64_t);
  if (text.size() < size) {
    return std::any_of(text.begin(), text.end(), [delimiter](char byte) {
      return byte == delimiter || byte == '"' || byte == '\n' || byte == '\r';
    });
  }
  for (std::size_t at = 0; at + size < text.size(); at += size) {
    if (any_at(at)) return true;
  }
  return any_at(text.size() - size);
}

}  // namespace

void append_csv_field(std::string& out, std::string_view text, char delimiter) {
  // At the start of a file its byte order mark would be taken for the file's.
  if (!text.starts_with(utf8_bom) && !is_special(text, delimiter)) {
    out += text;
    return;
  }
  out += '"';
  for (std::size_t quote = text.find('"'); quote != std::string_view::npos;
       quote = text.find('"')) {
    out.append(text.substr(0, quote + 1)) += '"';
    text.remove_prefix(quote + 1);
  }
  out.append(text) += '"';
}

}  // namespace lhcr::format
