// SPDX-License-Identifier: Apache-2.0
#include "cmd/lsp/wire.hpp"

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/number_in.hpp"
#include "base/text.hpp"

namespace lhcr::cmd {
namespace {

constexpr std::size_t most_message_bytes = std::size_t{512} << 20U;
constexpr std::size_t most_header = 4096;

/// A header's line without its end; nothing at the end of the input.
std::optional<std::string> read_line(std::FILE* in) {
  std::string line;
  for (int byte = std::fgetc(in); byte != EOF; byte = std::fgetc(in)) {
    if (byte == '\n') {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      return line;
    }
    line += static_cast<char>(byte);
    if (line.size() > most_header) throw Error(ErrorKind::input, "a header has no end");
  }
  return std::nullopt;
}

std::size_t length_of(std::string_view line) {
  const std::string_view digits = trim(line.substr(line.find(':') + 1));
  const auto length = number_in<std::size_t>(digits);
  if (!length || *length > most_message_bytes) {
    throw Error(ErrorKind::input, "Content-Length is not a length: " + std::string(digits));
  }
  return *length;
}

}  // namespace

std::optional<std::string> read_message(std::FILE* in) {
  std::optional<std::size_t> length;
  for (;;) {
    const auto line = read_line(in);
    if (!line) return std::nullopt;
    if (line->empty()) break;
    if (in_small_letters(line->substr(0, line->find(':'))) == "content-length") {
      length = length_of(*line);
    }
  }
  if (!length) throw Error(ErrorKind::input, "a message has no Content-Length");
  std::string content(*length, '\0');
  if (std::fread(content.data(), 1, *length, in) != *length) return std::nullopt;
  return content;
}

void write_message(std::FILE* out, std::string_view content) {
  const std::string head = "Content-Length: " + std::to_string(content.size()) + "\r\n\r\n";
  std::fwrite(head.data(), 1, head.size(), out);
  std::fwrite(content.data(), 1, content.size(), out);
  std::fflush(out);
}

}  // namespace lhcr::cmd
