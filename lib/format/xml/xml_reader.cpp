// SPDX-License-Identifier: Apache-2.0
/// FHIR XML from the parser's events.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/excerpt.hpp"
#include "base/names.hpp"
#include "base/text.hpp"
#include "finding/id.hpp"
#include "format/format.hpp"
#include "format/issues.hpp"
#include "format/xml/xml_encoding.hpp"
#include "format/xml/xml_parser.hpp"

namespace lhcr::format {
namespace {

using finding::Id;
using finding::id;
using tree::Kind;
using tree::no_node;
using tree::Node;
using tree::NodeId;

constexpr std::string_view fhir_namespace = "http://hl7.org/fhir";
constexpr std::string_view instance_namespace = "http://www.w3.org/2001/XMLSchema-instance";

bool is_capital(char letter) {
  return letter >= 'A' && letter <= 'Z';
}

/// A resource has no value; an element that has one is no resource, whatever it is called.
bool has_value(const XmlElement& element) {
  return std::any_of(element.attributes.begin(), element.attributes.end(),
                     [](const XmlAttribute& attribute) { return attribute.name == "value"; });
}

/// Whether markup names something with a prefix.
bool uses_prefix(std::string_view markup, std::string_view prefix) {
  const std::string wanted = std::string(prefix) + ':';
  for (std::size_t at = 0; !prefix.empty() && (at = markup.find(wanted, at)) != markup.npos; ++at) {
    if (at > 0 && (markup[at - 1] == '<' || is_space(markup[at - 1]))) {
      return true;
    }
  }
  return false;
}

/// The beginning of a text on one line.
std::string on_one_line(std::string_view text) {
  std::string cut = excerpt(trim(text), 30);
  std::replace_if(cut.begin(), cut.end(), is_space, ' ');
  return cut;
}

class FhirReader : public XmlHandler {
 public:
  FhirReader(tree::Tree& tree, Issues& issues, const ReadLimits& limits)
      : tree_(tree),
        issues_(issues),
        parser_(tree.arena(), issues, limits, *this),
        fhir_(parser_.know(fhir_namespace)),
        xhtml_(parser_.know(xhtml_namespace)),
        instance_(parser_.know(instance_namespace)),
        expected_(fhir_) {
    parser_.take_leaves_for_values();
  }

  bool run(std::string_view source) {
    source_ = source;
    return parser_.read(source);
  }

  bool open(const XmlElement& element) override;
  bool close(std::size_t end) override;
  bool text(std::string_view text, std::size_t offset) override;

 private:
  struct Level {
    NodeId node = no_node;
    NodeId last = no_node;
    bool text_told = false;
    bool resource = false;
  };
  /// Narrative whose end is waited for.
  struct Narrative {
    NodeId node = no_node;
    std::size_t begin = 0;
    std::size_t behind_name = 0;
    std::size_t declared_outside = 0;
    std::string_view prefix;
    bool plain = false;  // names without prefix are XHTML's
  };

  void open_root(const XmlElement& element);
  void open_element(const XmlElement& element);
  void open_resource(const XmlElement& element);
  void open_narrative(const XmlElement& element);
  void close_narrative(std::size_t end);
  [[nodiscard]] std::string outer_declarations(std::string_view text) const;
  void skip();
  void tell_namespace(Place place, const XmlElement& element, XmlSpace wanted);
  void add_attribute(const XmlAttribute& attribute, Level& level);
  void add_attributes(const XmlElement& element, Level& level);
  void add_resource_type(const XmlElement& element, Level& level);
  static void set_text(Node& node, std::string_view text, Kind kind) {
    node.bytes = text.data();
    node.length = static_cast<std::uint32_t>(text.size());
    node.kind = kind;
  }

