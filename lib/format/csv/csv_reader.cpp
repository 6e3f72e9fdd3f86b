// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>

#include "base/error.hpp"
#include "base/text.hpp"
#include "format/container/byte_source.hpp"
#include "format/csv/csv.hpp"

namespace lhcr::format {
namespace {

constexpr std::size_t block_bytes = std::size_t{256} * 1024;

char guess_delimiter(std::string_view text) {
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  constexpr std::array<char, 4> known = {',', ';', '\t', '|'};
  return *std::max_element(known.begin(), known.end(), [&](char left, char right) {
    return std::count(line.begin(), line.end(), left) < std::count(line.begin(), line.end(), right);
  });
}

/// Where the first line end outside quotes is; the size of `text` when it has none.
std::size_t first_line_end(std::string_view text, bool quotes) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    quoted = quoted != (quotes && text[at] == '"');
    if (!quoted && (text[at] == '\n' || text[at] == '\r')) break;
  }
  return at;
}

}  // namespace

struct CsvReader::State {
  State(const std::string& name, char wanted, const CsvLimits& most)
      : path(name), limits(most), source(open_unpacked(name)), delimiter(wanted) {}

  std::string path;
  CsvLimits limits;
  std::unique_ptr<ByteSource> source;
  char delimiter;
  char other_end = '\n';  // what ends a line beside LF: CR where lines end with it alone
  std::vector<char> buffer;
  std::size_t begin = 0;  // of the next row
  std::size_t end = 0;
  std::size_t checked = 0;  // UTF-8 up to here
  bool at_end = false;
  std::uint64_t line = 1;          // of buffer[begin]
  std::uint64_t row_line = 1;      // of the latest row
  std::uint64_t base = 0;          // of buffer[0] in the file
  std::size_t row_begin = 0;       // of the latest row
  std::string unquoted;            // fields with doubled quotes, without them
  std::vector<std::size_t> marks;  // starts in `unquoted`, and the fields they belong to
  std::vector<std::size_t> marked;

  void fill();
  void start();
  void check_text();
  bool skip_blank_lines();
  enum class Outcome { row, more };
  Outcome row(std::vector<std::string_view>& fields);
  bool quoted(std::size_t& at, std::vector<std::string_view>& fields);
  void finish_unquoted(std::vector<std::string_view>& fields);
  [[noreturn]] void fail(std::size_t at, const std::string& what) const;
  [[nodiscard]] std::string_view text() const { return {buffer.data(), end}; }
  [[nodiscard]] bool is_line_end(char byte) const { return byte == '\n' || byte == other_end; }
  [[nodiscard]] std::uint64_t lines_in(std::size_t from, std::size_t to) const;
};

void CsvReader::State::fail(std::size_t at, const std::string& what) const {
  LineCounter counter(std::string_view(buffer.data() + begin, end - begin));
  const LineColumn place = counter.at(at - begin);
  throw CsvFault(path, {line + place.line - 1, place.column}, what);
}

void CsvReader::State::fill() {
  if (end - begin > limits.row_bytes) {
    fail(begin, "the row is longer than " + std::to_string(limits.row_bytes >> 20U) +
                    " MiB; is a closing quote missing?");
  }
  if (begin > 0) {
    std::memmove(buffer.data(), buffer.data() + begin, end - begin);
    checked -= std::min(checked, begin);
    base += begin;
    end -= begin;
    begin = 0;
  }
  // No row is handed out before all of its text has been judged.
  do {
    buffer.resize(std::max(buffer.size(), end + block_bytes));
    const std::size_t got = source->read(buffer.data() + end, buffer.size() - end);
    end += got;
    at_end = got == 0;
    check_text();
  } while (checked < end);
}

/// A character may be cut by the end of the block.
void CsvReader::State::check_text() {
  const std::string_view fresh(buffer.data() + checked, end - checked);
  const std::size_t bad = find_invalid_utf8(fresh);
  constexpr std::size_t longest = 4;
  if (bad == std::string_view::npos) {
    checked = end;
  } else if (at_end || fresh.size() - bad >= longest) {
    const bool utf16 = fresh.starts_with("\xFF\xFE") || fresh.starts_with("\xFE\xFF");
    fail(checked + bad, utf16 && base == 0 && checked == 0
                            ? "the file is UTF-16; convert it to UTF-8 first (iconv -f UTF-16)"
                            : "these bytes are not UTF-8; convert the file first (iconv)");
  } else {
    checked += bad;
  }
}

void CsvReader::State::start() {
  fill();
  std::size_t first = first_line_end(text(), limits.quotes);
  while (first + 1 >= end && !at_end && end <= block_bytes) {
    fill();
    first = first_line_end(text(), limits.quotes);
  }
  // Some programs end lines with CR alone.
  if (first < end && text()[first] == '\r' && !text().substr(first + 1).starts_with('\n')) {
    other_end = '\r';
  }
  if (text().starts_with(utf8_bom)) begin = utf8_bom.size();
  if (delimiter == 0) delimiter = guess_delimiter(text().substr(begin));
}

