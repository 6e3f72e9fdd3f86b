// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "diff/json_member.hpp"
#include "diff/patch.hpp"

namespace lhcr::diff {

namespace {

void append_step(tree::Paths& paths, NodeId node, bool part, std::string& out) {
  out += part ? "/_" : "/";
  append_token(out, paths.tree().name_of(node));
  if (const auto place = paths.place_in_list(node)) out += '/' + std::to_string(*place);
}

/// The pointer of `node`; with `inside`, of the object that holds its children.
std::string pointer(tree::Paths& paths, NodeId node, bool inside) {
  const Tree& tree = paths.tree();
  std::vector<NodeId> steps;
  for (NodeId at = node; at != tree::root_node && at != no_node; at = tree[at].parent) {
    steps.push_back(at);
  }
  std::string out;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    append_step(paths, *step, is_value(tree[*step]) && (inside || *step != node), out);
  }
  return out;
}

class JsonPatchWriter {
 public:
  JsonPatchWriter(const Script& script, std::string& out)
      : left_(*script.left.tree), right_(*script.right.tree), left_paths_(left_), out_(out) {}

  void write(const Change& change) {
    if (change.json_covered) return;
    switch (change.what) {
      case What::changed:
        changed(change);
        break;
      case What::removed:
        op("remove", pointer(left_paths_, change.left, false));
        end();
        break;
      case What::added:
        op("add", in_list(change, right_.name_of(change.right), change.to));
        value(change.right);
        break;
      case What::moved:
        moved(change);
        break;
      case What::rewrite:
        rewrite(change);
        break;
    }
  }

  void finish() { out_ += any_ ? "\n]\n" : "[]\n"; }

 private:
  void op(std::string_view name, const std::string& path) {
    out_ += any_ ? ",\n" : "[\n";
    any_ = true;
    out_ += R"({"op":")";
    out_ += name;
    out_ += R"(","path":)";
    append_json_string(out_, path);
  }
  void end() { out_ += '}'; }
  void value(NodeId node) {
    out_ += R"(,"value":)";
    format::write_json_value(right_, node, format::one_line, out_);
    end();
  }

  [[nodiscard]] std::string in_list(const Change& change, std::string_view name,
                                    std::uint32_t place) {
    std::string path = pointer(left_paths_, change.left_parent, true) + '/';
    append_token(path, name);
    return path + '/' + std::to_string(place);
  }

  void changed(const Change& change) {
    const std::string path = pointer(left_paths_, change.left, false);
    if (right_[change.right].kind == Kind::null) {
      op("remove", path);
      return end();
    }
    op(left_[change.left].kind == Kind::null ? "add" : "replace", path);
    value(change.right);
  }

  void moved(const Change& change) {
    const std::string_view name = left_.name_of(change.left);
    op("move", in_list(change, name, change.to));
    out_ += R"(,"from":)";
    append_json_string(out_, in_list(change, name, change.from));
    end();
  }

  void rewrite(const Change& change) {
    const Member left(left_, change.left);
    const Member right(right_, change.right);
    const std::string parent = pointer(left_paths_, change.left_parent, true) + '/';
    for (const bool part : {false, true}) {
      const std::string one = left.json(part);
      const std::string other = right.json(part);
      const bool same_name = left.name() == right.name();
      if (!one.empty() && (other.empty() || !same_name)) {
        op("remove", path_of_member(parent, left.name(), part));
        end();
      }
      if (other.empty() || (same_name && one == other)) continue;
      op(!one.empty() && same_name ? "replace" : "add", path_of_member(parent, right.name(), part));
      out_ += R"(,"value":)" + other;
      end();
    }
  }

  static std::string path_of_member(const std::string& parent, std::string_view name, bool part) {
    std::string path = parent + (part ? "_" : "");
    append_token(path, name);
    return path;
  }

  const Tree& left_;
  const Tree& right_;
  tree::Paths left_paths_;
  std::string& out_;
  bool any_ = false;
};

}  // namespace

std::string json_pointer(tree::Paths& paths, NodeId node) {
  return pointer(paths, node, false);
}

void write_json_patch(const Script& script, std::string& out) {
  JsonPatchWriter writer(script, out);
  for (const Change& change : script.changes) writer.write(change);
  writer.finish();
}

}  // namespace lhcr::diff
