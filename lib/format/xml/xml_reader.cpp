// SPDX-License-Identifier: Apache-2.0
/// FHIR XML by pugixml, which parses a copy of the document in place: names and values are views
/// into that copy, so a pointer is an offset. References and attribute normalisation are ours,
/// since pugixml lets undeclared entities pass.
#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include <pugixml.hpp>

#include "base/excerpt.hpp"
#include "base/text.hpp"
#include "finding/id.hpp"
#include "format/format.hpp"
#include "format/issues.hpp"
#include "format/xml/xml_scan.hpp"

namespace lhcr::format {
namespace {

using finding::Id;
using tree::Kind;
using tree::no_node;
using tree::Node;
using tree::NodeId;

constexpr std::string_view fhir_namespace = "http://hl7.org/fhir";
constexpr std::string_view xhtml_namespace = "http://www.w3.org/1999/xhtml";
constexpr std::string_view instance_namespace = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::size_t largest_text = 0xFFFFFF00;
// In scope at one place. They are searched one by one, and no record needs more than a few.
constexpr std::size_t most_declarations = 256;

struct Name {
  std::string_view prefix;
  std::string_view local;
};

Name split(std::string_view name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) {
    return {{}, name};
  }
  return {name.substr(0, colon), name.substr(colon + 1)};
}

bool is_declaration(const Name& name) {
  return name.prefix == "xmlns" || (name.prefix.empty() && name.local == "xmlns");
}

bool is_capital(char letter) {
  return letter >= 'A' && letter <= 'Z';
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

class XmlWalker {
 public:
  XmlWalker(tree::Tree& tree, Issues& issues, const ReadLimits& limits)
      : tree_(tree), issues_(issues), limits_(limits) {}

  bool run(std::string_view bytes);

 private:
  struct Level {
    pugi::xml_node next;  // child to be read
    NodeId node = no_node;
    NodeId last = no_node;
    std::size_t declarations = 0;  // in scope outside
    bool text_told = false;
    bool resource = false;
  };
  struct Declaration {
    std::string_view prefix;
    std::string_view uri;
  };
  struct Attribute {
    Name name;
    const char* written = nullptr;  // the whole name
    const char* value = nullptr;
  };

  bool parse();
  pugi::xml_node find_root();
  bool read_root(const pugi::xml_node& root);
  bool step();
  bool read_child(const pugi::xml_node& child);
  bool read_element(const pugi::xml_node& xml, const Name& name);
  bool read_resource(const pugi::xml_node& xml, const Name& name);
  bool read_xhtml(const pugi::xml_node& xml, const Name& name);
  [[nodiscard]] std::string outer_declarations(const Name& name, std::string_view text) const;
  void tell_text(const pugi::xml_node& text);
  bool gather_attributes(const pugi::xml_node& xml);
  [[nodiscard]] std::string_view namespace_of(std::string_view prefix) const;
  bool find_namespace(const pugi::xml_node& xml, const Name& name, std::string_view& uri);
  bool declare(const Attribute& attribute);
  [[nodiscard]] bool declares(std::string_view prefix) const;
  bool add_attributes(NodeId node, Level& level);
  bool add_attribute(const Attribute& attribute, NodeId node, Level& level);
  bool attribute_text(const char* value, std::string_view& text);
  void add_resource_type(std::string_view type, Level& level, std::uint32_t offset);
  bool push(Level level);
  void pop();

  /// pugixml's text is in the buffer, but for empty text, which may be a constant of its own.
  [[nodiscard]] std::uint32_t offset_of(const char* text) const {
    return *text == '\0' ? 0 : static_cast<std::uint32_t>(text - buffer_);
  }
  [[nodiscard]] std::uint32_t offset_of(const pugi::xml_node& xml) const {
    return offset_of(xml.name()) - 1;
  }
  bool syntax(std::size_t offset, std::string message) {
    return issues_.fail(Id::xml_syntax, offset, {std::move(message)});
  }

  tree::Tree& tree_;
  Issues& issues_;
  const ReadLimits& limits_;
  std::string_view source_;  // UTF-8
  char* buffer_ = nullptr;   // a copy of it that pugixml has written into
  pugi::xml_document document_;
  std::string_view expected_ = fhir_namespace;
  std::vector<Level> levels_;
  std::vector<Declaration> declarations_;
  std::vector<Attribute> attributes_;  // of the element being read, without namespace declarations
  std::size_t declared_outside_ = 0;   // declarations in scope before its own
};

bool XmlWalker::run(std::string_view bytes) {
  if (bytes.size() > largest_text) {
    return issues_.fail(Id::input_too_large, 0, {std::to_string(bytes.size()) + " bytes"});
  }
  std::optional<Fault> fault;
  source_ = decode_document(bytes, tree_.arena(), fault);
  if (fault) {
    return issues_.fail(fault->id, fault->offset, {fault->argument});
  }
  const std::size_t bom = source_.starts_with(utf8_bom) ? utf8_bom.size() : 0;
  if (std::all_of(source_.begin() + static_cast<std::ptrdiff_t>(bom), source_.end(), is_space)) {
    return issues_.fail(Id::input_empty, 0);
  }
  // pugixml's own nodes cost memory before ours are counted.
  const auto tags = static_cast<std::size_t>(std::count(source_.begin(), source_.end(), '<') / 2 +
                                             std::count(source_.begin(), source_.end(), '='));
  if (tags > limits_.nodes) {
    return issues_.fail(
        Id::input_too_large, 0,
        {"it has more than " + std::to_string(limits_.nodes) + " elements and attributes"});
  }
  if (!parse()) {
    return false;
  }
  const pugi::xml_node root = find_root();
  if (!root || !read_root(root)) {
    return false;
  }
  while (!levels_.empty()) {
    if (!step() || issues_.failed()) {
      return false;
    }
  }
  return true;
}

bool XmlWalker::parse() {
  buffer_ = tree_.arena().allocate(source_.size());
  std::copy(source_.begin(), source_.end(), buffer_);
  constexpr unsigned options = pugi::parse_cdata | pugi::parse_doctype | pugi::parse_fragment;
  const auto result =
      document_.load_buffer_inplace(buffer_, source_.size(), options, pugi::encoding_utf8);
  switch (result.status) {
    case pugi::status_ok:
      return true;
    case pugi::status_out_of_memory:
      throw std::bad_alloc();
    default:
      break;
  }
  const auto offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0));
  if (offset + 1 >= source_.size()) {
    return syntax(source_.size(), "the input ends before its outermost element is closed");
  }
  if (result.status == pugi::status_end_element_mismatch) {
    return syntax(offset, "this end tag does not match the start tag");
  }
  std::string message = result.description();
  message.front() = static_cast<char>(message.front() | 0x20);
  return syntax(offset, message);
}

