// SPDX-License-Identifier: Apache-2.0
// Expat says little more than where; what stands there says the rest.
#include "format/xml/xml_fault.hpp"

#include <algorithm>
#include <string>

#include <expat.h>

#include "base/text.hpp"
#include "finding/id.hpp"
#include "format/json/json_scan.hpp"
#include "format/xml/xml_encoding.hpp"

namespace lhcr::format {
namespace {

using finding::Id;

constexpr std::size_t npos = std::string_view::npos;

Fault syntax(std::size_t offset, std::string message) {
  return {Id::xml_syntax, offset, std::move(message)};
}

/// The reference at the '&' at `at`, without '&' and ';'; empty when it has no end.
std::string_view reference_at(std::string_view source, std::size_t at) {
  constexpr std::size_t longest = 64;
  const std::string_view head = source.substr(at + 1, longest);
  const std::size_t end = head.find_first_of("; \t\r\n<&\"'");
  return end == npos || head[end] != ';' ? std::string_view() : head.substr(0, end);
}

constexpr std::string_view entities[] = {"amp", "lt", "gt", "quot", "apos"};

bool is_entity(std::string_view name) {
  return std::find(std::begin(entities), std::end(entities), name) != std::end(entities);
}

Fault bad_reference(std::string_view source, std::size_t at) {
  const std::string name(reference_at(source, at));
  if (is_entity(name)) {
    return syntax(at, "a reference is not allowed here");
  }
  if (name.empty()) {
    return syntax(at, "'&' must be written as &amp;");
  }
  if (name.front() == '#') {
    return syntax(at, "&" + name + "; is no character of XML");
  }
  return syntax(at, "the entity &" + name + "; is not declared");
}

/// A reference that names no entity and no character of XML, in the tag that begins at `at`.
Fault bad_reference_in_tag(std::string_view source, std::size_t at) {
  for (at = source.find('&', at); at != npos; at = source.find('&', at + 1)) {
    const std::string_view name = reference_at(source, at);
    if (!is_entity(name) && !name.starts_with('#')) {
      break;
    }
  }
  return bad_reference(source, at == npos ? 0 : at);
}

/// The '&' of a reference that breaks off at `at`, or npos.
std::size_t broken_reference(std::string_view source, std::size_t at) {
  constexpr std::size_t longest = 64;
  const std::size_t from = at > longest ? at - longest : 0;
  const std::size_t found = source.substr(from, at - from).find_last_of("&; \t\r\n<>\"'");
  return found == npos || source[from + found] != '&' ? npos : from + found;
}

/// Where a markup that is not closed before `at` begins, and whether `at` is in one of its values.
struct Markup {
  std::size_t begin = npos;
  bool in_value = false;
};

Markup markup_around(std::string_view source, std::size_t at) {
  Markup markup;
  markup.begin = at == 0 ? npos : source.rfind('<', at - 1);
  if (markup.begin == npos) {
    return markup;
  }
  char quote = '\0';
  for (const char byte : source.substr(markup.begin, at - markup.begin)) {
    if (quote != '\0') {
      quote = byte == quote ? '\0' : quote;
    } else if (byte == '"' || byte == '\'') {
      quote = byte;
    } else if (byte == '>') {
      return {};
    }
  }
  markup.in_value = quote != '\0';
  return markup;
}

std::string outside(std::string_view source, std::size_t at) {
  return source.substr(at).starts_with('<')
             ? "a document has one outermost element, and this is a second one"
             : "text is not allowed outside the outermost element";
}

/// At `at` stands what cannot stand there.
Fault bad_token(std::string_view source, std::size_t at) {
  if (const std::size_t ampersand = broken_reference(source, at); ampersand != npos) {
    return bad_reference(source, ampersand);
  }
  const std::string_view rest = source.substr(at);
  if (rest.starts_with('&')) {
    return bad_reference(source, at);
  }
  const Markup markup = markup_around(source, at);
  const std::string_view begun =
      markup.begin == npos ? std::string_view() : source.substr(markup.begin);
  if (begun.starts_with("<!DOCTYPE")) {
    return {Id::xml_doctype, markup.begin, {}};
  }
  if (begun.starts_with("<!--")) {
    constexpr std::size_t opening = 4;
    const std::size_t dashes = source.find("--", markup.begin + opening);
    return syntax(dashes == npos ? at : dashes, "-- is not allowed in a comment");
  }
  if (begun.starts_with("<?") && begun.size() > 4 && (begun[2] | 0x20) == 'x' &&
      (begun[3] | 0x20) == 'm' && (begun[4] | 0x20) == 'l') {
    return syntax(markup.begin, "an instruction must not be named xml");
  }
  if (rest.starts_with('<')) {
    return markup.in_value ? syntax(at, "'<' must be written as &lt; in an attribute")
                           : syntax(at, "'<' must be written as &lt;");
  }
  if (const std::size_t close = source.substr(0, at + 3).rfind("]]>");
      close != npos && close + 3 >= at && markup.begin == npos) {
    return syntax(close, "]]> must be written as ]]&gt; in text");
  }
  if (begun.starts_with('<') && begun.size() > 1 && markup.begin + 1 == at &&
      (is_space(begun[1]) || begun[1] == '=')) {
    return syntax(markup.begin, "'<' must be written as &lt;");
  }
  return syntax(at, rest.empty() ? "the input ends too early"
                                 : describe_character(source, at) + " is not allowed here");
}

Fault too_early(std::string_view source, const XmlStop& stop) {
  if (!stop.open.empty()) {
    return syntax(source.size(),
                  "the input ends before <" + std::string(stop.open) + "> is closed");
  }
  return syntax(source.size(), stop.rooted ? "the input ends too early" : "there is no element");
}

Fault bad_end_tag(std::string_view source, const XmlStop& stop) {
  const std::size_t begin = source.rfind("</", stop.offset);
  const std::size_t at = begin == npos ? stop.offset : begin;
  const std::string_view name =
      source.substr(at + 2, source.find_first_of("> \t\r\n", at) - at - 2);
  std::string message = "the end tag </" + std::string(name) + "> does not match the start tag";
  message += stop.open.empty() ? "" : " <" + std::string(stop.open) + ">";
  return syntax(at, message);
}

Fault twice(std::string_view source, std::size_t at) {
  const std::string_view name = source.substr(at, source.find_first_of("= \t\r\n", at) - at);
  const bool declaration = name == "xmlns" || name.starts_with("xmlns:");
  return syntax(at, declaration ? "a namespace is declared twice"
                                : "the attribute " + std::string(name) + " occurs twice");
}

}  // namespace

Fault explain_stop(std::string_view source, const XmlStop& stop) {
  const std::size_t at = std::min(stop.offset, source.size());
  constexpr std::size_t longest_character = 4;
  if (const auto bad = find_bad_text(source.substr(0, at + longest_character))) {
    // Cut in a character: nothing is wrong with it.
    if (bad->id == Id::input_not_text || find_bad_text(source.substr(0, at + 8))) {
      return *bad;
    }
  }
  switch (stop.error) {
    case XML_ERROR_NO_ELEMENTS:
    case XML_ERROR_UNCLOSED_TOKEN:
    case XML_ERROR_PARTIAL_CHAR:
    case XML_ERROR_UNCLOSED_CDATA_SECTION:
      return too_early(source, stop);
    case XML_ERROR_TAG_MISMATCH:
      return bad_end_tag(source, stop);
    case XML_ERROR_DUPLICATE_ATTRIBUTE:
      return twice(source, at);
    case XML_ERROR_UNDEFINED_ENTITY:
      return bad_reference_in_tag(source, at);
    case XML_ERROR_BAD_CHAR_REF:
      return bad_reference(source, at);
    case XML_ERROR_MISPLACED_XML_PI:
      return syntax(at, "an XML declaration stands at the very beginning of a document only");
    case XML_ERROR_XML_DECL:
      return syntax(at, "this is no XML declaration");
    case XML_ERROR_JUNK_AFTER_DOC_ELEMENT:
      return syntax(at, outside(source, at));
    case XML_ERROR_SYNTAX:
      return syntax(at, stop.rooted || source.substr(at).starts_with('<')
                            ? "this is not allowed here"
                            : "text is not allowed outside the outermost element");
    default:
      return bad_token(source, at);
  }
}

}  // namespace lhcr::format
