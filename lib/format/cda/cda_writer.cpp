// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/names.hpp"
#include "base/text.hpp"
#include "format/cda/cda_parts.hpp"

namespace lhcr::format {
namespace {

bool is_root(std::string_view name) {
  return name == "ClinicalDocument" || name == "itk:DistributionEnvelope";
}

class Writer {
 public:
  Writer(const tree::Tree& tree, const WriteStyle& style, std::string& out)
      : tree_(tree), style_(style), out_(out) {}

  /// Declares at the outermost element what it needs, and no more.
  void alone() { alone_ = true; }

  void element(tree::NodeId id, std::size_t depth, bool pretty) {
    const std::string_view name = tree_.name_of(id);
    out_ += '<';
    out_ += name;
    if (depth == 0 && (alone_ || is_root(name))) {
      declarations(id);
    }
    bool empty = tree_[id].length == 0;
    bool mixed = tree_[id].length > 0 || name == "text" || name == "title";
    for (const tree::NodeId child : tree_.children(id)) {
      if (tree_[child].is(tree::Flag::attribute)) {
        attribute(child);
      } else {
        empty = false;
        mixed = mixed || tree_[child].kind == tree::Kind::text;
      }
    }
    if (empty) {
      out_ += "/>";
      return;
    }
    out_ += '>';
    append_xml_text(out_, tree_[id].text());
    content(id, depth, pretty && !mixed);
    out_ += "</";
    out_ += name;
    out_ += '>';
    style_.drain_much(out_);
  }

 private:
  void declarations(tree::NodeId root) {
    if (tree_.child(root, name::xmlns) == tree::no_node) {
      out_ += " xmlns=\"urn:hl7-org:v3\"";
    }
    for (const CdaNamespace& known : cda_namespaces) {
      if ((known.always && !alone_) || uses(root, known.prefix)) {
        out_.append(" xmlns:").append(known.prefix).append("=\"").append(known.uri).append("\"");
      }
    }
  }

  [[nodiscard]] bool uses(tree::NodeId id, std::string_view prefix) const {
    const std::string_view name = tree_.name_of(id);
    if (name.size() > prefix.size() && name[prefix.size()] == ':' && name.starts_with(prefix)) {
      return true;
    }
    const tree::Children children = tree_.children(id);
    return std::any_of(children.begin(), children.end(),
                       [&](tree::NodeId child) { return uses(child, prefix); });
  }

  void attribute(tree::NodeId id) {
    out_ += ' ';
    out_ += tree_.name_of(id);
    out_ += "=\"";
    append_xml_attribute(out_, tree_[id].text());
    out_ += '"';
  }

  void content(tree::NodeId id, std::size_t depth, bool pretty) {
    for (const tree::NodeId child : tree_.children(id)) {
      if (tree_[child].is(tree::Flag::attribute)) {
        continue;
      }
      if (tree_[child].kind == tree::Kind::text) {
        append_xml_text(out_, tree_[child].text());
        continue;
      }
      line(depth + 1, pretty);
      element(child, depth + 1, pretty);
    }
    line(depth, pretty);
  }

  void line(std::size_t depth, bool pretty) {
    if (pretty && style_.pretty) {
      out_ += '\n';
      out_.append(depth * 2, ' ');
    }
  }

  const tree::Tree& tree_;
  const WriteStyle& style_;
  std::string& out_;
  bool alone_ = false;
};

}  // namespace

void write_cda(const tree::Tree& tree, tree::NodeId node, const WriteStyle& style,
               std::string& out) {
  const bool document = is_root(tree.name_of(node));
  if (document) {
    out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  }
  Writer(tree, style, out).element(node, 0, true);
  if (document) {
    out += '\n';
  }
}

void write_cda_alone(const tree::Tree& tree, tree::NodeId node, std::string& out) {
  const WriteStyle plain{false};
  Writer writer(tree, plain, out);
  writer.alone();
  writer.element(node, 0, false);
}

}  // namespace lhcr::format
