// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/mapped_file.hpp"
#include "base/text.hpp"
#include "format/container/archive.hpp"
#include "format/container/byte_source.hpp"
#include "format/detect.hpp"
#include "format/format.hpp"
#include "format/lines.hpp"

namespace lhcr::format {
namespace {

constexpr std::size_t block_bytes = std::size_t{256} * 1024;
// Below this size a read() is cheaper than a mapping.
constexpr std::size_t smallest_mapping = std::size_t{1} << 20U;

/// Bytes that stay readable read_padding beyond their end. Not initialised, unlike a vector's, and
/// grown in place where the system can.
class Buffer {
 public:
  [[nodiscard]] char* data() const noexcept { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Makes room for `size` bytes and keeps what is there.
  void grow(std::size_t size) {
    if (size <= size_) {
      return;
    }
    char* larger = static_cast<char*>(std::realloc(bytes_.get(), size + read_padding));
    if (larger == nullptr) {
      throw std::bad_alloc();
    }
    static_cast<void>(bytes_.release());
    bytes_.reset(larger);
    size_ = size;
  }
  /// Makes the padding behind the first `used` bytes.
  void pad(std::size_t used) noexcept { std::memset(bytes_.get() + used, 0, read_padding); }

 private:
  struct Free {
    void operator()(char* bytes) const noexcept { std::free(bytes); }
  };
  std::unique_ptr<char, Free> bytes_;
  std::size_t size_ = 0;
};

}  // namespace

struct RecordStream::State {
  State(const std::string& name, const StreamLimits& stream_limits)
      : path(name), limits(stream_limits), source(open_source(name)) {}

  std::string path;
  StreamLimits limits;
  std::unique_ptr<ByteSource> source;
  Buffer buffer;
  Buffer too_long_head;
  std::size_t begin = 0;     // of the bytes not handed out yet
  std::size_t end = 0;       // of the bytes read
  std::size_t searched = 0;  // no line end before this
  std::uint64_t offset = 0;  // of buffer[begin] in the input
  std::uint64_t line = 1;    // of buffer[begin]
  std::uint64_t index = 0;
  bool at_end = false;
  bool done = false;
  bool stopped = false;  // so that what is there may be cut off
  Format format = Format::unknown;

