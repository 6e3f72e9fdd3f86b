// SPDX-License-Identifier: Apache-2.0
/// FHIR JSON from the tree. Recursion is as deep as the tree, which the readers limit.
#include "base/text.hpp"
#include "format/format.hpp"
#include "format/json/json_part.hpp"

namespace lhcr::format {
namespace {

using tree::Kind;
using tree::no_node;
using tree::Node;
using tree::NodeId;

/// A run of siblings with one name: a single element, or all members of a list.
struct Group {
  NodeId first = no_node;
  NodeId after = no_node;  // first sibling behind the group
  bool list = false;
  bool has_value = false;
  bool has_part = false;  // a primitive with id or extensions
};

class JsonWriter {
 public:
  JsonWriter(const tree::Tree& tree, const WriteStyle& style, std::string& out)
      : tree_(tree), style_(style), pretty_(style.pretty), out_(out) {}

  void value(NodeId id) {
    const Node& node = tree_[id];
    switch (node.kind) {
      case Kind::object:
        object(id);
        break;
      case Kind::null:
        out_ += "null";
        break;
      case Kind::number:
      case Kind::boolean:
        out_ += node.text();
        break;
      default:
        append_json_string(out_, node.text());
    }
  }

  void part(NodeId id) {
    if (has_part(tree_[id])) {
      object(id);
    } else {
      out_ += "null";
    }
  }

 private:
  void object(NodeId id) {
    bool first = true;
    open('{');
    const NodeId type = resource_type(id);
    if (type != no_node) {
      name(type, "", first);
      value(type);
    }
    for (NodeId at = tree_[id].child; at != no_node;) {
      Group group = group_at(at);
      group.has_value = group.has_value && at != type;
      if (tree_[at].name != no_symbol) {
        member(group, first);
      }
      at = group.after;
    }
    close('}', first);
    style_.drain_much(out_);
  }

  void member(const Group& group, bool& first) {
    if (group.has_value) {
      name(group.first, "", first);
      items(group, &JsonWriter::value);
    }
    if (group.has_part) {
      name(group.first, "_", first);
      items(group, &JsonWriter::part);
    }
  }

  void items(const Group& group, void (JsonWriter::*write)(NodeId)) {
    if (!group.list) {
      (this->*write)(group.first);
      return;
    }
    bool first = true;
    open('[');
    for (NodeId at = group.first; at != group.after; at = tree_[at].next) {
      next(first);
      (this->*write)(at);
    }
    close(']', first);
  }

  [[nodiscard]] static bool has_part(const Node& node) {
    return node.kind != Kind::object && node.child != no_node;
  }

  [[nodiscard]] Group group_at(NodeId id) const {
    Group group;
    group.first = id;
    group.list = tree_[id].is(tree::list);
    for (NodeId at = id; at != no_node && tree_[at].name == tree_[id].name; at = tree_[at].next) {
      group.list = group.list || at != id;
      group.has_value = group.has_value || tree_[at].kind != Kind::null;
      group.has_part = group.has_part || has_part(tree_[at]);
      group.after = tree_[at].next;
    }
    return group;
  }

  /// `resourceType` goes first wherever it stands in the tree.
  [[nodiscard]] NodeId resource_type(NodeId id) const {
    if (tree_[id].is(tree::resource)) {
      for (const NodeId child : tree_.children(id)) {
        if (tree_[child].is(tree::meta)) {
          return child;
        }
      }
    }
    return no_node;
  }

  void name(NodeId id, std::string_view prefix, bool& first) {
    next(first);
    out_ += '"';
    out_ += prefix;
    append_json_escaped(out_, tree_.name_of(id));
    out_ += pretty_ ? "\": " : "\":";
  }

  void next(bool& first) {
    if (!first) {
      out_ += ',';
    }
    first = false;
    new_line();
  }

  void open(char bracket) {
    out_ += bracket;
    ++depth_;
  }

  void close(char bracket, bool empty) {
    --depth_;
    if (!empty) {
      new_line();
    }
    out_ += bracket;
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

void write_json(const tree::Tree& tree, NodeId node, const WriteStyle& style, std::string& out) {
  JsonWriter(tree, style, out).value(node);
}

std::string json_of_record(const tree::Tree& tree) {
  std::string out;
  write_json(tree, tree::root_node, one_line, out);
  return out;
}

void write_json_value(const tree::Tree& tree, NodeId node, const WriteStyle& style,
                      std::string& out) {
  JsonWriter(tree, style, out).value(node);
}

void write_json_part(const tree::Tree& tree, NodeId node, const WriteStyle& style,
                     std::string& out) {
  JsonWriter(tree, style, out).part(node);
}

}  // namespace lhcr::format
