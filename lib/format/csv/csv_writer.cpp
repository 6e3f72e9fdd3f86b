// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/byte_word.hpp"
#include "base/text.hpp"
#include "format/csv/csv.hpp"

namespace lhcr::format {
namespace {

/// Whether a byte makes quotes necessary. Tables have many fields and few such bytes, so that
/// eight are looked at together; the last eight overlap those before.
bool is_special(std::string_view text, char delimiter) noexcept {
  const auto any_at = [&](std::size_t at) {
    return ByteWord(text.data() + at).has_any(delimiter, '"', '\n', '\r');
  };
  constexpr std::size_t size = ByteWord::size;
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
