// SPDX-License-Identifier: Apache-2.0
/// The room's one XML parser: XML 1.0 (fifth edition) and Namespaces in XML 1.0, without document
/// types. It says where each thing stands in the source, gives text in one piece and resolves
/// names. What is not well-formed ends reading with a finding; so does a document type declaration,
/// so that there is no entity but XML's own five. Depth, elements and attributes are bounded by
/// ReadLimits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "format/format.hpp"
#include "format/issues.hpp"
#include "format/xml/xml_lexer.hpp"
#include "format/xml/xml_names.hpp"
#include "format/xml/xml_namespaces.hpp"
#include "format/xml/xml_text.hpp"

namespace lhcr::format {

/// An attribute that is no namespace declaration.
struct XmlAttribute {
  std::string_view name;   ///< as written
  std::string_view value;  ///< normalised (XML 1.0 section 3.3.3)
  XmlSpace space = no_space;
  XmlNameId id = unnumbered;  ///< of the name as written
  std::uint32_t offset = 0;   ///< of the name
  std::uint32_t prefix = 0;   ///< its bytes, the colon among them
  [[nodiscard]] std::string_view local() const noexcept { return name.substr(prefix); }
};

struct XmlElement {
  std::string_view name;  ///< as written
  XmlSpace space = no_space;
  XmlNameId id = unnumbered;  ///< of the name as written
  std::uint32_t offset = 0;   ///< of the '<'
  std::uint32_t prefix = 0;   ///< of the name: its bytes, the colon among them
  std::span<const XmlAttribute> attributes;
  [[nodiscard]] std::string_view local() const noexcept { return name.substr(prefix); }
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
  XmlParser(Arena& arena, Issues& issues, const ReadLimits& limits, XmlHandler& handler);

  /// The number of a namespace, for comparisons.
  XmlSpace know(std::string_view uri) { return namespaces_.know(uri); }
  [[nodiscard]] std::string_view uri(XmlSpace space) const { return namespaces_.uri(space); }

  /// Reads a document in UTF-8. False when it ends early: an issue is told, or the handler said so.
  bool read(std::string_view source);
  /// Reads only as much of a document as the handler wants; of a long one that is less work. A
  /// document type declaration is passed over.
  bool read_beginning(std::string_view source);
  /// A prefix, or none, and what it stands for.
  struct Known {
    std::string_view prefix;
    std::string_view uri;
  };
  /// Reads any number of elements, for which `known` is declared. Other prefixes need no
  /// declaration.
  bool read_fragment(std::string_view source, std::span<const Known> known);

  /// The innermost elements are values, as FHIR's primitives are, and no level of the record.
  void take_leaves_for_values() noexcept { outside_levels_ = 1; }

  /// Inside open(): nothing of the element is told but its close(). It must be well-formed.
  void skip() noexcept { skipped_ = levels_.size(); }
  /// Namespace declarations in scope, the innermost last, and how many of them were in scope before
  /// the element that is being opened.
  [[nodiscard]] std::span<const XmlDeclaration> declarations() const {
    return namespaces_.declarations();
  }
  [[nodiscard]] std::size_t declared_outside() const noexcept { return declared_outside_; }

 private:
  struct Level {
    std::string_view name;
    std::size_t outside = 0;  // declarations in scope before it
  };

  bool finish(bool done);
  bool document();
  bool outside();
  bool content();
  bool markup();
  bool start_tag();
  bool open(XmlElement& element);
  template <class Part>
  bool look_up(Part& part);
  bool bad_colon(std::string_view name, std::size_t offset);
  bool too_deep(std::size_t offset);
  bool attributes(bool& empty);
  bool attribute();
  bool end_tag();
  bool close();
  bool tell_text();
  [[nodiscard]] XmlText* wanted_text() noexcept;
  bool too_many();
  bool declare(std::string_view prefix, std::string_view uri, std::size_t offset);
  template <class Part>
  bool resolve(Part& part);
  bool look_for(XmlName& known, std::string_view prefix, std::size_t offset);
  bool resolve_attributes();
  bool is_each_once();
  bool fail(std::size_t offset, std::string message) {
    return lexer_.fail(offset, std::move(message));
  }

  Arena& arena_;
  Issues& issues_;
  const ReadLimits& limits_;
  XmlHandler& handler_;
  XmlLexer lexer_;
  XmlNames names_;
  XmlNamespaces namespaces_;
  bool fragment_ = false;
  bool beginning_ = false;
  bool rooted_ = false;             // an outermost element has begun
  std::size_t outside_levels_ = 0;  // that the limit of levels does not count
  std::size_t declared_outside_ = 0;
  std::vector<Level> levels_;
  std::vector<XmlAttribute> attributes_;
  std::vector<std::pair<XmlSpace, std::string_view>> expanded_;  // names of prefixed attributes
  std::size_t counted_ = 0;                                      // elements and attributes
  std::uint32_t tag_ = 0;                                        // start tags so far
  bool has_unnumbered_ = false;                                  // attributes of the present tag
  bool has_prefixed_ = false;
  std::size_t skipped_ = 0;  // the depth of the element that is skipped; 0: none
  XmlText text_;
};

/// Why `text` is not a well-formed document of its own; empty when it is one.
[[nodiscard]] std::string document_fault(std::string_view text);
/// Whether `text` is one well-formed element, so that it can be written into XML as it is.
[[nodiscard]] bool is_well_formed_element(std::string_view text);

}  // namespace lhcr::format