pugi::xml_node XmlWalker::find_root() {
  pugi::xml_node root;
  for (const pugi::xml_node& child : document_.children()) {
    switch (child.type()) {
      case pugi::node_doctype:
        issues_.fail(Id::xml_doctype, source_.find("<!DOCTYPE"));
        return {};
      case pugi::node_element:
        if (root) {
          syntax(offset_of(child),
                 "a document has one outermost element, and this is a second one");
          return {};
        }
        root = child;
        break;
      default:
        syntax(offset_of(child.value()), "text is not allowed outside the outermost element");
        return {};
    }
  }
  if (!root) {
    syntax(source_.size(), "there is no element");
  }
  return root;
}

bool XmlWalker::read_root(const pugi::xml_node& root) {
  const Name name = split(root.name());
  std::string_view uri;
  if (!gather_attributes(root) || !find_namespace(root, name, uri)) {
    return false;
  }
  if (uri != fhir_namespace) {
    issues_.add(Id::xml_namespace, {tree::root_node, no_symbol}, offset_of(root),
                {std::string(name.local), std::string(uri), std::string(fhir_namespace)});
    expected_ = uri;
  }
  Level level;
  level.node = tree::root_node;
  level.next = root.first_child();
  level.resource = true;
  tree_[tree::root_node].offset = offset_of(root);
  add_resource_type(name.local, level, offset_of(root));
  return add_attributes(tree::root_node, level) && push(level);
}

