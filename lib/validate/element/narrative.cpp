// SPDX-License-Identifier: Apache-2.0
/// Rules for narrative (FHIR R4 section 2.4.0): a div of basic formatting, no active content, links
/// that resolve.
#include "validate/element/narrative.hpp"

#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "base/text.hpp"
#include "base/text_rules.hpp"
#include "finding/id.hpp"
#include "format/xml/xml_parser.hpp"
#include "validate/checks.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::NodeId;
using Token = XhtmlScanner::Token;

constexpr std::array<std::string_view, 58> elements = {
    "a",     "abbr",    "acronym", "address", "area",  "b",        "bdo",    "big", "blockquote",
    "br",    "caption", "cite",    "code",    "col",   "colgroup", "dd",     "del", "dfn",
    "div",   "dl",      "dt",      "em",      "h1",    "h2",       "h3",     "h4",  "h5",
    "h6",    "hr",      "i",       "img",     "ins",   "kbd",      "li",     "map", "ol",
    "p",     "pre",     "q",       "samp",    "small", "span",     "strong", "sub", "sup",
    "table", "tbody",   "td",      "tfoot",   "th",    "thead",    "tr",     "tt",  "ul",
    "var",   "u",       "s",       "strike"};

constexpr std::array<std::string_view, 22> attributes = {
    "abbr",     "accesskey", "align",  "axis",  "char",     "charoff", "class", "colspan",
    "dir",      "headers",   "id",     "lang",  "rowspan",  "scope",   "span",  "style",
    "tabindex", "title",     "valign", "width", "xml:lang", "nowrap"};

/// Attributes that only one element may have, as "element.attribute".
constexpr std::array<std::string_view, 40> own_attributes = {"a.charset",
                                                             "a.coords",
                                                             "a.href",
                                                             "a.hreflang",
                                                             "a.name",
                                                             "a.rel",
                                                             "a.rev",
                                                             "a.shape",
                                                             "a.type",
                                                             "area.alt",
                                                             "area.coords",
                                                             "area.href",
                                                             "area.nohref",
                                                             "area.shape",
                                                             "blockquote.cite",
                                                             "col.width",
                                                             "del.cite",
                                                             "div.xmlns",
                                                             "img.alt",
                                                             "img.border",
                                                             "img.height",
                                                             "img.ismap",
                                                             "img.longdesc",
                                                             "img.src",
                                                             "img.usemap",
                                                             "img.width",
                                                             "ins.cite",
                                                             "map.name",
                                                             "ol.start",
                                                             "pre.space",
                                                             "q.cite",
                                                             "table.border",
                                                             "table.cellpadding",
                                                             "table.cellspacing",
                                                             "table.frame",
                                                             "table.rules",
                                                             "table.summary",
                                                             "td.bgcolor",
                                                             "table.width",
                                                             "li.value"};

constexpr std::array<std::string_view, 6> blocks = {"div", "blockquote", "table", "ol", "ul", "p"};

