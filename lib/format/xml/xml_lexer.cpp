// SPDX-License-Identifier: Apache-2.0
#include "format/xml/xml_lexer.hpp"

#include <algorithm>
#include <utility>

#include "finding/id.hpp"
#include "format/xml/xml_fault.hpp"

namespace lhcr::format {
namespace {

using finding::Id;
using finding::id;

constexpr std::string_view comment_start = "<!--";
constexpr std::string_view section_start = "<![CDATA[";
constexpr std::string_view section_end = "]]>";
constexpr std::uint32_t no_digit = 16;

std::uint32_t digit_of(char byte) noexcept {
  const char lower = static_cast<char>(byte | 0x20);
  if (byte >= '0' && byte <= '9') {
    return static_cast<std::uint32_t>(byte - '0');
  }
  return lower >= 'a' && lower <= 'f' ? static_cast<std::uint32_t>(lower - 'a') + 10 : no_digit;
}

/// Production 26 as the fifth edition has it (section 2.8): what a later version 1.x calls itself
/// is read as 1.0.
bool is_version(std::string_view text) noexcept {
  return text.size() > 2 && text.starts_with("1.") &&
         std::all_of(text.begin() + 2, text.end(), [](char byte) { return digit_of(byte) < 10; });
}

/// Production 81.
bool is_encoding_name(std::string_view text) noexcept {
  const auto is_letter = [](char byte) { return is_byte(byte, begins_name) && byte != '_'; };
  return !text.empty() && is_letter(text.front()) && text.find(':') == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char byte) { return is_byte(byte, in_name); });
}

/// How much of `wanted` stands at the front of `text`.
std::size_t common_front(std::string_view text, std::string_view wanted) noexcept {
  const auto end = std::mismatch(text.begin(), text.end(), wanted.begin(), wanted.end());
  return static_cast<std::size_t>(end.first - text.begin());
}

}  // namespace

void XmlLexer::begin(std::string_view source) {
  cut_ = find_no_character(source);
  begin_unchecked(source.substr(0, cut_ ? cut_->offset : std::string_view::npos));
}

void XmlLexer::begin_unchecked(std::string_view source) {
  begin_ = at_ = source.data();
  end_ = begin_ + source.size();
}

// --- what is wrong ---

bool XmlLexer::fail(std::size_t offset, std::string message) {
  return issues_.fail(id<"xml-syntax">, offset, {std::move(message)});
}

bool XmlLexer::ends() {
  ended_early_ = !cut_;
  return cut_ ? issues_.fail(*cut_) : false;
}

bool XmlLexer::unexpected() {
  return at_end() ? ends() : issues_.fail(misplaced(text(), offset()));
}

// --- character data, values, references ---

/// At what is neither plain text nor '<'.
bool XmlLexer::other_character(XmlText* wanted) {
  const char* const begin = at_;
  const std::size_t here = offset();
  if (*at_ == ']') {
    if (starts_with(section_end)) {
      return fail(here, "]]> must be written as ]]&gt; in text");
    }
    ++at_;
    if (wanted != nullptr) {
      wanted->add({begin, 1}, here);
    }
    return true;
  }
  scratch_.clear();
  if (*at_ == '\r') {
    // Section 2.11.
    at_ += peek(1) == '\n' ? 2 : 1;
    scratch_ += '\n';
  } else if (!reference(scratch_)) {
    return false;
  }
  if (wanted != nullptr) {
    wanted->add_meant(scratch_, here);
  }
  return true;
}

/// At what is neither plain nor the quote that the value began with.
bool XmlLexer::other_value(const char* begin, char quote, std::string_view& value) {
  scratch_.assign(begin, at_);
  while (peek() != quote) {
    if (at_end()) {
      return ends();
    }
    if (*at_ == '<') {
      return fail(offset(), "'<' must be written as &lt; in an attribute");
    }
    if (*at_ == '&') {
      if (!reference(scratch_)) {
        return false;
      }
    } else {
      scratch_ += is_space(*at_) ? ' ' : *at_;
      at_ += *at_ == '\r' && peek(1) == '\n' ? 2 : 1;
    }
    const char* const plain = at_;
    at_ = find_byte<true, '"', '\'', '<', '&'>(at_, end_);
    scratch_.append(plain, at_);
  }
  ++at_;
  value = arena_.copy(scratch_);
  return true;
}

/// At '&': productions 66 and 68. No other entities than XML's own five can be declared.
bool XmlLexer::reference(std::string& meant) {
  constexpr std::pair<std::string_view, char> entities[] = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
  for (const auto& [written, character] : entities) {
    if (starts_with(written)) {
      at_ += written.size();
      meant += character;
      return true;
    }
  }
  if (peek(1) == '#' && numbered(meant)) {
    return true;
  }
  const char* const begin = at_;
  step(std::min<std::ptrdiff_t>(peek(1) == '#' ? 2 : 1, end_ - at_));
  name();
  return at_end() ? ends() : issues_.fail(bad_reference(text(), offset_of(begin)));
}

/// At "&#". Moves behind a reference that is right only.
bool XmlLexer::numbered(std::string& meant) {
  constexpr std::uint32_t too_large = 0x110000;
  const std::uint32_t base = peek(2) == 'x' ? 16 : 10;
  const char* const digits = at_ + (base == 16 ? 3 : 2);
  const char* next = std::min(digits, end_);
  std::uint32_t code_point = 0;
  for (; next != end_ && digit_of(*next) < base; ++next) {
    code_point = std::min(code_point * base + digit_of(*next), too_large);
  }
  if (next == end_ || *next != ';' || next == digits || !is_xml_character(code_point)) {
    return false;
  }
  append_utf8(meant, code_point);
  at_ = next + 1;
  return true;
}

// --- markup ---

