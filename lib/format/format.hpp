// SPDX-License-Identifier: Apache-2.0
/// Readers and writers between bytes and the tree.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "finding/finding.hpp"
#include "tree/tree.hpp"

namespace lhcr {
class MappedFile;
}

namespace lhcr::format {

/// What bytes hold, judged by the content and never by a file's name.
enum class Format : std::uint8_t { unknown, json, xml, ndjson };

/// Looks at the beginning (a BOM and white space are skipped). NDJSON: an object that ends before
/// the end of a line and is followed by another one.
[[nodiscard]] Format detect(std::string_view bytes);

struct ReadLimits {
  std::size_t depth = 500;         ///< nesting of elements
  std::size_t nodes = 50'000'000;  ///< elements of one record (40 bytes each)
  bool allow_comments = false;     ///< comments in JSON are no finding
  bool own_text = false;           ///< CDA: text is copied, so that its bytes may be given back
};

/// Reads JSON. Keeps its scratch memory from call to call; one reader belongs to one worker.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  /// Fills `tree` (cleared first). `read_padding` readable bytes must follow `bytes`, which must
  /// outlive the tree's use. Returns false when the record could not be read to its end: there is
  /// one fatal finding then. Form errors that a reader can step over (duplicate names, missing
  /// commas, nulls) are error findings, and reading goes on. A node's offset is that of its value,
  /// of an object that is a member that of its name.
  bool read(std::string_view bytes, tree::Tree& tree, finding::Sink& sink,
            const ReadLimits& limits = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};
constexpr std::size_t read_padding = 64;

/// Reads XML in the same way: FHIR (namespace http://hl7.org/fhir) with value attributes. No
/// padding is needed, and a node's offset is that of its '<'. Without definitions an element
/// without value is Kind::object, and no node is Flag::list. UTF-16, ISO-8859-1 and windows-1252
/// are decoded; offsets then count bytes of the UTF-8 form. What is not well-formed by XML 1.0 and
/// Namespaces in XML 1.0, and a document type declaration, is fatal.
bool read_xml(std::string_view bytes, tree::Tree& tree, finding::Sink& sink,
              const ReadLimits& limits = {});

/// The outermost element of an XML document.
struct XmlRoot {
  std::string name;   ///< without prefix; empty when there is none, or what comes before is no XML
  std::string space;  ///< its namespace, empty for none
};
/// Reads no further than to the outermost element; UTF-16 and the like are decoded. The namespace
/// says what a document is: http://hl7.org/fhir, urn:hl7-org:v3, an envelope's.
[[nodiscard]] XmlRoot xml_root(std::string_view bytes);

/// Takes what a writer has written so far, so that a large record is never in memory as a whole.
class Drain {
 public:
  Drain() = default;
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;
  virtual ~Drain() = default;
  /// Takes the text away and leaves it empty.
  virtual void take(std::string& out) = 0;
};

struct WriteStyle {
  bool pretty = true;      ///< two spaces; otherwise one line
  Drain* drain = nullptr;  ///< when set: called whenever much has been written

  void drain_much(std::string& out) const {
    constexpr std::size_t much = std::size_t{256} * 1024;
    if (drain != nullptr && out.size() > much) {
      drain->take(out);
    }
  }
};
/// A record in one line.
inline constexpr WriteStyle one_line{.pretty = false};

/// Appends the resource at `node` as FHIR JSON, keeping the tree's order of elements;
/// `resourceType` goes first. No line end follows.
void write_json(const tree::Tree& tree, tree::NodeId node, const WriteStyle& style,
                std::string& out);
/// The record of a tree as FHIR JSON in one line.
[[nodiscard]] std::string json_of_record(const tree::Tree& tree);
/// Appends any node as a JSON value.
void write_json_value(const tree::Tree& tree, tree::NodeId node, const WriteStyle& style,
                      std::string& out);
/// Appends the resource at `node` as FHIR XML with an XML declaration; no line end follows. Needs a
/// typed and sorted tree (definition::sort_children). What XML cannot say is made well-formed: a
/// control character becomes U+FFFD, narrative that is no XML becomes text in a div, a name that is
/// no XML name gets underscores.
void write_xml(const tree::Tree& tree, tree::NodeId node, const WriteStyle& style,
               std::string& out);

/// One record of an input.
struct Record {
  std::string_view bytes;  ///< read_padding readable bytes follow; valid until the stream's next()
  std::uint64_t offset = 0;  ///< of bytes[0] in the input
  std::uint64_t line = 1;    ///< of bytes[0] in the input, from 1
  std::uint64_t index = 0;   ///< from 0
  Format format = Format::unknown;
  bool too_long = false;    ///< longer than the limit; bytes hold its beginning
  bool whole = false;       ///< the input is a document, so that this is its only record
  bool lines = false;       ///< of next_lines(): bytes hold several records, one a line
  std::uint32_t input = 0;  ///< which input it is from, for callers who read several
  /// Of bytes that are a file's, mapped: who has worked on them asks it whether they were intact.
  std::shared_ptr<const MappedFile> mapping = nullptr;
};

struct StreamLimits {
  std::size_t record_bytes = std::size_t{512} << 20U;
  Format format = Format::unknown;  ///< taken instead of the content's when it is not unknown
  /// Once it is true, the input ends instead of waiting for more bytes (of a pipe).
  const std::atomic<bool>* stop = nullptr;
  bool map = true;  ///< a large document may be mapped (Record::mapping) instead of read
};

/// Cuts an input into records: a JSON or XML document is one, NDJSON one per line that is not
/// blank. NDJSON is read in blocks, memory is bounded by the largest record and by the limit. An
/// empty input is one record of no bytes.
class RecordStream {
 public:
  /// Opens `path`, "-" for standard input. Throws Error{input} when it cannot be opened or is a
  /// directory.
  explicit RecordStream(const std::string& path, const StreamLimits& limits = {});
  ~RecordStream();
  RecordStream(const RecordStream&) = delete;
  RecordStream& operator=(const RecordStream&) = delete;
  /// False at the end. Throws Error{input} on a read error, and when a file has become shorter than
  /// it was when it was opened.
  bool next(Record& record);
  /// As next(), but of NDJSON all whole lines that have been read, blank ones among them; `index`
  /// counts lines then. For callers who cut records themselves.
  bool next_lines(Record& record);
  /// Whether the next record, or the end, can be had without waiting for a pipe or a terminal.
  /// Reads what there is.
  [[nodiscard]] bool ready();
  [[nodiscard]] Format format() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lhcr::format