template <std::size_t Size>
bool listed(const std::array<std::string_view, Size>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool attribute_allowed(std::string_view element, std::string_view attribute) {
  if (attribute.starts_with("xmlns") || listed(attributes, attribute)) {
    return true;
  }
  return std::any_of(own_attributes.begin(), own_attributes.end(), [&](std::string_view both) {
    const std::size_t dot = both.find('.');
    return both.substr(0, dot) == element && both.substr(dot + 1) == attribute;
  });
}

using OneText = finding::KindTaking<1>;

/// Receives what is wrong with a narrative.
class Report {
 public:
  virtual ~Report() = default;
  virtual void say(OneText kind, std::string_view argument) = 0;
};

/// Counts what txt-1 is about, elements and attributes of HTML: neither where they stand nor what
/// another namespace holds.
class Count : public Report {
 public:
  void say(OneText kind, std::string_view argument) override {
    const Id id = kind.id;
    if (id == finding::id<"xhtml-block-in-paragraph"> ||
        (id == finding::id<"xhtml-element"> && argument.find(':') != std::string_view::npos)) {
      return;
    }
    ++(id == finding::id<"xhtml-invalid"> ? faults_ : errors_);
  }
  [[nodiscard]] bool well_formed() const { return faults_ == 0; }
  [[nodiscard]] bool clean() const { return errors_ == 0; }

 private:
  std::size_t errors_ = 0;
  std::size_t faults_ = 0;
};

class ToSink : public Report {
 public:
  ToSink(Run& run, NodeId node) : run_(run), node_(node) {}
  void say(OneText kind, std::string_view argument) override {
    run_.report(node_, kind.id, {std::string(argument)});
  }

 private:
  Run& run_;
  NodeId node_;
};

void check_open(const XhtmlScanner& scanner, bool in_paragraph, Report& report) {
  if (!listed(elements, scanner.name())) {
    report.say(id<"xhtml-element">, scanner.name());
  }
  for (const auto& [name, value] : scanner.attributes()) {
    // xml:space is legal XML and says nothing; only its use is discouraged.
    if (!attribute_allowed(scanner.name(), name) && name != "xml:space") {
      report.say(id<"xhtml-attribute">, name);
    }
  }
  if (in_paragraph && listed(blocks, scanner.name())) {
    report.say(id<"xhtml-block-in-paragraph">, scanner.name());
  }
}

bool inside_paragraph(const XhtmlScanner& scanner) {
  const auto& open = scanner.open_tags();
  const std::size_t above = open.size() - (scanner.empty_tag() ? 0U : 1U);
  return std::find(open.begin(), open.begin() + static_cast<std::ptrdiff_t>(above), "p") !=
         open.begin() + static_cast<std::ptrdiff_t>(above);
}

/// Element and attribute names; the outermost div is judged by check_root().
void check_names(std::string_view xhtml, Report& report) {
  XhtmlScanner scanner(xhtml);
  bool outermost = true;
  for (Token token = scanner.next(); token != Token::end; token = scanner.next()) {
    if (token == Token::fault) {
      report.say(id<"xhtml-invalid">, scanner.fault());
      return;
    }
    if (token == Token::doctype) {
      report.say(id<"xhtml-doctype">, "<!DOCTYPE>");
    } else if (token == Token::open && !outermost) {
      check_open(scanner, inside_paragraph(scanner), report);
    }
    outermost = outermost && token != Token::open;
  }
}

void check_root(Run& run, NodeId node) {
  XhtmlScanner scanner(run.tree[node].text());
  Token token = scanner.next();
  while (token == Token::comment || (token == Token::text && all_space(scanner.text()))) {
    token = scanner.next();
  }
  if (token != Token::open) {
    return;
  }
  const std::string_view name = scanner.name();
  const std::size_t colon = name.find(':');
  const std::string_view local = colon == std::string_view::npos ? name : name.substr(colon + 1);
  const std::string declaration =
      colon == std::string_view::npos ? "xmlns" : "xmlns:" + std::string(name.substr(0, colon));
  if (local != "div") {
    run.report(node, id<"xhtml-root">, {std::string(name)});
  }
  const std::string_view declared = scanner.attribute(declaration);
  // Of XML the reader says it.
  if (declared != format::xhtml_namespace && !scanner.prefixed() && run.json) {
    run.report(node, id<"xhtml-namespace">, {std::string(declared)});
  }
}

/// A character that stands in no URL (RFC 3986, 2); npos: none. Letters beyond ASCII are those of
/// an IRI, and '|' and '[' are written often enough to be let pass.
std::size_t foreign_character(std::string_view target) {
  return trim(target).starts_with("data:") ? std::string_view::npos
                                           : trim(target).find_first_of(" {}<>\"\\^`");
}

void check_link(Run& run, NodeId node, std::string_view target) {
  if (const std::size_t at = foreign_character(target); at != std::string_view::npos) {
    run.report(node, id<"xhtml-link-character">,
               {std::string(target), std::string(1, trim(target)[at])});
    return;
  }
  if (target.starts_with("#") && target.size() > 1) {
    if (!fragment_exists(run, target.substr(1))) {
      run.report(node, id<"xhtml-link-unresolved">, {std::string(target)});
    }
    return;
  }
  const std::string_view scheme = target.substr(0, target.find(':'));
  if (scheme == "javascript" || scheme == "vbscript" || scheme == "urn" || scheme == "cid") {
    run.report(node, id<"xhtml-link-scheme">, {std::string(target)});
  }
}

void check_links(Run& run, NodeId node) {
  for_each_link(run.tree[node].text(),
                [&](std::string_view, std::string_view target) { check_link(run, node, target); });
}

}  // namespace

namespace {

bool narrative_well_formed(std::string_view xhtml) {
  Count count;
  check_names(xhtml, count);
  return count.well_formed();
}

/// Narrative in JSON is a string that nobody has read as XML yet.
void check_well_formed(Run& run, NodeId div) {
  const std::string_view xhtml = run.tree[div].text();
  if (run.json && xhtml.find("<!DOCTYPE") == std::string_view::npos) {
    if (const std::string fault = format::document_fault(trim(xhtml)); !fault.empty()) {
      run.report(div, id<"xhtml-invalid">, {fault});
    }
  }
}

}  // namespace

bool narrative_allowed(std::string_view xhtml) {
  Count count;
  check_names(xhtml, count);
  return count.clean() || !count.well_formed();
}

bool narrative_has_content(std::string_view xhtml) {
  XhtmlScanner scanner(xhtml);
  for (Token token = scanner.next(); token != Token::end; token = scanner.next()) {
    if (token == Token::fault || (token == Token::text && !all_space(scanner.text())) ||
        (token == Token::open && scanner.name() == "img")) {
      return true;
    }
  }
  return false;
}

void check_narrative(Run& run, NodeId narrative) {
  const NodeId div = run.child(narrative, name::div);
  if (div == tree::no_node || run.tree[div].length == 0) {
    return;
  }
  ToSink report(run, div);
  check_names(run.tree[div].text(), report);
  check_root(run, div);
  if (narrative_well_formed(run.tree[div].text())) {
    check_links(run, div);
    check_well_formed(run, div);
  }
}

}  // namespace lhcr::validate
