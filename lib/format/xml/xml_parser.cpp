// SPDX-License-Identifier: Apache-2.0
// A document goes to expat in one piece: of pieces that are not the last it counts lines, which
// costs a pass. Expat's own namespace processing is not used: it makes one string of each name.
#include "format/xml/xml_parser.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <optional>
#include <random>

#include <expat.h>

#include "base/text.hpp"
#include "finding/id.hpp"
#include "format/xml/xml_fault.hpp"

namespace lhcr::format {
namespace {

using finding::Id;

constexpr std::string_view xml_uri = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view xmlns_uri = "http://www.w3.org/2000/xmlns/";
constexpr std::size_t npos = std::string_view::npos;
// In scope at one place. They are searched one by one, and no record needs more than a few.
constexpr std::size_t most_declarations = 256;
constexpr std::size_t most_namespaces = 1024;
constexpr XmlParser::Declaration predeclared[] = {{"", no_space}, {"xml", xml_space}};
// What expat is given at a time, and copies.
constexpr std::size_t largest_piece = std::size_t{64} << 20U;
constexpr std::size_t first_of_beginning = 4096;
constexpr std::size_t largest_text = 0xFFFFFF00;  // offsets of nodes are 32 bits

/// Of expat's hash tables: who sends a document must not know it.
unsigned long hash_salt() {
  static const unsigned long salt = [] {
    std::random_device device;
    return (static_cast<unsigned long>(device()) << 32U | device()) | 1U;
  }();
  return salt;
}

/// Whether a name can begin with the character at its front. Expat has checked that names hold
/// nothing else than characters of names.
bool begins_name(std::string_view name) {
  const auto lead = static_cast<unsigned char>(name.front());
  const bool digit = lead >= '0' && lead <= '9';
  if (lead < 0x80) {
    return !digit && lead != '-' && lead != '.';
  }
  // U+00B7, combining marks (U+0300 to U+036F) and U+203F, U+2040 stand inside names only.
  const auto next = name.size() > 1 ? static_cast<unsigned char>(name[1]) : 0U;
  const bool mark = lead == 0xCC || (lead == 0xCD && next < 0xB0);
  return !mark && !name.starts_with("\xC2\xB7") && !name.starts_with("\xE2\x80\xBF") &&
         !name.starts_with("\xE2\x81\x80");
}

/// Namespaces in XML 1.0, production 7: at most one colon, and names on both of its sides.
bool is_qualified(std::string_view name, std::size_t colon) {
  return colon == npos ||
         (colon > 0 && colon + 1 < name.size() && name.find(':', colon + 1) == npos &&
          begins_name(name.substr(colon + 1)));
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (is_space(text[at])) {
    ++at;
  }
  return at;
}

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

}  // namespace

/// Between expat, which is C, and the parser: exceptions wait until expat has returned.
struct XmlParser::Callbacks {
  template <class Step>
  static void guard(void* self, Step step) {
    auto& parser = *static_cast<XmlParser*>(self);
    if (parser.stopped_) {
      return;  // an empty element that was stopped at has its end told all the same
    }
    bool more = false;
    try {
      more = step(parser);
    } catch (...) {
      parser.exception_ = std::current_exception();
    }
    if (!more) {
      parser.stopped_ = true;
      XML_StopParser(parser.parser_.get(), XML_FALSE);
    }
  }
  static void XMLCALL start(void* self, const char* name, const char** attributes) {
    guard(self, [&](XmlParser& parser) { return parser.start(name, attributes); });
  }
  static void XMLCALL end(void* self, const char* /*name*/) {
    guard(self, [](XmlParser& parser) { return parser.end(); });
  }
  static void XMLCALL characters(void* self, const char* bytes, int size) {
    guard(self, [&](XmlParser& parser) {
      parser.characters(bytes, static_cast<std::size_t>(size));
      return true;
    });
  }
  static void XMLCALL instruction(void* self, const char* target, const char* /*data*/) {
    guard(self, [&](XmlParser& parser) { return parser.instruction(target); });
  }
  static void XMLCALL declaration(void* self, const char* version, const char* /*encoding*/,
                                  int /*standalone*/) {
    guard(self, [&](XmlParser& parser) { return parser.version(version); });
  }
  static void XMLCALL document_type(void* self, const char* /*name*/, const char* /*system*/,
                                    const char* /*id*/, int /*has_subset*/) {
    guard(self, [](XmlParser& parser) { return parser.document_type(); });
  }
  static void XMLCALL start_section(void* self) {
    auto& parser = *static_cast<XmlParser*>(self);
    parser.section_ = parser.place();
  }
  static void XMLCALL end_section(void* self) { static_cast<XmlParser*>(self)->section_ = npos; }
};

void XmlParser::Free::operator()(XML_ParserStruct* parser) const noexcept {
  XML_ParserFree(parser);
}

XmlParser::XmlParser(Arena& arena, Issues& issues, const ReadLimits& limits, XmlHandler& handler)
    : arena_(arena),
      issues_(issues),
      limits_(limits),
      handler_(handler),
      // The protocol's encoding goes before the declaration's: the source has been decoded.
      parser_(XML_ParserCreate("UTF-8")),
      uris_{"", xml_uri},
      declarations_(std::begin(predeclared), std::end(predeclared)),
      names_(names_kept) {
  if (!parser_) {
    throw std::bad_alloc();
  }
  XML_ParserStruct* const parser = parser_.get();
  XML_SetHashSalt(parser, hash_salt());
  XML_SetUserData(parser, this);
  XML_SetElementHandler(parser, Callbacks::start, Callbacks::end);
  XML_SetProcessingInstructionHandler(parser, Callbacks::instruction);
  XML_SetXmlDeclHandler(parser, Callbacks::declaration);
  XML_SetStartDoctypeDeclHandler(parser, Callbacks::document_type);
  XML_SetCdataSectionHandler(parser, Callbacks::start_section, Callbacks::end_section);
  collect(true);
}

XmlParser::~XmlParser() = default;

XmlSpace XmlParser::know(std::string_view uri) {
  const auto found = std::find(uris_.begin(), uris_.end(), uri);
  if (found != uris_.end()) {
    return static_cast<XmlSpace>(found - uris_.begin());
  }
  uris_.push_back(uri);
  return static_cast<XmlSpace>(uris_.size() - 1);
}

bool XmlParser::read(std::string_view source) {
  if (source.size() > largest_text) {
    return issues_.fail(Id::input_too_large, 0, {std::to_string(source.size()) + " bytes"});
  }
  source_ = source;
  const std::size_t begin = source.starts_with(utf8_bom) ? utf8_bom.size() : 0;
  if (std::all_of(source.begin() + static_cast<std::ptrdiff_t>(begin), source.end(), is_space)) {
    return issues_.fail(Id::input_empty, 0);
  }
  return finish(feed(source, true));
}

bool XmlParser::read_beginning(std::string_view source) {
  source_ = source;
  beginning_ = true;
  std::size_t size = first_of_beginning;
  for (std::size_t at = 0; at < source.size(); at += size, size *= 4) {
    if (!feed(source.substr(at, size), false)) {
      return finish(false);
    }
  }
  return finish(feed({}, true));
}

bool XmlParser::read_fragment(std::string_view source, const std::string& outermost) {
  if (source.size() > largest_text) {
    return issues_.fail(Id::input_too_large, 0, {std::to_string(source.size()) + " bytes"});
  }
  source_ = source;
  fragment_ = true;
  outside_levels_ = 1;
  base_ = outermost.size() + 2;
  const std::string name = outermost.substr(0, outermost.find(' '));
  return finish(feed('<' + outermost + '>', false) && feed(source, false) &&
                feed("</" + name + '>', true));
}

bool XmlParser::feed(std::string_view bytes, bool last) {
  while (bytes.size() > largest_piece) {
    if (!feed(bytes.substr(0, largest_piece), false)) {
      return false;
    }
    bytes.remove_prefix(largest_piece);
  }
  return XML_Parse(parser_.get(), bytes.data(), static_cast<int>(bytes.size()), last ? 1 : 0) ==
         XML_STATUS_OK;
}

bool XmlParser::finish(bool fed) {
  if (exception_) {
    std::rethrow_exception(exception_);
  }
  if (fed) {
    return true;
  }
  const XML_Error error = XML_GetErrorCode(parser_.get());
  if (error == XML_ERROR_NO_MEMORY) {
    throw std::bad_alloc();
  }
  if (issues_.failed() || error == XML_ERROR_ABORTED) {
    return false;
  }
  const bool outer = levels_.size() <= (fragment_ ? 1U : 0U);
  const std::string_view open = outer ? std::string_view() : levels_.back().name;
  return issues_.fail(explain_stop(source_, {error, place(), open, counted_ > 0}));
}

std::size_t XmlParser::place() const noexcept {
  const XML_Index index = XML_GetCurrentByteIndex(parser_.get());
  const std::size_t at = index < 0 ? base_ + source_.size() : static_cast<std::size_t>(index);
  return at < base_ ? 0 : at - base_;
}

std::size_t XmlParser::length() const noexcept {
  return static_cast<std::size_t>(XML_GetCurrentByteCount(parser_.get()));
}

bool XmlParser::fail(std::size_t offset, std::string message) {
  return issues_.fail(Id::xml_syntax, offset, {std::move(message)});
}

void XmlParser::collect(bool wanted) {
  XML_SetCharacterDataHandler(parser_.get(), wanted ? Callbacks::characters : nullptr);
}

void XmlParser::skip() noexcept {
  skipped_ = levels_.size();
  collect(false);
}

// --- elements ---

bool XmlParser::start(const char* name, const char** attributes) {
  if (fragment_ && levels_.empty()) {
    return outermost(attributes);
  }
  const std::size_t offset = place();
  if (!tell_text() || !is_within_limits(offset)) {
    return false;
  }
  const std::size_t size = std::strlen(name);
  XmlElement element;
  element.name = source_.substr(offset + 1, size);
  element.offset = offset;
  declared_outside_ = declarations_.size();
  const std::size_t colon = element.name.find(':');
  if (!gather(attributes, offset + 1 + size) || !resolve_attributes()) {
    return false;
  }
  if (!is_qualified(element.name, colon)) {
    return fail(offset, "the name " + std::string(element.name) + " has a colon out of place");
  }
  element.local = colon == npos ? element.name : element.name.substr(colon + 1);
  if (!resolve(element.name.substr(0, colon == npos ? 0 : colon), offset, element.space)) {
    return false;
  }
  element.attributes = attributes_;
  levels_.push_back({element.name, declared_outside_});
  return skipped_ != 0 || handler_.open(element);
}

bool XmlParser::end() {
  const bool outer = fragment_ && levels_.size() == 1;
  if (!outer && !tell_text()) {
    return false;
  }
  bool more = true;
  if (skipped_ == levels_.size()) {
    skipped_ = 0;
    collect(true);
  }
  if (skipped_ == 0 && !outer) {
    more = handler_.close(place() + length());
  }
  declarations_.resize(levels_.back().outside);
  levels_.pop_back();
  return more;
}

/// The start tag around a fragment declares what the fragment may take for granted.
bool XmlParser::outermost(const char** attributes) {
  levels_.push_back({{}, declarations_.size()});
  for (; *attributes != nullptr; attributes += 2) {
    const std::string_view name = attributes[0];
    const std::string_view prefix = name.substr(std::min(name.find(':'), name.size() - 1) + 1);
    if (!declare(arena_.copy(prefix), arena_.copy(attributes[1]), 0)) {
      return false;
    }
  }
  return true;
}

bool XmlParser::is_within_limits(std::size_t offset) {
  if (levels_.size() >= limits_.depth + outside_levels_) {
    return issues_.fail(Id::nesting_too_deep, offset, {std::to_string(limits_.depth)});
  }
  counted_ += 1 + static_cast<std::size_t>(XML_GetSpecifiedAttributeCount(parser_.get()) / 2);
  if (counted_ > limits_.nodes) {
    return issues_.fail(
        Id::input_too_large, offset,
        {"it has more than " + std::to_string(limits_.nodes) + " elements and attributes"});
  }
  return true;
}

// --- attributes ---

/// What expat's copy of a name says; it is the same one for equal names.
const XmlParser::WrittenName& XmlParser::written_name(const char* name) {
  WrittenName& slot = names_[reinterpret_cast<std::uintptr_t>(name) / 8 % names_kept];
  if (slot.written != name) {
    const std::string_view text = name;
    const std::size_t colon = text.find(':');
    slot.written = name;
    slot.size = static_cast<std::uint32_t>(text.size());
    slot.prefix = static_cast<std::uint32_t>(colon == npos ? 0 : colon + 1);
    slot.qualified = is_qualified(text, colon);
    slot.declaration = text == "xmlns" || text.starts_with("xmlns:");
  }
  return slot;
}

/// Takes the attributes of the tag whose name ends at `at`. Expat says their names and values, and
/// the source where they stand.
bool XmlParser::gather(const char** attributes, std::size_t at) {
  attributes_.clear();
  // Behind those that are written stand defaults of a document type declaration.
  const char** const end = attributes + XML_GetSpecifiedAttributeCount(parser_.get());
  for (; attributes != end; attributes += 2) {
    const WrittenName& known = written_name(attributes[0]);
    at = skip_space(source_, at);
    const std::size_t offset = at;
    const std::string_view name = source_.substr(at, known.size);
    at = skip_space(source_, skip_space(source_, at + known.size) + 1);
    const std::size_t close = source_.find(source_[at], at + 1);
    std::string_view value = source_.substr(at + 1, close - at - 1);
    at = close + 1;
    const char* const normal = attributes[1];
    if (std::strncmp(normal, value.data(), value.size()) != 0 || normal[value.size()] != '\0') {
      value = arena_.copy(normal);
    }
    if (!known.qualified) {
      return fail(offset, "the name " + std::string(name) + " has a colon out of place");
    }
    if (known.declaration) {
      if (!declare(name.substr(std::min<std::size_t>(6, name.size())), value, offset)) {
        return false;
      }
      continue;
    }
    attributes_.push_back(
        {name, name.substr(known.prefix), value, no_space, offset, known.written});
  }
  return true;
}

bool XmlParser::declare(std::string_view prefix, std::string_view uri, std::size_t offset) {
  const bool reserved =
      prefix == "xmlns" || uri == xmlns_uri || (prefix == "xml") != (uri == xml_uri);
  if (reserved) {
    return fail(offset, "the prefixes xml and xmlns and their namespaces are not to be declared");
  }
  if (uri.empty() && !prefix.empty()) {
    return fail(offset, "the prefix " + std::string(prefix) + " is declared without a namespace");
  }
  if (declarations_.size() >= most_declarations + std::size(predeclared) ||
      uris_.size() >= most_namespaces) {
    return issues_.fail(Id::input_too_large, offset, {"it has too many namespace declarations"});
  }
  declarations_.push_back({prefix, know(uri)});
  return true;
}

bool XmlParser::resolve(std::string_view prefix, std::size_t offset, XmlSpace& space) {
  const auto found =
      std::find_if(declarations_.rbegin(), declarations_.rend(),
                   [prefix](const Declaration& known) { return known.prefix == prefix; });
  if (found != declarations_.rend()) {
    space = found->space;
    return true;
  }
  return fragment_ || fail(offset, "the prefix " + std::string(prefix) + " is not declared");
}

/// Names with a prefix get their namespace; two that mean the same are an error (Namespaces in XML
/// 1.0, section 6.3).
bool XmlParser::resolve_attributes() {
  expanded_.clear();
  for (XmlAttribute& attribute : attributes_) {
    if (attribute.local.size() == attribute.name.size()) {
      continue;
    }
    const std::size_t prefix = attribute.name.size() - attribute.local.size() - 1;
    if (!resolve(attribute.name.substr(0, prefix), attribute.offset, attribute.space)) {
      return false;
    }
    expanded_.emplace_back(attribute.space, attribute.local);
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
        return attribute.space == twice->first && attribute.local == twice->second;
      });
  return fail(second->offset,
              "the attribute " + std::string(second->name) + " occurs twice, by its namespace");
}

