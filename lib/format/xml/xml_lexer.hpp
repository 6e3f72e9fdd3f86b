// SPDX-License-Identifier: Apache-2.0
/// The productions of XML 1.0 (fifth edition) that know nothing of open elements and namespaces:
/// names, values, references, comments, instructions, CDATA sections, the declaration. Each steps
/// over what it reads; what is not well-formed is told to the issues, at the place that has to be
/// mended.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/arena.hpp"
#include "base/text.hpp"
#include "format/issues.hpp"
#include "format/xml/xml_characters.hpp"
#include "format/xml/xml_text.hpp"

namespace lhcr::format {

/// Functions that return bool return false when reading ends there.
class XmlLexer {
 public:
  XmlLexer(Arena& arena, Issues& issues) : arena_(arena), issues_(issues) {}

  /// Begins with a source in UTF-8. Its characters are looked at first, all at once; what no
  /// document holds ends the source there, so that no step has to ask for it again.
  void begin(std::string_view source);
  /// The same without a look at the characters, for who reads no more than the first few.
  void begin_unchecked(std::string_view source);

  [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }
  /// The next byte, or the one `ahead` of it; NUL, which no document holds, behind the end.
  [[nodiscard]] char peek(std::ptrdiff_t ahead = 0) const noexcept {
    return end_ - at_ > ahead ? at_[ahead] : '\0';
  }
  [[nodiscard]] bool starts_with(std::string_view text) const noexcept {
    return rest().starts_with(text);
  }
  [[nodiscard]] std::size_t offset() const noexcept {
    return static_cast<std::size_t>(at_ - begin_);
  }
  [[nodiscard]] std::string_view text() const noexcept {
    return {begin_, static_cast<std::size_t>(end_ - begin_)};
  }
  /// How many bytes there are from `place` in the source on.
  [[nodiscard]] std::size_t readable(const char* place) const noexcept {
    return static_cast<std::size_t>(end_ - place);
  }
  void step(std::ptrdiff_t size = 1) noexcept { at_ += size; }
  /// Whether there was white space.
  bool skip_space() noexcept {
    const char* const before = at_;
    const char* next = at_;
    while (next != end_ && is_space(*next)) {
      ++next;
    }
    at_ = next;
    return next != before;
  }
  /// Production 5; empty when no name begins here.
  std::string_view name() noexcept {
    const char* const before = at_;
    at_ = end_of_name(at_, end_);
    return {before, static_cast<std::size_t>(at_ - before)};
  }
  /// Production 10, AttValue, normalised (section 3.3.3): a view of the source, or of the arena.
  bool value(std::string_view& value) {
    const char quote = peek();
    if (quote != '"' && quote != '\'') {
      return unexpected();
    }
    const char* const begin = ++at_;
    at_ = quote == '"' ? find_byte<true, '"', '<', '&'>(at_, end_)
                       : find_byte<true, '\'', '<', '&'>(at_, end_);
    if (peek() != quote) {
      return other_value(begin, quote, value);
    }
    value = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
  }
  /// Production 14, CharData, and references: up to the next '<' or what is not to be taken as it
  /// stands. Without `wanted` nothing is gathered.
  bool characters(XmlText* wanted) {
    const char* const begin = at_;
    at_ = find_byte<false, '<', '&', ']', '\r'>(at_, end_);
    if (wanted != nullptr && at_ != begin) {
      wanted->add({begin, static_cast<std::size_t>(at_ - begin)}, offset_of(begin));
    }
    return at_ == end_ || *at_ == '<' || other_character(wanted);
  }
  /// At "<!": production 15 or, with `sections`, production 18.
  bool comment_or_section(bool sections, XmlText* wanted);
  /// At "<?": production 16.
  bool instruction();
  /// Production 23, when there is one, and a byte order mark before it.
  bool declaration();
  /// At "<!DOCTYPE": steps over a document type declaration, roughly.
  bool document_type();

  /// Tells what stands here and must not.
  bool unexpected();
  /// Tells that the input must not end here, when what is wrong at the end is a character; else it
  /// is for the caller to tell: ended_early() is true then.
  bool ends();
  /// Whether what stands at the end is no character of XML.
  [[nodiscard]] bool is_cut() const noexcept { return cut_.has_value(); }
  [[nodiscard]] bool ended_early() const noexcept { return ended_early_; }
  bool fail(std::size_t offset, std::string message);

 private:
  [[nodiscard]] std::string_view rest() const noexcept {
    return {at_, static_cast<std::size_t>(end_ - at_)};
  }
  [[nodiscard]] std::size_t offset_of(const char* place) const noexcept {
    return static_cast<std::size_t>(place - begin_);
  }
  bool other_value(const char* begin, char quote, std::string_view& value);
  bool other_character(XmlText* wanted);
  bool reference(std::string& meant);
  bool numbered(std::string& meant);
  bool comment();
  bool section(XmlText* wanted);
  void add_lines(std::string_view text, std::size_t offset, XmlText& wanted) const;
  using Value = std::optional<std::string_view>;
  bool pseudo_attributes(std::size_t start);
  bool pseudo_attribute(std::string_view name, Value& value);
  bool no_declaration();

  Arena& arena_;
  Issues& issues_;
  const char* begin_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::optional<Fault> cut_;  // what stands at the end
  bool ended_early_ = false;
  std::string scratch_;
};

}  // namespace lhcr::format
