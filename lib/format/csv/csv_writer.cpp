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

/// Whether a byte of a word is zero.
constexpr bool any_zero(std::uint64_t word) noexcept {
  return ((word - each) & ~word & (each << 7U)) != 0;
}

/// Whether a byte makes quotes necessary. Tables have many fields and few such bytes, so that
/// eight are looked at together; the zeros that fill the last word up are none.
bool is_special(std::string_view text, char delimiter) noexcept {
  const std::array<char, 4> special = {delimiter, '"', '\n', '\r'};
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min(text.size(), sizeof word);
    std::memcpy(&word, text.data(), size);
    for (const char byte : special) {
      if (any_zero(word ^ each * static_cast<unsigned char>(byte))) return true;
    }
    text.remove_prefix(size);
  }
  return false;
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