bool XmlWalker::step() {
  Level& level = levels_.back();
  const pugi::xml_node child = level.next;
  if (!child) {
    pop();
    return true;
  }
  level.next = child.next_sibling();
  if (child.type() != pugi::node_element) {
    tell_text(child);
    return true;
  }
  return read_child(child);
}

void XmlWalker::pop() {
  const Level done = levels_.back();
  levels_.pop_back();
  declarations_.resize(done.declarations);
  // A resource and the element that holds it are one node.
  if (!levels_.empty() && levels_.back().node == done.node) {
    levels_.back().last = done.last;
  }
}

bool XmlWalker::push(Level level) {
  if (levels_.size() >= limits_.depth) {
    return issues_.fail(Id::nesting_too_deep, tree_[level.node].offset,
                        {std::to_string(limits_.depth)});
  }
  levels_.push_back(level);
  return true;
}

void XmlWalker::tell_text(const pugi::xml_node& text) {
  Level& level = levels_.back();
  if (level.text_told) {
    return;
  }
  level.text_told = true;
  const std::string_view type = tree_.resource_type(level.node);
  const std::string_view name = level.resource ? type : tree_.name_of(level.node);
  issues_.add(Id::xml_text, {level.node, no_symbol}, offset_of(text.value()),
              {std::string(name), on_one_line(text.value())});
}

bool XmlWalker::read_child(const pugi::xml_node& child) {
  const std::size_t outside = declarations_.size();
  const Name name = split(child.name());
  std::string_view uri;
  if (!gather_attributes(child) || !find_namespace(child, name, uri)) {
    return false;
  }
  const Place parent{levels_.back().node, no_symbol};
  const std::size_t depth = levels_.size();
  bool done = true;
  if (uri == xhtml_namespace) {
    done = read_xhtml(child, name);
  } else if (uri != expected_) {
    issues_.add(Id::xml_namespace, parent, offset_of(child),
                {std::string(name.local), std::string(uri), std::string(expected_)});
  } else if (name.local == "div") {
    issues_.add(Id::xml_namespace, parent, offset_of(child),
                {std::string(name.local), std::string(uri), std::string(xhtml_namespace)});
    done = read_xhtml(child, name);
  } else {
    // A resource has no value; an element that has one is no resource, whatever it is called.
    const bool resource = is_capital(name.local.front()) && !levels_.back().resource &&
                          !child.attribute("value");
    done = resource ? read_resource(child, name) : read_element(child, name);
  }
  if (levels_.size() > depth) {
    levels_.back().declarations = outside;
  } else {
    declarations_.resize(outside);
  }
  return done;
}

bool XmlWalker::read_element(const pugi::xml_node& xml, const Name& name) {
  if (tree_.size() > limits_.nodes) {
    return issues_.fail(Id::input_too_large, offset_of(xml),
                        {"it has more than " + std::to_string(limits_.nodes) + " elements"});
  }
  Node node;
  node.name = tree_.intern(name.local);
  node.element = node.name;
  node.offset = offset_of(xml);
  Level& parent = levels_.back();
  parent.last = tree_.insert(parent.node, parent.last, node);
  Level level;
  level.node = parent.last;
  level.next = xml.first_child();
  return add_attributes(level.node, level) && (!level.next || push(level));
}

/// `contained`, `resource` and the like hold one element that is named by a resource type; the tree
/// has one node for both.
bool XmlWalker::read_resource(const pugi::xml_node& xml, const Name& name) {
  Level& holder = levels_.back();
  if (tree_[holder.node].is(tree::resource)) {
    issues_.add(Id::xml_resource_count, {holder.node, no_symbol}, offset_of(xml),
                {std::string(tree_.name_of(holder.node))});
    return true;
  }
  Level level;
  level.node = holder.node;
  level.last = holder.last;
  level.next = xml.first_child();
  level.resource = true;
  add_resource_type(name.local, level, offset_of(xml));
  return add_attributes(level.node, level) && push(level);
}

