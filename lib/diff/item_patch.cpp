// SPDX-License-Identifier: Apache-2.0
#include "diff/item_patch.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/text.hpp"
#include "diff/describe.hpp"
#include "diff/json.hpp"
#include "diff/json_member.hpp"
#include "tree/nodes.hpp"
#include "tree/paths.hpp"

namespace lhcr::diff {
namespace {

/// What an item is: one of another use or system is another item (PDS: "the use and system must be
/// the same as the telecom you're modifying").
constexpr std::string_view nature[] = {"url", "system", "use"};
/// What a test asks of an item before it is removed, the first that it has.
constexpr std::string_view tested[] = {"id", "url"};

/// The node at the root that `node` is, or is below.
NodeId top_of(const Tree& tree, NodeId node) {
  while (node != no_node && node != tree::root_node && tree[node].parent != tree::root_node) {
    node = tree[node].parent;
  }
  return node == tree::root_node ? no_node : node;
}

bool is_item(const Tree& tree, NodeId node) {
  return node != no_node && tree[node].is(Flag::list) && tree[node].kind == Kind::object;
}

class ItemPatchWriter {
 public:
  explicit ItemPatchWriter(const Script& script)
      : left_(*script.left.tree), right_(*script.right.tree), paths_(left_) {
    for (const Change& change : script.changes) sort(change);
  }

  ItemPatch write() {
    for (const std::string& name : members_) write_member(name);
    for (const auto& [left, right] : replaced_) {
      op("replace", path_of(left), with_id_of(left, right));
    }
    for (auto item = removed_.rbegin(); item != removed_.rend(); ++item) write_removed(*item);
    for (const NodeId item : added_) {
      op("add", member_path(right_.name_of(item)) + "/-", added_value(item));
    }
    const std::string all = joined(operations_);
    lists_.insert(lists_.end(), operations_.begin(), operations_.end());
    take_out_empty();
    return {"[" + all + "]", "[" + joined(lists_) + "]"};
  }

 private:
  void sort(const Change& change) {
    const bool nothing = change.what == What::rewrite || change.level == Level::same;
    const NodeId left = top_of(left_, change.left != no_node ? change.left : change.left_parent);
    const NodeId right =
        top_of(right_, change.right != no_node ? change.right : change.right_parent);
    const bool order = change.what == What::moved && change.left_parent == tree::root_node;
    if (nothing || order) return;
    const bool items =
        (left == no_node || is_item(left_, left)) && (right == no_node || is_item(right_, right));
    if (!items) {
      if (left != no_node) members_.insert(std::string(left_.name_of(left)));
      if (right != no_node) members_.insert(std::string(right_.name_of(right)));
    } else if (left != no_node && right != no_node && same_nature(left, right)) {
      replaced_[left] = right;
    } else {
      if (left != no_node) removed_.insert(left);
      if (right != no_node) added_.insert(right);
    }
  }

  [[nodiscard]] bool same_nature(NodeId left, NodeId right) const {
    return std::all_of(std::begin(nature), std::end(nature), [&](std::string_view name) {
      return tree::child_text(left_, left, name) == tree::child_text(right_, right, name);
    });
  }

  [[nodiscard]] static std::string member_path(std::string_view name) {
    std::string path = "/";
    append_token(path, name);
    return path;
  }
  [[nodiscard]] std::string path_of(NodeId item) { return json_pointer(paths_, item); }

  void op(std::string_view name, const std::string& path, const std::string& value = {}) {
    std::string text = R"({"op":")" + std::string(name) + R"(","path":)" + json_string(path);
    if (!value.empty()) text += R"(,"value":)" + value;
    operations_.push_back(text + "}");
  }
  static std::string joined(const std::vector<std::string>& operations) {
    std::string out;
    for (const std::string& each : operations) out += (out.empty() ? "\n" : ",\n") + each;
    return out.empty() ? out : out + "\n";
  }

  [[nodiscard]] static bool has_member(const Tree& tree, std::string_view name) {
    const auto children = tree.children(tree::root_node);
    return std::any_of(children.begin(), children.end(),
                       [&](NodeId child) { return tree.name_of(child) == name; });
  }
  [[nodiscard]] static Member member_of(const Tree& tree, std::string_view name) {
    for (const NodeId child : tree.children(tree::root_node)) {
      if (tree.name_of(child) == name) return {tree, child};
    }
    return {tree, no_node};
  }
  void write_member(const std::string& name) {
    const Member left = member_of(left_, name);
    const Member right = member_of(right_, name);
    for (const bool part : {false, true}) {
      const std::string before = left.json(part);
      const std::string after = right.json(part);
      const std::string path = member_path((part ? "_" : "") + name);
      if (before == after) continue;
      op(after.empty() ? "remove" : (before.empty() ? "add" : "replace"), path, after);
    }
  }