// --- text and the rest ---

void XmlParser::characters(const char* bytes, std::size_t size) {
  const std::size_t at = place();
  const std::size_t written = length();
  const bool as_written = written == size && source_[at] == *bytes;
  if (!has_text_) {
    has_text_ = true;
    is_copy_ = false;
    text_offset_ = section_ == npos ? at : section_;
    text_begin_ = text_end_ = at;
  }
  if (!is_copy_ && (!as_written || at != text_end_)) {
    text_copy_ = source_.substr(text_begin_, text_end_ - text_begin_);
    is_copy_ = true;
  }
  if (is_copy_) {
    text_copy_.append(bytes, size);
  }
  text_end_ = at + written;
}

bool XmlParser::tell_text() {
  if (!has_text_) {
    return true;
  }
  has_text_ = false;
  if (fragment_ && levels_.size() == 1) {
    return true;
  }
  const std::string_view text =
      is_copy_ ? arena_.copy(text_copy_) : source_.substr(text_begin_, text_end_ - text_begin_);
  return handler_.text(text, text_offset_);
}

bool XmlParser::instruction(std::string_view target) {
  // Namespaces in XML 1.0, section 7.
  return target.find(':') == npos ||
         fail(place(), "the target of an instruction must not have a colon");
}

bool XmlParser::version(const char* number) {
  const std::string_view text = number != nullptr ? number : "";
  const bool known = text.size() > 2 && text.starts_with("1.") &&
                     std::all_of(text.begin() + 2, text.end(),
                                 [](char digit) { return digit >= '0' && digit <= '9'; });
  return known || fail(place(), "the version of XML must be 1.0");
}

bool XmlParser::document_type() {
  if (beginning_) {
    return true;
  }
  const std::size_t begin = source_.rfind("<!DOCTYPE", place());
  return issues_.fail(Id::xml_doctype, begin == npos ? 0 : begin);
}

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
