// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.hpp"
#include "format/csv/csv.hpp"

namespace lhcr::format {

void append_csv_field(std::string& out, std::string_view text, char delimiter) {
  const auto special = [delimiter](char byte) {
    return byte == delimiter || byte == '"' || byte == '\n' || byte == '\r';
  };
  // At the start of a file its byte order mark would be taken for the file's.
  if (!text.starts_with(utf8_bom) && std::none_of(text.begin(), text.end(), special)) {
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