  tree::Tree& tree_;
  Issues& issues_;
  XmlParser parser_;
  XmlSpace fhir_;
  XmlSpace xhtml_;
  XmlSpace instance_;
  XmlSpace expected_;  // the outermost element's
  std::string_view source_;
  std::vector<Level> levels_;
  std::optional<Narrative> narrative_;
  bool skipping_ = false;
};

bool FhirReader::open(const XmlElement& element) {
  if (levels_.empty()) {
    open_root(element);
    return true;
  }
  const Place parent{levels_.back().node, no_symbol};
  if (element.space == xhtml_) {
    open_narrative(element);
  } else if (element.local() == "div") {
    open_narrative(element);
    tell_namespace({narrative_->node, no_symbol}, element, xhtml_);
  } else if (element.space != expected_) {
    tell_namespace(parent, element, expected_);
    skip();
  } else if (is_capital(element.local().front()) && !levels_.back().resource &&
             !has_value(element)) {
    open_resource(element);
  } else {
    open_element(element);
  }
  return !issues_.failed();
}

bool FhirReader::close(std::size_t end) {
  if (narrative_) {
    close_narrative(end);
    return true;
  }
  if (skipping_) {
    skipping_ = false;
    return true;
  }
  const Level done = levels_.back();
  levels_.pop_back();
  // A resource and the element that holds it are one node.
  if (!levels_.empty() && levels_.back().node == done.node) {
    levels_.back().last = done.last;
  }
  return true;
}

bool FhirReader::text(std::string_view text, std::size_t offset) {
  Level& level = levels_.back();
  if (level.text_told || is_blank(text)) {
    return true;
  }
  level.text_told = true;
  const std::string_view type = tree_.resource_type(level.node);
  const std::string_view name = level.resource ? type : tree_.name_of(level.node);
  issues_.add(id<"xml-text">, {level.node, no_symbol}, offset,
              {std::string(name), on_one_line(text)});
  return !issues_.failed();
}

void FhirReader::tell_namespace(Place place, const XmlElement& element, XmlSpace wanted) {
  issues_.add(id<"xml-namespace">, place, element.offset,
              {std::string(element.local()), std::string(parser_.uri(element.space)),
               std::string(parser_.uri(wanted))});
}

void FhirReader::skip() {
  skipping_ = true;
  parser_.skip();
}

void FhirReader::open_root(const XmlElement& element) {
  if (element.space != fhir_) {
    tell_namespace({tree::root_node, no_symbol}, element, fhir_);
    expected_ = element.space;
  }
  Level level;
  level.node = tree::root_node;
  level.resource = true;
  tree_[tree::root_node].offset = static_cast<std::uint32_t>(element.offset);
  add_resource_type(element, level);
  add_attributes(element, level);
  levels_.push_back(level);
}

void FhirReader::open_element(const XmlElement& element) {
  Node node;
  node.name = node.element = tree_.intern(element.local());
  node.offset = static_cast<std::uint32_t>(element.offset);
  Level& parent = levels_.back();
  parent.last = tree_.insert(parent.node, parent.last, node);
  Level level;
  level.node = parent.last;
  add_attributes(element, level);
  levels_.push_back(level);
}

/// `contained`, `resource` and the like hold one element that is named by a resource type; the tree
/// has one node for both.
void FhirReader::open_resource(const XmlElement& element) {
  const Level& holder = levels_.back();
  if (tree_[holder.node].is(tree::resource)) {
    issues_.add(id<"xml-resource-count">, {holder.node, no_symbol}, element.offset,
                {std::string(tree_.name_of(holder.node))});
    skip();
    return;
  }
  Level level;
  level.node = holder.node;
  level.last = holder.last;
  level.resource = true;
  add_resource_type(element, level);
  add_attributes(element, level);
  levels_.push_back(level);
}

void FhirReader::add_resource_type(const XmlElement& element, Level& level) {
  Node node;
  node.name = node.element = name::resource_type;
  set_text(node, element.local(), Kind::string);
  node.offset = static_cast<std::uint32_t>(element.offset);
  node.flags = tree::meta | tree::generated;
  level.last = tree_.insert(level.node, level.last, node);
  tree_[level.node].flags = static_cast<std::uint8_t>(tree_[level.node].flags | tree::resource);
}

void FhirReader::open_narrative(const XmlElement& element) {
  Node node;
  node.name = node.element = tree_.intern(element.local());
  node.offset = static_cast<std::uint32_t>(element.offset);
  node.kind = Kind::xhtml;
  Level& parent = levels_.back();
  parent.last = tree_.insert(parent.node, parent.last, node);
  Narrative narrative;
  narrative.node = parent.last;
  narrative.begin = element.offset;
  narrative.behind_name = 1 + element.name.size();
  narrative.declared_outside = parser_.declared_outside();
  narrative.prefix = element.name.substr(0, element.name.size() - element.local().size());
  narrative.prefix.remove_suffix(narrative.prefix.empty() ? 0 : 1);
  const auto declarations = parser_.declarations();
  const auto unprefixed =
      std::find_if(declarations.rbegin(), declarations.rend(),
                   [](const XmlDeclaration& known) { return known.prefix.empty(); });
  narrative.plain = unprefixed->space == xhtml_;
  narrative_ = narrative;
  parser_.skip();
}

/// The node gets the element's source as it stands, with the declarations it needs.
void FhirReader::close_narrative(std::size_t end) {
  const std::string_view text = source_.substr(narrative_->begin, end - narrative_->begin);
  const std::string declarations = outer_declarations(text);
  std::string_view kept = text;
  if (!declarations.empty()) {
    kept = tree_.arena().copy(std::string(text).insert(narrative_->behind_name, declarations));
  }
  set_text(tree_[narrative_->node], kept, Kind::xhtml);
  narrative_.reset();
}

/// Declarations from further out that the narrative's source needs to say all by itself.
std::string FhirReader::outer_declarations(std::string_view text) const {
  constexpr std::size_t implicit = 2;  // of no prefix and of xml
  const auto all = parser_.declarations();
  std::vector<std::string_view> told;
  for (const auto& own : all.subspan(narrative_->declared_outside)) {
    told.push_back(own.prefix);
  }
  std::string out;
  for (std::size_t i = narrative_->declared_outside; i-- > implicit;) {
    const auto& [prefix, space] = all[i];
    const bool own = prefix == narrative_->prefix && (!prefix.empty() || narrative_->plain);
    if ((!own && !uses_prefix(text, prefix)) ||
        std::find(told.begin(), told.end(), prefix) != told.end()) {
      continue;
    }
    told.push_back(prefix);
    out += prefix.empty() ? " xmlns" : " xmlns:";
    out += prefix;
    out += "=\"";
    append_xml_attribute(out, parser_.uri(space));
    out += '"';
  }
  return out;
}

void FhirReader::add_attributes(const XmlElement& element, Level& level) {
  for (const XmlAttribute& attribute : element.attributes) {
    add_attribute(attribute, level);
  }
}

void FhirReader::add_attribute(const XmlAttribute& attribute, Level& level) {
  const bool plain = attribute.space == no_space && !level.resource;
  if (plain && attribute.local() == "value") {
    set_text(tree_[level.node], attribute.value, Kind::string);
  } else if (plain && (attribute.local() == "id" || attribute.local() == "url")) {
    Node child;
    child.name = child.element = tree_.intern(attribute.local());
    set_text(child, attribute.value, Kind::string);
    child.offset = static_cast<std::uint32_t>(attribute.offset);
    child.flags = tree::attribute;
    level.last = tree_.insert(level.node, level.last, child);
  } else if (attribute.space != instance_) {
    const std::string_view owner =
        level.resource ? tree_.resource_type(level.node) : tree_.name_of(level.node);
    issues_.add(id<"xml-unknown-attribute">, {level.node, no_symbol}, attribute.offset,
                {std::string(attribute.name), std::string(owner)});
  }
}

/// Sees the outermost element and no more.
class RootReader : public XmlHandler {
 public:
  explicit RootReader(XmlRoot& root) : root_(root), parser_(arena_, issues_, limits_, *this) {}