void XmlWalker::add_resource_type(std::string_view type, Level& level, std::uint32_t offset) {
  Node node;
  node.name = tree_.intern("resourceType");
  node.element = node.name;
  node.bytes = type.data();
  node.length = static_cast<std::uint32_t>(type.size());
  node.offset = offset;
  node.kind = Kind::string;
  node.flags = tree::meta | tree::generated;
  level.last = tree_.insert(level.node, level.last, node);
  tree_[level.node].flags = static_cast<std::uint8_t>(tree_[level.node].flags | tree::resource);
}

/// Declarations from further out that an element's source needs to say all by itself.
std::string XmlWalker::outer_declarations(const Name& name, std::string_view text) const {
  const bool narrative = namespace_of({}) == xhtml_namespace;
  std::vector<std::string_view> told;
  std::string out;
  for (std::size_t i = declared_outside_; i-- > 0;) {
    const auto& [prefix, uri] = declarations_[i];
    const bool own = prefix == name.prefix && (!prefix.empty() || narrative);
    if ((!own && !uses_prefix(text, prefix)) || declares(prefix) ||
        std::find(told.begin(), told.end(), prefix) != told.end()) {
      continue;
    }
    told.push_back(prefix);
    out += prefix.empty() ? " xmlns" : " xmlns:";
    out += prefix;
    out += "=\"";
    append_xml_attribute(out, uri);
    out += '"';
  }
  return out;
}

/// The element's source as it stands, with the declarations it needs.
bool XmlWalker::read_xhtml(const pugi::xml_node& xml, const Name& name) {
  const std::size_t start = offset_of(xml);
  std::optional<Fault> fault;
  const std::size_t end = element_end(source_, start, fault);
  if (fault) {
    return syntax(fault->offset, fault->argument);
  }
  const std::string_view text = source_.substr(start, end - start);
  const std::string declarations = outer_declarations(name, text);
  std::string_view kept;
  if (declarations.empty()) {
    kept = tree_.arena().copy(text);
  } else {
    const std::size_t behind_name = 1 + std::string_view(xml.name()).size();
    std::string whole(text);
    kept = tree_.arena().copy(whole.insert(behind_name, declarations));
  }
  Node node;
  node.name = tree_.intern(name.local);
  node.element = node.name;
  node.bytes = kept.data();
  node.length = static_cast<std::uint32_t>(kept.size());
  node.offset = static_cast<std::uint32_t>(start);
  node.kind = Kind::xhtml;
  Level& parent = levels_.back();
  parent.last = tree_.insert(parent.node, parent.last, node);
  return true;
}

/// Takes the element's namespace declarations in and keeps its other attributes for
/// add_attributes().
bool XmlWalker::gather_attributes(const pugi::xml_node& xml) {
  constexpr std::size_t compared = 64;  // more are a finding each, and reading stops at them
  attributes_.clear();
  declared_outside_ = declarations_.size();
  for (pugi::xml_attribute at = xml.first_attribute(); at; at = at.next_attribute()) {
    const std::string_view written = at.name();
    const Attribute attribute{split(written), at.name(), at.value()};
    if (is_declaration(attribute.name)) {
      if (!declare(attribute)) {
        return false;
      }
      continue;
    }
    const auto same = [written](const Attribute& known) { return known.written == written; };
    if (attributes_.size() < compared &&
        std::any_of(attributes_.begin(), attributes_.end(), same)) {
      return syntax(offset_of(at.name()),
                    "the attribute " + std::string(written) + " occurs twice");
    }
    attributes_.push_back(attribute);
  }
  return true;
}