  /// The right item under the id that the left one has.
  [[nodiscard]] std::string with_id_of(NodeId left, NodeId right) const {
    const std::string text = json_of(right_, right);
    const JsonDocument item(text, "item");
    const NodeId id = tree::child_node(left_, left, "id");
    std::string out = id == no_node ? "" : "\"id\":" + json_string(left_[id].text());
    for (std::size_t at = 0; at < item.root().names.size(); ++at) {
      if (item.root().names[at] == "id") continue;
      out += (out.empty() ? "" : ",") + json_string(item.root().names[at]) + ":";
      out += item.root().items[at].raw;
    }
    return "{" + out + "}";
  }
  /// An id is given by who keeps the record.
  [[nodiscard]] std::string added_value(NodeId item) {
    const std::string_view name = right_.name_of(item);
    if (!has_member(left_, name) && made_.insert(std::string(name)).second) {
      lists_.push_back(R"({"op":"add","path":)" + json_string(member_path(name)) +
                       R"(,"value":[]})");
    }
    return with_id_of(no_node, item);
  }

  /// A list of which every item is removed is none in FHIR.
  void take_out_empty() {
    std::set<std::string> names;
    for (const NodeId item : removed_) names.emplace(left_.name_of(item));
    for (const std::string& name : names) {
      if (has_member(right_, name)) continue;
      lists_.push_back(R"({"op":"remove","path":)" + json_string(member_path(name)) + "}");
    }
  }

  void write_removed(NodeId item) {
    const std::string path = path_of(item);
    const auto name = std::find_if(
        std::begin(tested), std::end(tested),
        [&](std::string_view each) { return tree::child_node(left_, item, each) != no_node; });
    if (name == std::end(tested)) {
      op("test", path, json_of(left_, item));
    } else {
      op("test", path + "/" + std::string(*name),
         json_string(tree::child_text(left_, item, *name)));
    }
    op("remove", path);
  }

  const Tree& left_;
  const Tree& right_;
  tree::Paths paths_;
  std::set<std::string> members_;
  std::map<NodeId, NodeId> replaced_;
  std::set<NodeId> removed_;  ///< in the order of the record
  std::set<NodeId> added_;
  std::vector<std::string> operations_;
  std::vector<std::string> lists_;  ///< that make what the left record lacks
  std::set<std::string> made_;
};

/// The last child of the root that has a name, or of all when none has.
NodeId last_named(const Tree& tree, std::string_view name) {
  NodeId named = no_node;
  NodeId last = no_node;
  for (const NodeId child : tree.children(tree::root_node)) {
    last = child;
    if (tree.name_of(child) == name) named = child;
  }
  return named == no_node ? last : named;
}

bool is_removed_at_root(const Change& change) {
  return change.what == What::removed && change.left_parent == tree::root_node;
}

/// A choice of another type stands in the place of the one before.
bool is_taken(const Tree& left, NodeId node, const Tree& right) {
  return !left[node].is(Flag::list) &&
         tree::child_node(right, tree::root_node, left.name(left[node].element)) != no_node;
}

}  // namespace

ItemPatch write_item_patch(const Script& script) {
  return ItemPatchWriter(script).write();
}

void keep_removed(const Script& script, Tree& right) {
  const Tree& left = *script.left.tree;
  std::vector<NodeId> kept;
  for (const Change& change : script.changes) {
    if (is_removed_at_root(change)) kept.push_back(change.left);
  }
  std::sort(kept.begin(), kept.end());
  for (const NodeId node : kept) {
    if (is_taken(left, node, right)) continue;
    copy_node(left, node, right, tree::root_node, last_named(right, left.name_of(node)));
  }
}

std::string removed_paths(const Script& script) {
  constexpr std::size_t most = 3;
  std::string out;
  std::size_t count = 0;
  for (const Change& change : script.changes) {
    if (change.what != What::removed || ++count > most) continue;
    out += (out.empty() ? "" : ", ") + tree::path_of(*script.left.tree, change.left);
  }
  return count > most ? out + " and " + std::to_string(count - most) + " more" : out;
}

}  // namespace lhcr::diff