  void fill();
  void detect_format();
  void unpack();
  bool may_wait();
  bool ready();
  bool map_whole(Record& record);
  bool document(Record& record);
  bool line_record(Record& record);
  bool lines_record(Record& record);
  void pass_blanks();
  bool skip_blank_lines();
  bool find_line_end(std::size_t& line_end);
  bool too_long(Record& record);
  void hand_out(Record& record, std::size_t size);
  void advance(std::size_t size) {
    begin += size;
    offset += size;
  }
};

/// Whether fill() would have to wait for someone.
bool RecordStream::State::may_wait() {
  return source->can_wait() && !source->ready(0);
}

/// Reads another block behind what is there.
void RecordStream::State::fill() {
  if (begin > 0 && end + block_bytes > buffer.size()) {
    std::memmove(buffer.data(), buffer.data() + begin, end - begin);
    searched -= std::min(searched, begin);
    end -= begin;
    begin = 0;
  }
  if (end + block_bytes > buffer.size()) {
    const std::size_t most = std::max(limits.record_bytes, end) + 2 * block_bytes;
    buffer.grow(std::min(std::max(buffer.size() * 2, 2 * block_bytes), most));
  }
  constexpr int patience = 100;  // milliseconds
  const bool waits = limits.stop != nullptr && source->can_wait();
  while (waits && !*limits.stop && !source->ready(patience)) {
  }
  stopped = limits.stop != nullptr && *limits.stop;
  const std::size_t got = stopped ? 0 : source->read(buffer.data() + end, buffer.size() - end);
  end += got;
  buffer.pad(end);
  at_end = got == 0;
}

/// Of what is packed the bytes are those inside; an archive has to have a name, to be opened again.
void RecordStream::State::unpack() {
  constexpr std::size_t enough_to_know = 512;
  while (!at_end && end < enough_to_know && !may_wait()) {
    fill();
  }
  if (auto inside = unpacked(source, {buffer.data(), end}, path)) {
    source = std::move(inside);
    end = 0;
    fill();
  }
  if (begins_archive({buffer.data(), end})) {
    throw Error(
        ErrorKind::input,
        path + (path == "-" ? ": an archive cannot be read from standard input; name it"
                            : ": this is an archive; name a file in it: " + path + "/FILE"));
  }
}

void RecordStream::State::detect_format() {
  fill();
  unpack();
  format = limits.format;
  std::size_t next_guess =
      0;  // a guess reads from the beginning, so the next one waits for twice as much
  while (format == Format::unknown) {
    const bool last = at_end || end > limits.record_bytes;
    if (!last && end < next_guess) {
      fill();
      continue;
    }
    const Guess guess = guess_format({buffer.data(), end});
    if (guess.certain || last) {
      format = guess.format;
      break;
    }
    // Whoever sends a line at a time waits for what becomes of it. Of a document that is one line
    // the same is made either way.
    if (guess.whole_line && may_wait()) {
      format = Format::ndjson;
      break;
    }
    next_guess = end * 2;
    fill();
  }
}

/// Maps a large document instead of reading it, when the last page leaves room for the padding.
bool RecordStream::State::map_whole(Record& record) {
  std::uint64_t bytes = 0;
  const Descriptor* const file = source->file(bytes);
  if (!limits.map || file == nullptr) {
    return false;
  }
  const auto size = static_cast<std::size_t>(bytes);
  if (size < smallest_mapping || size > limits.record_bytes ||
      mapped_padding(size) < read_padding) {
    return false;
  }
  auto mapped = std::make_shared<const MappedFile>(*file, size, path);
  record.bytes = mapped->bytes();
  record.mapping = std::move(mapped);
  return true;
}

bool RecordStream::State::document(Record& record) {
  done = true;
  record.whole = true;
  record.format = format;
  if (!at_end && map_whole(record)) {
    return true;
  }
  while (!at_end && end <= limits.record_bytes) {
    fill();
  }
  record.too_long = end > limits.record_bytes;
  record.bytes = {buffer.data(), std::min(end, limits.record_bytes)};
  return true;
}

/// Passes the blank lines that have been read, and blanks before a record.
void RecordStream::State::pass_blanks() {
  while (format == Format::ndjson && begin < end && is_space(buffer.data()[begin])) {
    line += buffer.data()[begin] == '\n' ? 1U : 0U;
    advance(1);
  }
}

/// False at the end of the input.
bool RecordStream::State::skip_blank_lines() {
  for (;;) {
    pass_blanks();
    if (begin < end) {
      return true;
    }
    if (at_end) {
      return false;
    }
    fill();
  }
}

/// False when the line is longer than the limit.
bool RecordStream::State::find_line_end(std::size_t& line_end) {
  searched = std::max(searched, begin);
  for (;;) {
    const void* found = std::memchr(buffer.data() + searched, '\n', end - searched);
    if (found != nullptr) {
      line_end = static_cast<std::size_t>(static_cast<const char*>(found) - buffer.data());
      return line_end - begin <= limits.record_bytes;
    }
    searched = end;
    if (end - begin > limits.record_bytes) {
      return false;
    }
    if (at_end) {
      line_end = end;
      return true;
    }
    fill();
  }
}

bool RecordStream::State::ready() {
  if (!source->can_wait()) {
    return true;
  }
  for (;;) {
    pass_blanks();
    searched = std::max(searched, begin);
    const void* found = format == Format::ndjson && begin < end
                            ? std::memchr(buffer.data() + searched, '\n', end - searched)
                            : nullptr;
    if (found != nullptr || at_end || done || end - begin > limits.record_bytes) {
      return true;
    }
    searched = end;
    if (may_wait()) {
      return false;
    }
    fill();
  }
}

void RecordStream::State::hand_out(Record& record, std::size_t size) {
  record.bytes = {buffer.data() + begin, size};
  record.offset = offset;
  record.line = line;
  record.index = index++;
  record.format = Format::json;
}

bool RecordStream::State::line_record(Record& record) {
  if (!skip_blank_lines()) {
    done = true;
    return false;
  }
  std::size_t line_end = 0;
  if (!find_line_end(line_end)) {
    return too_long(record);
  }
  std::size_t size = line_end - begin;
  hand_out(record, size);
  while (size > 0 && is_space(record.bytes[size - 1])) {
    --size;
  }
  record.bytes = record.bytes.substr(0, size);
  advance(line_end - begin);
  return true;
}

/// All lines in the buffer that are whole; a line that is longer than a block comes alone.
bool RecordStream::State::lines_record(Record& record) {
  if (!skip_blank_lines()) {
    done = true;
    return false;
  }
  if (!at_end && end - begin < block_bytes && !may_wait()) {
    fill();
  }
  const std::string_view text(buffer.data() + begin, end - begin);
  const std::size_t last = text.rfind('\n');
  if (last == std::string_view::npos || last > limits.record_bytes) {
    return line_record(record);
  }
  hand_out(record, last + 1);
  record.lines = true;
  record.index = line - 1;
  line += count_line_ends(text.substr(0, last + 1));
  advance(last + 1);
  return true;
}

/// Hands the line's beginning out and reads on to its end without keeping it.
bool RecordStream::State::too_long(Record& record) {
  constexpr std::size_t shown = std::size_t{64} * 1024;
  const std::size_t size = std::min({shown, limits.record_bytes, end - begin});
  hand_out(record, size);
  record.too_long = true;
  // The beginning moves to a place of its own, since the buffer is needed to find the end of the
  // line.
  Buffer head;
  head.grow(size);
  std::copy_n(buffer.data() + begin, size, head.data());
  head.pad(size);
  std::size_t at = begin;
  for (;;) {
    const void* found = std::memchr(buffer.data() + at, '\n', end - at);
    if (found != nullptr) {
      advance(static_cast<std::size_t>(static_cast<const char*>(found) - buffer.data()) - begin);
      break;
    }
    advance(end - begin);
    if (at_end) {
      break;
    }
    begin = end = searched = 0;
    fill();
    at = begin;
  }
  too_long_head = std::move(head);
  record.bytes = {too_long_head.data(), size};
  return true;
}

RecordStream::RecordStream(const std::string& path, const StreamLimits& limits)
    : state_(std::make_unique<State>(path, limits)) {
  state_->detect_format();
}

RecordStream::~RecordStream() = default;

bool RecordStream::next(Record& record) {
  if (state_->done) {
    return false;
  }
  record = {};
  const bool there =
      state_->format == Format::ndjson ? state_->line_record(record) : state_->document(record);
  return there && !state_->stopped;
}

bool RecordStream::next_lines(Record& record) {
  if (state_->format != Format::ndjson) {
    return next(record);
  }
  record = {};
  return !state_->done && state_->lines_record(record) && !state_->stopped;
}

bool RecordStream::ready() {
  return state_->ready();
}

Format RecordStream::format() const noexcept {
  return state_->format;
}

}  // namespace lhcr::format