bool XmlWalker::declare(const Attribute& attribute) {
  Declaration declaration;
  declaration.prefix = attribute.name.prefix.empty() ? std::string_view{} : attribute.name.local;
  if (declares(declaration.prefix)) {
    return syntax(offset_of(attribute.written), "a namespace is declared twice");
  }
  if (declarations_.size() >= most_declarations) {
    return issues_.fail(Id::input_too_large, offset_of(attribute.written),
                        {"it has too many namespace declarations"});
  }
  declarations_.push_back(declaration);
  return attribute_text(attribute.value, declarations_.back().uri);
}

/// Whether the element being read declares the prefix itself.
bool XmlWalker::declares(std::string_view prefix) const {
  return std::any_of(declarations_.begin() + static_cast<std::ptrdiff_t>(declared_outside_),
                     declarations_.end(),
                     [prefix](const Declaration& known) { return known.prefix == prefix; });
}

std::string_view XmlWalker::namespace_of(std::string_view prefix) const {
  const auto found =
      std::find_if(declarations_.rbegin(), declarations_.rend(),
                   [prefix](const Declaration& known) { return known.prefix == prefix; });
  return found == declarations_.rend() ? std::string_view{} : found->uri;
}

bool XmlWalker::find_namespace(const pugi::xml_node& xml, const Name& name, std::string_view& uri) {
  uri = namespace_of(name.prefix);
  if (name.local.empty()) {
    return syntax(offset_of(xml), "an element must have a name");
  }
  if (uri.empty() && !name.prefix.empty()) {
    return syntax(offset_of(xml), "the prefix " + std::string(name.prefix) + " is not declared");
  }
  return true;
}

bool XmlWalker::add_attributes(NodeId node, Level& level) {
  return std::all_of(attributes_.begin(), attributes_.end(), [&](const Attribute& attribute) {
    return add_attribute(attribute, node, level);
  });
}

bool XmlWalker::add_attribute(const Attribute& attribute, NodeId node, Level& level) {
  const Name& name = attribute.name;
  std::string_view text;
  if (!attribute_text(attribute.value, text)) {
    return false;
  }
  const bool value = name.local == "value";
  const bool known = name.prefix.empty() && !level.resource &&
                     (value || name.local == "id" || name.local == "url");
  if (!known) {
    const bool instance = !name.prefix.empty() && namespace_of(name.prefix) == instance_namespace;
    if (!instance) {
      const std::string_view owner =
          level.resource ? tree_.resource_type(node) : tree_.name_of(node);
      issues_.add(Id::xml_unknown_attribute, {node, no_symbol}, offset_of(attribute.written),
                  {std::string(attribute.written), std::string(owner)});
    }
    return true;
  }
  if (value) {
    tree_[node].bytes = text.data();
    tree_[node].length = static_cast<std::uint32_t>(text.size());
    tree_[node].kind = Kind::string;
    return true;
  }
  Node child;
  child.name = tree_.intern(name.local);
  child.element = child.name;
  child.bytes = text.data();
  child.length = static_cast<std::uint32_t>(text.size());
  child.offset = offset_of(attribute.written);
  child.kind = Kind::string;
  child.flags = tree::attribute;
  level.last = tree_.insert(node, level.last, child);
  return true;
}

bool XmlWalker::attribute_text(const char* value, std::string_view& text) {
  const std::string_view raw = value;
  if (raw.empty()) {
    text = {};
    return true;
  }
  const std::uint32_t start = offset_of(raw.data());
  std::optional<Fault> fault;
  text = decode_attribute(buffer_ + start, raw.size(), fault);
  return !fault || syntax(start + fault->offset, fault->argument);
}

}  // namespace

bool read_xml(std::string_view bytes, tree::Tree& tree, finding::Sink& sink,
              const ReadLimits& limits) {
  const tree::Builder root(tree);
  tree.set_source(bytes);
  tree.set_kinds_open(true);
  Issues issues;
  const bool done = XmlWalker(tree, issues, limits).run(bytes);
  issues.report(tree, sink);
  return done;
}

}  // namespace lhcr::format