  void run(std::string_view bytes) {
    std::optional<Fault> fault;
    const std::string_view text = decode_document(bytes, arena_, fault);
    if (!fault) {
      parser_.read_beginning(text);
    }
  }
  bool open(const XmlElement& element) override {
    root_.name = element.local();
    root_.space = parser_.uri(element.space);
    return false;
  }
  bool close(std::size_t /*end*/) override { return true; }
  bool text(std::string_view /*text*/, std::size_t /*offset*/) override { return true; }

 private:
  XmlRoot& root_;
  Arena arena_;
  Issues issues_;
  ReadLimits limits_;
  XmlParser parser_;
};

}  // namespace

bool read_xml(std::string_view bytes, tree::Tree& tree, finding::Sink& sink,
              const ReadLimits& limits) {
  const tree::Builder root(tree);
  tree.set_kinds_open(true);
  Issues issues;
  std::optional<Fault> fault;
  const std::string_view text = decode_document(bytes, tree.arena(), fault);
  tree.set_source(fault ? bytes : text);
  const bool done = fault ? issues.fail(*fault) : FhirReader(tree, issues, limits).run(text);
  issues.report(tree, sink);
  return done;
}

XmlRoot xml_root(std::string_view bytes) {
  // More is not looked through: what stands before the outermost element is short.
  constexpr std::size_t longest_beginning = std::size_t{1} << 20U;
  XmlRoot root;
  RootReader(root).run(bytes.substr(0, longest_beginning));
  return root;
}

}  // namespace lhcr::format
