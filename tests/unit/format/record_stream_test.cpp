// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/mapped_file.hpp"
#include "format/format.hpp"

using namespace lhcr;
using namespace lhcr::format;
namespace fs = std::filesystem;

namespace {

/// A file that goes away with the test.
class Input {
 public:
  explicit Input(std::string_view bytes) {
    std::string name = (fs::temp_directory_path() / "lhcr-stream-XXXXXX").string();
    Descriptor file(::mkstemp(name.data()));
    REQUIRE(file.get() >= 0);
    path = name;
    write_file(path, bytes);
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() { fs::remove(path); }
  std::string path;
};

struct Kept {
  std::string bytes;
  std::uint64_t offset;
  std::uint64_t line;
  bool too_long;
};

std::vector<Kept> read_all(const std::string& path, const StreamLimits& limits = {}) {
  RecordStream stream(path, limits);
  std::vector<Kept> records;
  Record record;
  while (stream.next(record)) {
    CHECK(record.index == records.size());
    // The promised padding is read, so that a sanitizer sees whether it is there.
    unsigned sum = 0;
    for (std::size_t at = 0; at < read_padding; ++at) {
      sum += static_cast<unsigned char>(record.bytes.data()[record.bytes.size() + at]);
    }
    CHECK(sum < 256 * read_padding);
    records.push_back({std::string(record.bytes), record.offset, record.line, record.too_long});
  }
  CHECK_FALSE(stream.next(record));
  return records;
}

}  // namespace

TEST_CASE("a document is one record, whatever its size") {
  for (const std::size_t size :
       {0U, 10U, 262'143U, 262'144U, 262'145U, 1'048'576U, 1'052'600U, 3'000'000U}) {
    CAPTURE(size);
    const std::string bytes = "{\n\"a\":\"" + std::string(size, 'x') + "\"}\n";
    const Input input(bytes);
    const auto records = read_all(input.path);
    REQUIRE(records.size() == 1);
    CHECK(records[0].bytes == bytes);
    CHECK(RecordStream(input.path).format() == Format::json);
  }
}

TEST_CASE("an empty input is one empty record") {
  const Input input("");
  const auto records = read_all(input.path);
  REQUIRE(records.size() == 1);
  CHECK(records[0].bytes.empty());
}

TEST_CASE("NDJSON has a record for each line that is not blank") {
  const Input input("\n{\"a\":1}\r\n\n  \n{\"b\":2}   \n{\"c\":3}");
  const auto records = read_all(input.path);
  REQUIRE(records.size() == 3);
  CHECK(records[0].bytes == "{\"a\":1}");
  CHECK(records[0].line == 2);
  CHECK(records[0].offset == 1);
  CHECK(records[1].bytes == "{\"b\":2}");
  CHECK(records[1].line == 5);
  CHECK(records[1].offset == 14);
  CHECK(records[2].bytes == "{\"c\":3}");
  CHECK(records[2].line == 6);
}

TEST_CASE("lines are found across blocks, and long ones too") {
  std::string bytes;
  std::vector<std::string> lines;
  for (const std::size_t size :
       {1U, 100'000U, 200'000U, 262'120U, 262'144U, 1'000'000U, 5U, 600'000U, 7U}) {
    for (int again = 0; again < 3; ++again) {
      lines.push_back("{\"a\":\"" + std::string(size + static_cast<std::size_t>(again), 'x') +
                      "\"}");
      bytes += lines.back() + '\n';
    }
  }
  const Input input(bytes);
  const auto records = read_all(input.path);
  REQUIRE(records.size() == lines.size());
  for (std::size_t at = 0; at < lines.size(); ++at) {
    CHECK(records[at].bytes == lines[at]);
    CHECK(records[at].line == at + 1);
    CHECK(bytes.compare(records[at].offset, lines[at].size(), lines[at]) == 0);
  }
}

TEST_CASE("a line beyond the limit is told, and the next one is read") {
  StreamLimits limits;
  limits.record_bytes = 1000;
  limits.format = Format::ndjson;
  for (const std::size_t size : {1000U, 5000U, 2'000'000U}) {
    CAPTURE(size);
    const Input input("{\"a\":1}\n{\"b\":\"" + std::string(size, 'x') + "\"}\n{\"c\":3}\n");
    const auto records = read_all(input.path, limits);
    REQUIRE(records.size() == 3);
    CHECK_FALSE(records[0].too_long);
    CHECK(records[1].too_long);
    CHECK(records[1].bytes.size() == 1000);
    CHECK(records[1].bytes.starts_with("{\"b\":\"xxx"));
    CHECK(records[2].bytes == "{\"c\":3}");
    CHECK(records[2].line == 3);
    CHECK(records[2].offset == 8 + size + 9);
  }
}

TEST_CASE("a document beyond the limit is told") {
  StreamLimits limits;
  limits.record_bytes = 1000;
  const Input input("{\n\"a\":\"" + std::string(5'000'000, 'x') + "\"}");
  const auto records = read_all(input.path, limits);
  REQUIRE(records.size() == 1);
  CHECK(records[0].too_long);
  CHECK(records[0].bytes.size() == 1000);
}

TEST_CASE("a last line beyond the limit ends the input") {
  StreamLimits limits;
  limits.record_bytes = 10;
  const Input input("{\"a\":1}\n{\"b\":\"" + std::string(1'000'000, 'x'));
  const auto records = read_all(input.path, limits);
  REQUIRE(records.size() == 2);
  CHECK(records[1].too_long);
}

TEST_CASE("a pipe is read like a file") {
  int ends[2] = {-1, -1};
  REQUIRE(::pipe(ends) == 0);
  const Descriptor reading(ends[0]);
  {
    const Descriptor writing(ends[1]);
    const std::string_view text = "{\"a\":1}\n{\"b\":2}\n";
    REQUIRE(::write(writing.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  const auto records = read_all("/dev/fd/" + std::to_string(reading.get()));
  REQUIRE(records.size() == 2);
  CHECK(records[1].bytes == "{\"b\":2}");
}

TEST_CASE("the format can be given") {
  StreamLimits limits;
  limits.format = Format::ndjson;
  const Input input("broken\n{\"a\":1}\n");
  CHECK(read_all(input.path, limits).size() == 2);
  CHECK(read_all(input.path).size() == 1);
}

TEST_CASE("a missing file and a folder are errors") {
  CHECK_THROWS_AS(RecordStream("/no/such/file"), Error);
  CHECK_THROWS_AS(RecordStream(fs::temp_directory_path().string()), Error);
}

namespace {

/// A pipe whose reading end a stream can open by name.
struct Pipe {
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close();
    ::close(ends[0]);
  }
  void write(std::string_view bytes) const {
    REQUIRE(::write(ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  void close() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  [[nodiscard]] std::string name() const { return "/dev/fd/" + std::to_string(ends[0]); }
  int ends[2] = {-1, -1};
};

}  // namespace

TEST_CASE("a stream of a pipe is ready when a whole record is there") {
  Pipe pipe;
  pipe.write("{\"a\":1}\n\n");
  RecordStream stream(pipe.name());
  CHECK(stream.format() == Format::ndjson);
  Record record;
  REQUIRE(stream.ready());
  REQUIRE(stream.next(record));
  CHECK(record.bytes == "{\"a\":1}");
  CHECK_FALSE(stream.ready());
  pipe.write("{\"b\":");
  CHECK_FALSE(stream.ready());
  pipe.write("2}\n{\"c\":3}");
  REQUIRE(stream.ready());
  REQUIRE(stream.next(record));
  CHECK(record.bytes == "{\"b\":2}");
  CHECK(record.line == 3);
  CHECK_FALSE(stream.ready());
  pipe.close();
  REQUIRE(stream.ready());
  REQUIRE(stream.next(record));
  CHECK(record.bytes == "{\"c\":3}");
  REQUIRE(stream.ready());
  CHECK_FALSE(stream.next(record));
}

TEST_CASE("lines of a pipe come as far as they are whole") {
  Pipe pipe;
  pipe.write("{\"a\":1}\n{\"b\":2}\n{\"c\"");
  RecordStream stream(pipe.name());
  Record record;
  REQUIRE(stream.next_lines(record));
  CHECK(record.bytes == "{\"a\":1}\n{\"b\":2}\n");
  CHECK_FALSE(stream.ready());
  pipe.write(":3}\n");
  REQUIRE(stream.ready());
  REQUIRE(stream.next_lines(record));
  CHECK(record.bytes == "{\"c\":3}\n");
  CHECK(record.line == 3);
}

TEST_CASE("a document of a pipe is ready when it has ended") {
  Pipe pipe;
  pipe.write("<a>\n");
  RecordStream stream(pipe.name());
  CHECK(stream.format() == Format::xml);
  CHECK_FALSE(stream.ready());
  pipe.write("</a>");
  CHECK_FALSE(stream.ready());
  pipe.close();
  CHECK(stream.ready());
  Record record;
  REQUIRE(stream.next(record));
  CHECK(record.bytes == "<a>\n</a>");
}

TEST_CASE("a file that becomes shorter while it is read is an error, however it is read") {
  const std::string line = "{\"a\":\"" + std::string(1000, 'x') + "\"}\n";
  std::string lines;
  for (int at = 0; at < 2000; ++at) lines += line;
  const Input input(lines);
  RecordStream stream(input.path);
  Record record;
  REQUIRE(stream.next(record));
  REQUIRE(::truncate(input.path.c_str(), static_cast<off_t>(line.size() * 1000)) == 0);
  const auto read_on = [&] {
    while (stream.next(record)) {
    }
  };
  CHECK_THROWS_WITH_AS(read_on(), doctest::Contains("became shorter"), Error);
}

TEST_CASE("a mapped document knows whether it stayed what it was") {
  const Input input("{\n\"a\":\"" + std::string(3'000'000, 'x') + "\"}");
  {
    RecordStream stream(input.path);
    Record record;
    REQUIRE(stream.next(record));
    REQUIRE(record.mapping != nullptr);
    const Record kept = record;
    CHECK_FALSE(stream.next(record));
    CHECK(kept.bytes.back() == '}');
    CHECK(kept.mapping->intact());
    REQUIRE(::truncate(input.path.c_str(), 1'500'000) == 0);
    CHECK_FALSE(kept.mapping->intact());
  }
  StreamLimits limits;
  limits.map = false;
  RecordStream stream(input.path, limits);
  Record record;
  REQUIRE(stream.next(record));
  CHECK(record.mapping == nullptr);
  CHECK(record.bytes.size() == 1'500'000);
}