bool XmlLexer::comment_or_section(bool sections, XmlText* wanted) {
  const std::size_t as_comment = common_front(rest(), comment_start);
  const std::size_t as_section = sections ? common_front(rest(), section_start) : 0;
  if (as_comment == comment_start.size()) {
    return comment();
  }
  if (as_section == section_start.size()) {
    return section(wanted);
  }
  at_ += std::max(as_comment, as_section);
  return unexpected();
}

bool XmlLexer::comment() {
  const std::size_t dashes = rest().find("--", comment_start.size());
  if (dashes == std::string_view::npos || dashes + 2 == rest().size()) {
    return ends();
  }
  if (rest()[dashes + 2] != '>') {
    return fail(offset() + dashes, "-- is not allowed in a comment");
  }
  at_ += dashes + 3;
  return true;
}

bool XmlLexer::section(XmlText* wanted) {
  const std::size_t start = offset();
  at_ += section_start.size();
  const std::size_t size = rest().find(section_end);
  if (size == std::string_view::npos) {
    return ends();
  }
  if (wanted != nullptr) {
    add_lines(rest().substr(0, size), start, *wanted);
  }
  at_ += size + section_end.size();
  return true;
}

/// Section 2.11: CR LF, and CR alone, mean LF. `offset`: of the first line.
void XmlLexer::add_lines(std::string_view text, std::size_t offset, XmlText& wanted) const {
  while (!text.empty()) {
    const std::size_t size = text.find('\r');
    if (size != 0) {
      wanted.add(text.substr(0, size), offset);
    }
    if (size == std::string_view::npos) {
      return;
    }
    wanted.add_meant("\n", offset);
    text.remove_prefix(size + (text.substr(size).starts_with("\r\n") ? 2 : 1));
  }
}

bool XmlLexer::instruction() {
  const std::size_t start = offset();
  step(2);
  const std::string_view target = name();
  if (target == "xml") {
    return fail(start, "an XML declaration stands at the very beginning of a document only");
  }
  if (target.size() == 3 && (target[0] | 0x20) == 'x' && (target[1] | 0x20) == 'm' &&
      (target[2] | 0x20) == 'l') {
    return fail(start, "an instruction must not be named xml");
  }
  if (target.find(':') != std::string_view::npos) {
    // Namespaces in XML 1.0, section 7.
    return fail(start, "the target of an instruction must not have a colon");
  }
  if (target.empty() || !(skip_space() || starts_with("?>"))) {
    step(peek() == '?' && !target.empty() ? 1 : 0);
    return unexpected();
  }
  const std::size_t size = rest().find("?>");
  if (size == std::string_view::npos) {
    return ends();
  }
  at_ += size + 2;
  return true;
}

// --- before the outermost element ---

bool XmlLexer::declaration() {
  constexpr std::string_view start = "<?xml";
  if (starts_with(utf8_bom)) {
    at_ += utf8_bom.size();
  }
  const std::size_t here = offset();
  // "<?xml-stylesheet" and "<?xmlé" are instructions.
  const char after = peek(start.size());
  if (!starts_with(start) || is_byte(after, in_name) || static_cast<unsigned char>(after) >= 0x80) {
    return true;
  }
  at_ += start.size();
  if (!pseudo_attributes(here)) {
    return false;
  }
  skip_space();
  if (!starts_with("?>")) {
    return no_declaration();
  }
  step(2);
  return true;
}

bool XmlLexer::no_declaration() {
  skip_space();
  const std::size_t here = offset();
  name();
  return at_end() ? ends() : fail(here, "this is not an XML declaration");
}

/// Productions 24, 80 and 32.
bool XmlLexer::pseudo_attributes(std::size_t start) {
  Value version;
  Value encoding;
  Value standalone;
  if (!pseudo_attribute("version", version) || !version) {
    return no_declaration();
  }
  if (!is_version(*version)) {
    return fail(start, "the version of XML must be 1.0");
  }
  return (pseudo_attribute("encoding", encoding) && (!encoding || is_encoding_name(*encoding)) &&
          pseudo_attribute("standalone", standalone) &&
          (!standalone || *standalone == "yes" || *standalone == "no")) ||
         no_declaration();
}

/// S NAME Eq "VALUE", or nothing: there is no value then. False when it begins and goes wrong.
bool XmlLexer::pseudo_attribute(std::string_view name, Value& value) {
  const char* const before = at_;
  if (!skip_space() || !starts_with(name)) {
    at_ = before;
    return true;
  }
  at_ += name.size();
  skip_space();
  if (peek() != '=') {
    return false;
  }
  ++at_;
  skip_space();
  const char quote = peek();
  if (quote != '"' && quote != '\'') {
    return false;
  }
  const char* const begin = ++at_;
  at_ = find_byte<false, '"', '\'', '<', '>'>(at_, end_);
  if (peek() != quote) {
    return false;
  }
  value = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
  ++at_;
  return true;
}

bool XmlLexer::document_type() {
  char quote = '\0';
  int brackets = 0;
  for (; !at_end(); ++at_) {
    const char byte = *at_;
    if (quote != '\0') {
      quote = byte == quote ? '\0' : quote;
    } else if (starts_with(comment_start) || starts_with("<?")) {
      const std::string_view last = peek(1) == '?' ? "?>" : "-->";
      const std::size_t close = rest().find(last, 2);
      at_ = close == std::string_view::npos ? end_ - 1 : at_ + close + last.size() - 1;
    } else if (byte == '"' || byte == '\'') {
      quote = byte;
    } else if (byte == '[' || byte == ']') {
      brackets += byte == '[' ? 1 : -1;
    } else if (byte == '>' && brackets <= 0) {
      ++at_;
      return true;
    }
  }
  return ends();
}

}  // namespace lhcr::format