bool CsvReader::State::skip_blank_lines() {
  for (;;) {
    while (begin < end && (buffer[begin] == '\n' || buffer[begin] == '\r')) {
      line += is_line_end(buffer[begin++]) ? 1U : 0U;
    }
    if (begin < end) return true;
    if (at_end) return false;
    fill();
  }
}

/// A field in quotes; `at` is that of the opening quote, then behind the closing one. False: it
/// goes on beyond the buffer.
bool CsvReader::State::quoted(std::size_t& at, std::vector<std::string_view>& fields) {
  const std::size_t start = at + 1;
  std::size_t from = start;
  bool doubled = false;
  for (;;) {
    const void* found = std::memchr(buffer.data() + from, '"', end - from);
    if (found == nullptr) {
      if (at_end) fail(at, "the quote is not closed");
      return false;
    }
    const auto quote = static_cast<std::size_t>(static_cast<const char*>(found) - buffer.data());
    if (quote + 1 >= end && !at_end) return false;
    if (quote + 1 < end && buffer[quote + 1] == '"') {
      if (!doubled) {
        marks.push_back(unquoted.size());
        marked.push_back(fields.size());
      }
      doubled = true;
      unquoted.append(buffer.data() + from, quote + 1 - from);
      from = quote + 2;
      continue;
    }
    if (doubled) unquoted.append(buffer.data() + from, quote - from);
    fields.emplace_back(buffer.data() + start, quote - start);
    at = quote + 1;
    return true;
  }
}

void CsvReader::State::finish_unquoted(std::vector<std::string_view>& fields) {
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const std::size_t stop = i + 1 < marks.size() ? marks[i + 1] : unquoted.size();
    fields[marked[i]] = std::string_view(unquoted).substr(marks[i], stop - marks[i]);
  }
}

std::uint64_t CsvReader::State::lines_in(std::size_t from, std::size_t to) const {
  const char* const first = buffer.data() + from;
  const char* const last = buffer.data() + to;
  return static_cast<std::uint64_t>(std::count(first, last, '\n') +
                                    (other_end == '\r' ? std::count(first, last, '\r') : 0));
}

CsvReader::State::Outcome CsvReader::State::row(std::vector<std::string_view>& fields) {
  fields.clear();
  unquoted.clear();
  marks.clear();
  marked.clear();
  std::size_t at = begin;
  for (;;) {
    if (limits.quotes && at < end && buffer[at] == '"') {
      if (!quoted(at, fields)) return Outcome::more;
    } else {
      const std::size_t start = at;
      while (at < end && buffer[at] != delimiter && !is_line_end(buffer[at])) ++at;
      if (at == end && !at_end) return Outcome::more;
      const bool carriage =
          at > start && buffer[at - 1] == '\r' && (at == end || buffer[at] == '\n');
      fields.emplace_back(buffer.data() + start, at - start - (carriage ? 1 : 0));
    }
    if (fields.size() > limits.fields) fail(begin, "the row has too many fields");
    if (at < end && buffer[at] == '\r' && other_end != '\r') {
      if (at + 1 >= end && !at_end) return Outcome::more;
      ++at;
    }
    if (at >= end) {
      if (!at_end) return Outcome::more;
      break;
    }
    if (is_line_end(buffer[at])) {
      ++at;
      break;
    }
    if (buffer[at] != delimiter)
      fail(at, "text follows a closing quote; double the quotes in a field");
    ++at;
  }
  row_line = line;
  row_begin = begin;
  // Only fields in quotes can hold line ends.
  line += lines_in(begin, at);
  begin = at;
  finish_unquoted(fields);
  return Outcome::row;
}

CsvReader::CsvReader(const std::string& path, char delimiter, const CsvLimits& limits)
    : state_(std::make_unique<State>(path, delimiter, limits)) {
  state_->start();
}

CsvReader::~CsvReader() = default;

bool CsvReader::next(std::vector<std::string_view>& fields) {
  if (!state_->skip_blank_lines()) return false;
  while (state_->row(fields) == State::Outcome::more) state_->fill();
  return true;
}

std::uint64_t CsvReader::line() const noexcept {
  return state_->row_line;
}

std::string_view CsvReader::row() const noexcept {
  return state_->text().substr(state_->row_begin, state_->begin - state_->row_begin);
}

std::uint64_t CsvReader::offset() const noexcept {
  return state_->base + state_->row_begin;
}

std::size_t csv_field_offset(std::string_view row, std::size_t field, char delimiter) {
  std::size_t at = 0;
  bool quoted = false;
  for (std::size_t passed = 0; at < row.size() && passed < field; ++at) {
    if (row[at] == '"') quoted = !quoted;
    if (row[at] == delimiter && !quoted) ++passed;
  }
  return at < row.size() && row[at] == '"' ? at + 1 : at;
}

char CsvReader::delimiter() const noexcept {
  return state_->delimiter;
}

}  // namespace lhcr::format
