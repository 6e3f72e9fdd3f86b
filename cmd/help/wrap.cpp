// SPDX-License-Identifier: Apache-2.0
#include "cmd/help/wrap.hpp"

#include <algorithm>

namespace lhcr::cmd {

void append_wrapped(std::string_view text, std::size_t column, std::size_t indent,
                    std::string& out) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const bool first = column == indent;
    if (!first && column + 1 + end > text_width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += text.substr(0, end);
    column += end;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  out += '\n';
}

}  // namespace lhcr::cmd
