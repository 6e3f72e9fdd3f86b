// SPDX-License-Identifier: Apache-2.0
/// FHIR XML from the tree. Recursion is as deep as the tree, which the readers limit.
#include <algorithm>

#include "base/text.hpp"
#include "format/format.hpp"
#include "format/xml/xml_parser.hpp"

namespace lhcr::format {
namespace {

using tree::Kind;
using tree::Node;
using tree::NodeId;

bool is_name_start(char byte) {
  const char lower = static_cast<char>(byte | 0x20);
  return (lower >= 'a' && lower <= 'z') || byte == '_' || static_cast<unsigned char>(byte) >= 0x80;
}

bool is_name_byte(char byte) {
  return is_name_start(byte) || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.';
}

class XmlWriter {
 public:
  XmlWriter(const tree::Tree& tree, const WriteStyle& style, std::string& out)
      : tree_(tree), style_(style), pretty_(style.pretty), out_(out) {}

  void document(NodeId id) {
    out_ += R"(<?xml version="1.0" encoding="UTF-8"?>)";
    new_line();
    resource(id, R"( xmlns="http://hl7.org/fhir")");
  }

 private:
  void resource(NodeId id, std::string_view declaration) {
    const std::string name = element_name(tree_.resource_type(id));
    out_ += '<' + name;
    out_ += declaration;
    content(id, name);
  }

  void element(NodeId id) {
    const Node& node = tree_[id];
    new_line();
    if (node.kind == Kind::xhtml) {
      xhtml(node.text());
      return;
    }
    const std::string name = element_name(tree_.name_of(id));
    out_ += '<' + name;
    attributes(id);
    if (!node.is(tree::resource)) {
      content(id, name);
      return;
    }
    out_ += '>';
    ++depth_;
    new_line();
    resource(id, {});
    --depth_;
    new_line();
    end_tag(name);
  }

  /// What follows the start tag's attributes, up to the end tag.
  void content(NodeId id, const std::string& name) {
    bool open = false;
    ++depth_;
    for (const NodeId child : tree_.children(id)) {
      if (is_element(tree_[child])) {
        out_ += open ? "" : ">";
        open = true;
        element(child);
      }
    }
    --depth_;
    if (!open) {
      out_ += "/>";
      return;
    }
    new_line();
    end_tag(name);
    style_.drain_much(out_);
  }

  void end_tag(const std::string& name) {
    out_ += "</";
    out_ += name;
    out_ += '>';
  }

  void attributes(NodeId id) {
    for (const NodeId child : tree_.children(id)) {
      if (tree_[child].is(tree::attribute)) {
        attribute(tree_.name_of(child), tree_[child].text());
      }
    }
    const Node& node = tree_[id];
    if (node.kind != Kind::object && node.kind != Kind::null) {
      attribute("value", node.text());
    }
  }

  void attribute(std::string_view name, std::string_view text) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    append_xml_attribute(out_, text);
    out_ += '"';
  }

  [[nodiscard]] static bool is_element(const Node& node) {
    return !node.is(tree::attribute) && !node.is(tree::meta) && node.name != no_symbol;
  }

  /// JSON may name a member in any way; XML must stay well-formed.
  [[nodiscard]] static std::string element_name(std::string_view written) {
    std::string name(written);
    std::replace_if(
        name.begin(), name.end(), [](char byte) { return !is_name_byte(byte); }, '_');
    if (name.empty() || !is_name_start(name.front())) {
      name.insert(name.begin(), '_');
    }
    return name;
  }

  void xhtml(std::string_view text) {
    while (!text.empty() && is_space(text.front())) {
      text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
      text.remove_suffix(1);
    }
    if (is_well_formed_element(text)) {
      out_ += text;
      return;
    }
    out_ += "<div xmlns=\"";
    out_ += xhtml_namespace;
    out_ += "\">";
    append_xml_text(out_, text);
    out_ += "</div>";
  }

  void new_line() {
    if (pretty_) {
      append_new_line(out_, depth_);
    }
  }

  const tree::Tree& tree_;
  const WriteStyle& style_;
  bool pretty_;
  std::string& out_;
  std::size_t depth_ = 0;
};

}  // namespace

void write_xml(const tree::Tree& tree, NodeId node, const WriteStyle& style, std::string& out) {
  XmlWriter(tree, style, out).document(node);
}

}  // namespace lhcr::format
