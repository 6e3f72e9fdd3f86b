// SPDX-License-Identifier: Apache-2.0
/// Members of JSON objects as the element tree has them, and how a patch names them. For this room
/// only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diff/names.hpp"
#include "format/format.hpp"
#include "format/json/json_part.hpp"

namespace lhcr::diff {

inline bool is_value(const Node& node) {
  return node.kind != Kind::object;
}

/// Appends a reference token of a JSON Pointer (RFC 6901 section 3).
inline void append_token(std::string& out, std::string_view name) {
  for (const char byte : name) {
    if (byte == '~') {
      out += "~0";
    } else if (byte == '/') {
      out += "~1";
    } else {
      out += byte;
    }
  }
}

/// One member of an object: a value or all items of a list, and the parts of primitives beside it.
class Member {
 public:
  /// `first`: its first node; no_node: the object has no such member.
  Member(const Tree& tree, NodeId first) : tree_(tree), first_(first) {
    for (NodeId at = first; at != no_node; at = tree[at].next) {
      if (tree[at].name != tree[first].name) break;
      nodes_.push_back(at);
      list_ = list_ || tree[at].is(Flag::list) || nodes_.size() > 1;
      has_value_ = has_value_ || tree[at].kind != Kind::null;
      has_part_ = has_part_ || (is_value(tree[at]) && tree[at].child != no_node);
    }
  }
  [[nodiscard]] std::string_view name() const {
    return first_ == no_node ? std::string_view{} : tree_.name_of(first_);
  }
  [[nodiscard]] bool is_list() const noexcept { return list_; }
  /// JSON of the value, or of the `_name` part; empty when there is none.
  [[nodiscard]] std::string json(bool part) const {
    std::string out;
    if (part ? !has_part_ : !has_value_) return out;
    out += list_ ? "[" : "";
    for (std::size_t at = 0; at < nodes_.size(); ++at) {
      out += at > 0 ? "," : "";
      part ? format::write_json_part(tree_, nodes_[at], format::one_line, out)
           : format::write_json_value(tree_, nodes_[at], format::one_line, out);
    }
    out += list_ ? "]" : "";
    return out;
  }

 private:
  const Tree& tree_;
  NodeId first_;
  std::vector<NodeId> nodes_;
  bool list_ = false;
  bool has_value_ = false;
  bool has_part_ = false;
};

}  // namespace lhcr::diff
