// SPDX-License-Identifier: Apache-2.0
/// The room's one XML parser: XML 1.0 and Namespaces in XML 1.0, by expat, with what the readers
/// need beside: where each thing stands in the source, text in one piece, names resolved. What is
/// not well-formed ends reading with a finding; so does a document type declaration, so that there
/// is no entity but XML's own five. Depth, elements and attributes are bounded by ReadLimits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "format/format.hpp"
#include "format/issues.hpp"

struct XML_ParserStruct;

namespace lhcr::format {

/// A namespace, as one parser numbers them; 0 is "none".
using XmlSpace = std::uint32_t;
constexpr XmlSpace no_space = 0;
constexpr XmlSpace xml_space = 1;  ///< of xml:lang

/// An attribute that is no namespace declaration.
struct XmlAttribute {
  std::string_view name;   ///< as written
  std::string_view local;  ///< without prefix
  std::string_view value;  ///< normalised (XML 1.0 section 3.3.3)
  XmlSpace space = no_space;
  std::size_t offset = 0;         ///< of the name
  const void* written = nullptr;  ///< equal for equal names of one parser
};

struct XmlElement {
  std::string_view name;   ///< as written
  std::string_view local;  ///< without prefix
  XmlSpace space = no_space;
  std::size_t offset = 0;  ///< of the '<'
  std::span<const XmlAttribute> attributes;
};

/// Receives a document's parts in order. False, with an issue told, ends reading.
class XmlHandler {
 public:
  XmlHandler() = default;
  XmlHandler(const XmlHandler&) = delete;
  XmlHandler& operator=(const XmlHandler&) = delete;
  virtual ~XmlHandler() = default;
  virtual bool open(const XmlElement& element) = 0;
  /// `end`: the offset behind the element.
  virtual bool close(std::size_t end) = 0;
  /// All character data between two tags, CDATA sections included, never empty. `offset`: of the
  /// first.
  virtual bool text(std::string_view text, std::size_t offset) = 0;
};

/// Views that a handler gets are of the source, or of the arena when the source says it otherwise
/// (references, line ends).
class XmlParser {
 public:
  struct Declaration {
    std::string_view prefix;
    XmlSpace space = no_space;
  };

  XmlParser(Arena& arena, Issues& issues, const ReadLimits& limits, XmlHandler& handler);
  ~XmlParser();
  XmlParser(const XmlParser&) = delete;
  XmlParser& operator=(const XmlParser&) = delete;

  /// The number of a namespace, for comparisons.
  XmlSpace know(std::string_view uri);
  [[nodiscard]] std::string_view uri(XmlSpace space) const { return uris_[space]; }

  /// Reads a document in UTF-8. False when it ends early: an issue is told, or the handler said so.
  bool read(std::string_view source);
  /// Reads only as much of a document as the handler wants; of a long one that is less work. A
  /// document type declaration is passed over.
  bool read_beginning(std::string_view source);
  /// Reads any number of elements that stand below `outermost`, a start tag, which is not told.
  /// Prefixes need no declaration.
  bool read_fragment(std::string_view source, const std::string& outermost);

  /// The innermost elements are values, as FHIR's primitives are, and no level of the record.
  void take_leaves_for_values() noexcept { outside_levels_ = 1; }

  /// Inside open(): nothing of the element is told but its close(). It must be well-formed.
  void skip() noexcept;
  /// Namespace declarations in scope, the innermost last, and how many of them were in scope before
  /// the element that is being opened.
  [[nodiscard]] std::span<const Declaration> declarations() const { return declarations_; }
  [[nodiscard]] std::size_t declared_outside() const noexcept { return declared_outside_; }

 private:
  struct Level {
    std::string_view name;
    std::size_t outside = 0;  // declarations in scope before it
  };
  struct WrittenName {
    const void* written = nullptr;
    std::uint32_t size = 0;
    std::uint32_t prefix = 0;  // with the colon
    bool qualified = true;
    bool declaration = false;
  };
  struct Callbacks;
  struct Free {
    void operator()(XML_ParserStruct* parser) const noexcept;
  };
  static constexpr std::size_t names_kept = 256;

  bool feed(std::string_view bytes, bool last);
  bool finish(bool fed);
  bool start(const char* name, const char** attributes);
  bool end();
  void characters(const char* bytes, std::size_t size);
  bool instruction(std::string_view target);
  bool version(const char* number);
  bool document_type();
  bool tell_text();
  bool is_within_limits(std::size_t offset);
  bool gather(const char** attributes, std::size_t at);
  bool outermost(const char** attributes);
  bool declare(std::string_view prefix, std::string_view uri, std::size_t offset);
  bool resolve(std::string_view prefix, std::size_t offset, XmlSpace& space);
  bool resolve_attributes();
  const WrittenName& written_name(const char* name);
  void collect(bool wanted);
  [[nodiscard]] std::size_t place() const noexcept;
  [[nodiscard]] std::size_t length() const noexcept;
  bool fail(std::size_t offset, std::string message);

  Arena& arena_;
  Issues& issues_;
  const ReadLimits& limits_;
  XmlHandler& handler_;
  std::unique_ptr<XML_ParserStruct, Free> parser_;
  std::string_view source_;
  std::size_t base_ = 0;  // bytes that the parser got before the source
  bool fragment_ = false;
  std::size_t outside_levels_ = 0;  // that the limit of levels does not count
  bool beginning_ = false;
  bool stopped_ = false;
  std::vector<std::string_view> uris_;
  std::vector<Declaration> declarations_;
  std::size_t declared_outside_ = 0;
  std::vector<Level> levels_;
  std::vector<XmlAttribute> attributes_;
  std::vector<std::pair<XmlSpace, std::string_view>> expanded_;  // names of prefixed attributes
  std::vector<WrittenName> names_;                               // by the address of expat's copy
  std::size_t counted_ = 0;                                      // elements and attributes
  std::size_t skipped_ = 0;  // the depth of the element that is skipped; 0: none
  bool has_text_ = false;
  bool is_copy_ = false;                          // text_copy_ holds the text, and not the source
  std::size_t section_ = std::string_view::npos;  // where the CDATA section begins that is read
  std::size_t text_offset_ = 0;
  std::size_t text_begin_ = 0;
  std::size_t text_end_ = 0;
  std::string text_copy_;
  std::exception_ptr exception_;
};

/// Why `text` is not a well-formed document of its own; empty when it is one.
[[nodiscard]] std::string document_fault(std::string_view text);
/// Whether `text` is one well-formed element, so that it can be written into XML as it is.
[[nodiscard]] bool is_well_formed_element(std::string_view text);

}  // namespace lhcr::format
