// SPDX-License-Identifier: Apache-2.0
/// Readers and writers between bytes and the tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "finding/finding.hpp"
#include "tree/tree.hpp"

namespace lhcr::format {

/// What bytes hold, judged by the content and never by a file's name.
enum class Format : std::uint8_t { unknown, json, xml, ndjson };

/// Looks at the beginning (a BOM and white space are skipped). NDJSON: an object that ends before the end of a line and is
/// followed by another one.
[[nodiscard]] Format detect(std::string_view bytes);

struct ReadLimits {
  std::size_t depth = 500;  ///< nesting of elements
};

/// Reads JSON. Keeps its scratch memory from call to call; one reader belongs to one worker.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  /// Fills `tree` (cleared first). `padding` readable bytes must follow `bytes` (see read_padding), which must outlive the
  /// tree's use. Returns false when the record could not be read to its end; what is wrong goes to `sink`.
  bool read(std::string_view bytes, tree::Tree& tree, finding::Sink& sink, const ReadLimits& limits = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};
constexpr std::size_t read_padding = 64;

/// Reads XML in the same way: FHIR (namespace http://hl7.org/fhir) with value attributes; text is copied.
bool read_xml(std::string_view bytes, tree::Tree& tree, finding::Sink& sink, const ReadLimits& limits = {});

struct WriteStyle {
  bool pretty = true;  ///< two spaces; otherwise one line
};
/// Appends the resource at `node` as FHIR JSON, keeping the tree's order of elements.
void write_json(const tree::Tree& tree, tree::NodeId node, const WriteStyle& style, std::string& out);
/// Appends any node as a JSON value.
void write_json_value(const tree::Tree& tree, tree::NodeId node, const WriteStyle& style, std::string& out);
/// Appends the resource at `node` as FHIR XML. Needs a typed and sorted tree (definition::sort_children).
void write_xml(const tree::Tree& tree, tree::NodeId node, const WriteStyle& style, std::string& out);

/// One record of an input.
struct Record {
  std::string_view bytes;     ///< read_padding readable bytes follow; valid until the stream's next()
  std::uint64_t offset = 0;   ///< of bytes[0] in the input
  std::uint64_t line = 1;     ///< of bytes[0] in the input, from 1
  std::uint64_t index = 0;    ///< from 0
  Format format = Format::unknown;
  bool too_long = false;      ///< longer than the limit; bytes hold its beginning
};

struct StreamLimits {
  std::size_t record_bytes = std::size_t{512} << 20U;
};

/// Cuts an input into records: a JSON or XML document is one, NDJSON one per line. NDJSON is read in blocks, memory is
/// bounded by the largest record.
class RecordStream {
 public:
  /// Opens `path`, "-" for standard input. Throws Error{input} when it cannot be opened or is a directory.
  explicit RecordStream(const std::string& path, const StreamLimits& limits = {});
  ~RecordStream();
  RecordStream(const RecordStream&) = delete;
  RecordStream& operator=(const RecordStream&) = delete;
  /// False at the end. Throws Error{input} on a read error.
  bool next(Record& record);
  [[nodiscard]] Format format() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lhcr::format
