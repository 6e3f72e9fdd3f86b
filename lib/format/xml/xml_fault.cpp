// SPDX-License-Identifier: Apache-2.0
#include "format/xml/xml_fault.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"
#include "finding/id.hpp"
#include "format/json/json_scan.hpp"

namespace lhcr::format {
namespace {

Fault syntax(std::size_t offset, std::string message) {
  return {finding::id<"xml-syntax">, offset, std::move(message)};
}

/// The reference at the '&' at `at`, without '&' and ';'; empty when it has no end.
std::string_view reference_at(std::string_view source, std::size_t at) {
  constexpr std::size_t longest = 64;
  const std::string_view head = source.substr(at + 1, longest);
  const std::size_t end = head.find_first_of("; \t\r\n<&\"'");
  return end == std::string_view::npos || head[end] != ';' ? std::string_view()
                                                           : head.substr(0, end);
}

bool is_entity(std::string_view name) {
  constexpr std::string_view entities[] = {"amp", "lt", "gt", "quot", "apos"};
  return std::find(std::begin(entities), std::end(entities), name) != std::end(entities);
}

}  // namespace

Fault bad_reference(std::string_view source, std::size_t at) {
  const std::string name(reference_at(source, at));
  if (is_entity(name)) {
    return syntax(at, "a reference is not allowed here");
  }
  if (name.empty()) {
    return syntax(at, "'&' must be written as &amp;");
  }
  if (name.front() == '#') {
    return syntax(at, "&" + name + "; is not an XML character");
  }
  return syntax(at, "the entity &" + name + "; is not declared");
}

Fault misplaced(std::string_view source, std::size_t at) {
  const char byte = source[at];
  if (byte == '&') {
    return bad_reference(source, at);
  }
  if (byte == '<') {
    return syntax(at, "'<' must be written as &lt;");
  }
  if (at > 0 && source[at - 1] == '<' && (is_space(byte) || byte == '=')) {
    return syntax(at - 1, "'<' must be written as &lt;");
  }
  return syntax(at, describe_character(source, at) + " is not allowed here");
}

Fault outside_element(std::string_view source, std::size_t at, bool rooted) {
  return syntax(at, rooted && source[at] == '<'
                        ? "a document has one outermost element, and this is a second one"
                        : "text is not allowed outside the outermost element");
}

Fault bad_end_tag(std::size_t at, std::string_view name, std::string_view open) {
  std::string message = "the end tag </" + std::string(name) + "> does not match the start tag";
  message += open.empty() ? "" : " <" + std::string(open) + ">";
  return syntax(at, message);
}

Fault too_early(std::string_view source, std::string_view open, bool rooted) {
  if (!open.empty()) {
    return syntax(source.size(), "the input ends before <" + std::string(open) + "> is closed");
  }
  return syntax(source.size(), rooted ? "the input ends too early" : "there is no element");
}

}  // namespace lhcr::format
