// SPDX-License-Identifier: Apache-2.0
/// What remains to be done when all rules have run: empty elements and labels.
#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {
namespace {

struct Label {
  Effect effect;
  std::string_view system;
  std::string_view code;
  std::string_view display;
};
constexpr std::array labels{
#define LHCR_LABEL(effect, system, code, display) Label{Effect::effect, system, code, display},
#include "privacy/labels.def"
#include "tree/nodes.hpp"
#undef LHCR_LABEL
};

/// How much of an element is left.
enum class Left { nothing, masks, values };

class Pruner {
 public:
  explicit Pruner(Work& work) : work_(work) {}

  // Depth is that of the record, which the reader bounds.
  Left prune(tree::NodeId node) {
    Left left = work_.has_value(node) ? Left::values : Left::nothing;
    work_.unlink_children(node, [&](tree::NodeId child) { return goes(child, left); });
    // A resource is there although nothing is told about it.
    return work_.tree[node].is(tree::Flag::resource) ? Left::values : left;
  }

 private:
  bool goes(tree::NodeId child, Left& left) {
    if (work_.tree[child].is(tree::Flag::meta)) return false;
    Left of_child = prune(child);
    if (of_child != Left::values && must_stay(child)) {
      if (of_child == Left::nothing) mask(child);
      of_child = Left::masks;
    } else if (of_child == Left::masks) {
      of_child = Left::nothing;
    }
    left = std::max(left, of_child);
    return of_child == Left::nothing;
  }

  /// What must be there, and what changes the meaning of the rest: without its "not taken" a record
  /// would say the opposite (R4, 2.4.1).
  [[nodiscard]] bool must_stay(tree::NodeId node) const {
    if (work_.modifier_urls.contains(node)) return true;
    if (!work_.policy.keep_required) return false;
    const tree::Node& child = work_.tree[node];
    const definition::Child* row =
        work_.definitions.child(work_.tree[child.parent].type, child.name);
    if (row == nullptr || row->definition == definition::no_element) return false;
    const definition::Element element = work_.definitions.element(row->definition);
    return element.modifier || element.min > 0;
  }

  void mask(tree::NodeId node) {
    const auto url = work_.modifier_urls.find(node);
    if (url == work_.modifier_urls.end()) {
      add_json(work_, node, masked);
      return;
    }
    ++work_.masked_modifiers;
    std::string json(masked);
    json.insert(1, "\"url\":\"" + modifier_url(work_, url->second) + "\",");
    add_json(work_, node, json);
  }

  Work& work_;
};

tree::Node named(Work& work, std::string_view name, std::uint8_t flags) {
  tree::Node node;
  node.name = work.tree.intern(name);
  node.element = node.name;
  node.flags = static_cast<std::uint8_t>(flags | tree::Flag::generated);
  return node;
}

/// meta stands after id.
tree::NodeId meta_of(Work& work, tree::NodeId resource) {
  tree::NodeId before = tree::no_node;
  for (const tree::NodeId child : work.tree.children(resource)) {
    const tree::Node& node = work.tree[child];
    if (node.element == name::meta && !node.is(tree::Flag::meta)) return child;
    if (node.is(tree::Flag::meta) || node.element == name::id) before = child;
  }
  return work.tree.insert(resource, before, named(work, "meta", 0));
}

bool has_label(const Work& work, tree::NodeId meta, std::string_view code) {
  for (const tree::NodeId security : tree::named(work.tree, meta, name::security)) {
    const tree::NodeId found = work.tree.child(security, name::code);
    if (found != tree::no_node && work.text(found) == code) return true;
  }
  return false;
}

/// After those that are there: items of an array stand together.
tree::NodeId add_security(Work& work, tree::NodeId meta) {
  const tree::Node added = named(work, "security", tree::Flag::list);
  const auto present = tree::all_named(work.tree, meta, name::security);
  return present.empty() ? work.tree.append(meta, added)
                         : work.tree.insert(meta, present.back(), added);
}

void add_label(Work& work, tree::NodeId meta, const Label& label) {
  const tree::NodeId security = add_security(work, meta);
  const std::array<std::pair<std::string_view, std::string_view>, 3> parts{
      {{"system", label.system}, {"code", label.code}, {"display", label.display}}};
  for (const auto& [name, text] : parts) {
    if (text.empty()) continue;
    work.set_string(work.tree.append(security, named(work, name, 0)), text);
  }
}

}  // namespace

void remove_empty(Work& work) {
  Pruner(work).prune(tree::root_node);
}

void add_labels(Work& work, tree::NodeId resource, std::uint32_t effects) {
  if (effects == 0) return;
  const tree::NodeId meta = meta_of(work, resource);
  for (const Label& label : labels) {
    const bool done = (effects >> static_cast<unsigned>(label.effect) & 1U) != 0;
    if (done && !has_label(work, meta, label.code)) add_label(work, meta, label);
  }
  definition::attach_types(work.tree, work.definitions, meta, work.definitions.type("Meta"));
}

}  // namespace lhcr::privacy
