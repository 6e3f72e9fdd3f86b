// SPDX-License-Identifier: Apache-2.0
#include "format/xml/xml_parser.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "finding/id.hpp"
#include "format/xml/xml_fault.hpp"

namespace lhcr::format {
namespace {

using finding::Id;
using finding::id;

constexpr std::size_t largest_text = 0xFFFFFF00;  // offsets of nodes are 32 bits

class Nothing : public XmlHandler {
 public:
  bool open(const XmlElement& /*element*/) override { return true; }
  bool close(std::size_t end) override {
    end_ = end;
    return true;
  }
  bool text(std::string_view /*text*/, std::size_t /*offset*/) override { return true; }
  /// Behind the outermost element.
  [[nodiscard]] std::size_t end() const noexcept { return end_; }

 private:
  std::size_t end_ = 0;
};

bool is_too_large(std::string_view source, Issues& issues) {
  return source.size() > largest_text &&
         !issues.fail(id<"input-too-large">, 0, {std::to_string(source.size()) + " bytes"});
}

}  // namespace

XmlParser::XmlParser(Arena& arena, Issues& issues, const ReadLimits& limits, XmlHandler& handler)
    : arena_(arena), issues_(issues), limits_(limits), handler_(handler), lexer_(arena, issues) {}

bool XmlParser::read(std::string_view source) {
  if (is_too_large(source, issues_)) {
    return false;
  }
  const std::size_t begin = source.starts_with(utf8_bom) ? utf8_bom.size() : 0;
  if (std::all_of(source.begin() + static_cast<std::ptrdiff_t>(begin), source.end(), is_space)) {
    return issues_.fail(id<"input-empty">, 0);
  }
  lexer_.begin(source);
  return finish(document());
}

bool XmlParser::read_beginning(std::string_view source) {
  beginning_ = true;
  lexer_.begin_unchecked(source);
  return finish(document());
}

bool XmlParser::read_fragment(std::string_view source, std::span<const Known> known) {
  if (is_too_large(source, issues_)) {
    return false;
  }
  fragment_ = rooted_ = true;
  declared_outside_ = namespaces_.size();
  for (const Known& one : known) {
    if (!declare(one.prefix, one.uri, 0)) {
      return false;
    }
  }
  lexer_.begin(source);
  return finish(content());
}

bool XmlParser::finish(bool done) {
  if (!done && lexer_.ended_early()) {
    const std::string_view open = levels_.empty() ? std::string_view() : levels_.back().name;
    return issues_.fail(too_early(lexer_.text(), open, rooted_));
  }
  return done;
}

// --- the document ---

bool XmlParser::document() {
  if (!lexer_.declaration() || !outside()) {
    return false;
  }
  rooted_ = true;
  return start_tag() && (levels_.empty() || content()) && outside();
}

/// Before and behind the outermost element: productions 22 and 27. Moves to the element, or to the
/// end of the document.
bool XmlParser::outside() {
  for (;;) {
    lexer_.skip_space();
    if (lexer_.at_end() && rooted_ && !lexer_.is_cut()) {
      return true;
    }
    const std::size_t here = lexer_.offset();
    if (lexer_.at_end()) {
      return lexer_.ends();
    }
    if (lexer_.peek() != '<') {
      return issues_.fail(outside_element(lexer_.text(), here, rooted_));
    }
    const char kind = lexer_.peek(1);
    if (kind != '?' && kind != '!' && !rooted_) {
      return true;
    }
    if (kind != '?' && kind != '!') {
      return issues_.fail(outside_element(lexer_.text(), here, rooted_));
    }
    if (!markup()) {
      return false;
    }
  }
}

/// Up to the end of the outermost element; of a fragment up to its end.
bool XmlParser::content() {
  for (;;) {
    if (lexer_.at_end()) {
      return (fragment_ && levels_.empty() && !lexer_.is_cut()) || lexer_.ends();
    }
    if (!(lexer_.peek() == '<' ? markup() : lexer_.characters(wanted_text()))) {
      return false;
    }
    if (levels_.empty() && !fragment_) {
      return true;
    }
  }
}

bool XmlParser::markup() {
  switch (lexer_.peek(1)) {
    case '/':
      return end_tag();
    case '?':
      return lexer_.instruction();
    case '!':
      if (lexer_.starts_with("<!DOCTYPE")) {
        return beginning_ ? lexer_.document_type()
                          : issues_.fail(id<"xml-doctype">, lexer_.offset());
      }
      return lexer_.comment_or_section(!levels_.empty() || fragment_, wanted_text());
    default:
      return start_tag();
  }
}

// --- elements ---

/// Counts an element or attribute, and looks its name up.
template <class Part>
bool XmlParser::look_up(Part& part) {
  part.id = names_.find(part.name, lexer_.readable(part.name.data()));
  const XmlName& known = names_[part.id];
  part.prefix = known.prefix;
  if (!known.qualified) {
    return bad_colon(part.name, part.offset);
  }
  return ++counted_ <= limits_.nodes || too_many();
}

bool XmlParser::start_tag() {
  XmlElement element;
  element.offset = static_cast<std::uint32_t>(lexer_.offset());
  lexer_.step();
  element.name = lexer_.name();
  if (element.name.empty()) {
    return lexer_.unexpected();
  }
  if (levels_.size() >= limits_.depth + outside_levels_) {
    return too_deep(element.offset);
  }
  if (!look_up(element)) {
    return false;
  }
  declared_outside_ = namespaces_.size();
  bool empty = false;
  return attributes(empty) && open(element) && (!empty || close());
}

bool XmlParser::open(XmlElement& element) {
  if (!resolve(element) || (has_prefixed_ && !resolve_attributes()) || !tell_text()) {
    return false;
  }
  element.attributes = attributes_;
  levels_.push_back({element.name, declared_outside_});
  return skipped_ != 0 || handler_.open(element);
}

bool XmlParser::end_tag() {
  const std::size_t offset = lexer_.offset();
  lexer_.step(2);
  const std::string_view name = lexer_.name();
  if (!name.empty()) {
    lexer_.skip_space();
  }
  if (name.empty() || lexer_.peek() != '>') {
    return lexer_.unexpected();
  }
  lexer_.step();
  const std::string_view open = levels_.empty() ? std::string_view() : levels_.back().name;
  return name == open ? tell_text() && close() : issues_.fail(bad_end_tag(offset, name, open));
}

/// The innermost element, whose end has been read.
bool XmlParser::close() {
  bool more = true;
  if (skipped_ == levels_.size()) {
    skipped_ = 0;
  }
  if (skipped_ == 0) {
    more = handler_.close(lexer_.offset());
  }
  namespaces_.leave(levels_.back().outside);
  levels_.pop_back();
  return more;
}

bool XmlParser::too_deep(std::size_t offset) {
  return issues_.fail(id<"nesting-too-deep">, offset, {std::to_string(limits_.depth)});
}

bool XmlParser::too_many() {
  return issues_.fail(
      id<"input-too-large">, lexer_.offset(),
      {"it has more than " + std::to_string(limits_.nodes) + " elements and attributes"});
}

/// Where text goes: not that of what is skipped, or of a fragment outside its elements.
XmlText* XmlParser::wanted_text() noexcept {
  return skipped_ != 0 || levels_.empty() ? nullptr : &text_;
}

bool XmlParser::tell_text() {
  if (text_.empty()) {
    return true;
  }
  const std::size_t offset = text_.offset();
  return handler_.text(text_.take(arena_), offset);
}

// --- attributes ---

/// The rest of a start tag: productions 40 and 44.
bool XmlParser::attributes(bool& empty) {
  attributes_.clear();
  has_unnumbered_ = has_prefixed_ = false;
  ++tag_;
  for (;;) {
    const bool apart = lexer_.skip_space();
    const char byte = lexer_.peek();
    empty = byte == '/';
    if (empty) {
      lexer_.step();
    }
    if (lexer_.peek() == '>') {
      lexer_.step();
      return !has_unnumbered_ || is_each_once();
    }
    if (empty || !apart) {
      return lexer_.unexpected();
    }
    if (!attribute()) {
      return false;
    }
  }
}

bool XmlParser::attribute() {
  XmlAttribute read;
  read.offset = static_cast<std::uint32_t>(lexer_.offset());
  read.name = lexer_.name();
  if (lexer_.peek() != '=' && !read.name.empty()) {
    lexer_.skip_space();
  }
  if (read.name.empty() || lexer_.peek() != '=') {
    return lexer_.unexpected();
  }
  lexer_.step();
  if (is_space(lexer_.peek())) {
    lexer_.skip_space();
  }
  if (!lexer_.value(read.value) || !look_up(read)) {
    return false;
  }
  XmlName& known = names_[read.id];
  if (known.declaration) {
    return declare(known.prefix == 0 ? std::string_view() : read.local(), read.value, read.offset);
  }
  if (read.id != unnumbered && known.tag == tag_) {
    return fail(read.offset, "the attribute " + std::string(read.name) + " occurs twice");
  }
  known.tag = tag_;
  has_unnumbered_ = has_unnumbered_ || read.id == unnumbered;
  has_prefixed_ = has_prefixed_ || read.prefix != 0;
  attributes_.push_back(read);
  return true;
}

bool XmlParser::bad_colon(std::string_view name, std::size_t offset) {
  return fail(offset, "the name " + std::string(name) + " has a colon out of place");
}

/// Of names that have no number: the others were asked for one by one.
bool XmlParser::is_each_once() {
  std::vector<std::pair<std::string_view, std::size_t>> names;
  for (const XmlAttribute& attribute : attributes_) {
    names.emplace_back(attribute.name, attribute.offset);
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(
      names.begin(), names.end(),
      [](const auto& left, const auto& right) { return left.first == right.first; });
  return twice == names.end() ||
         fail(std::next(twice)->second,
              "the attribute " + std::string(twice->first) + " occurs twice");
}

bool XmlParser::declare(std::string_view prefix, std::string_view uri, std::size_t offset) {
  if (std::string fault = XmlNamespaces::fault_of(prefix, uri); !fault.empty()) {
    return fail(offset, std::move(fault));
  }
  const auto own = namespaces_.declarations().subspan(declared_outside_);
  if (std::any_of(own.begin(), own.end(),
                  [prefix](const XmlDeclaration& one) { return one.prefix == prefix; })) {
    return fail(offset, "a namespace is declared twice");
  }
  return namespaces_.declare(prefix, uri) ||
         issues_.fail(id<"input-too-large">, offset, {"it has too many namespace declarations"});
}

/// What a name's prefix means is asked for once as long as the declarations are the same.
template <class Part>
bool XmlParser::resolve(Part& part) {
  XmlName& known = names_[part.id];
  if ((known.scope != namespaces_.scope() || part.id == unnumbered) &&
      !look_for(known, part.name.substr(0, part.prefix), part.offset)) {
    return false;
  }
  part.space = known.space;
  return true;
}

bool XmlParser::look_for(XmlName& known, std::string_view prefix, std::size_t offset) {
  prefix.remove_suffix(prefix.empty() ? 0 : 1);
  const std::optional<XmlSpace> found = namespaces_.find(prefix);
  known.space = found.value_or(no_space);
  known.scope = namespaces_.scope();
  return found || fragment_ ||
         fail(offset, "the prefix " + std::string(prefix) + " is not declared");
}

/// Names with a prefix get their namespace; two that mean the same are an error (Namespaces in XML
/// 1.0, section 6.3).
bool XmlParser::resolve_attributes() {
  expanded_.clear();
  for (XmlAttribute& attribute : attributes_) {
    if (attribute.prefix == 0) {
      continue;
    }
    if (!resolve(attribute)) {
      return false;
    }
    expanded_.emplace_back(attribute.space, attribute.local());
  }
  if (expanded_.size() < 2 || fragment_) {
    return true;
  }
  std::sort(expanded_.begin(), expanded_.end());
  const auto twice = std::adjacent_find(expanded_.begin(), expanded_.end());
  if (twice == expanded_.end()) {
    return true;
  }
  const auto second =
      std::find_if(attributes_.rbegin(), attributes_.rend(), [&](const XmlAttribute& attribute) {
        return attribute.space == twice->first && attribute.local() == twice->second;
      });
  return fail(second->offset,
              "the attribute " + std::string(second->name) + " occurs twice, by its namespace");
}

// --- questions ---

std::string document_fault(std::string_view text) {
  Arena arena;
  Issues issues;
  const ReadLimits limits;
  Nothing nothing;
  if (XmlParser(arena, issues, limits, nothing).read(text)) {
    return {};
  }
  const SymbolTable symbols;
  const tree::Tree tree(symbols);
  finding::Collector findings;
  issues.report(tree, findings);
  const std::vector<std::string>& arguments = findings.findings().at(0).arguments;
  return arguments.empty() ? findings.findings()[0].text() : arguments[0];
}

bool is_well_formed_element(std::string_view text) {
  if (text.size() < 2 || text[0] != '<' || text[1] == '!' || text[1] == '?') {
    return false;
  }
  Arena arena;
  Issues issues;
  const ReadLimits limits;
  Nothing nothing;
  return XmlParser(arena, issues, limits, nothing).read(text) && nothing.end() == text.size();
}

}  // namespace lhcr::format
