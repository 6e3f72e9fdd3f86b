// SPDX-License-Identifier: Apache-2.0
#include "map/map.hpp"

namespace lhcr::map {
namespace {

tree::Node named(tree::Tree& tree, std::string_view name, tree::Kind kind, std::string_view text) {
  tree::Node node;
  node.name = node.element = tree.intern(name);
  node.kind = kind;
  node.flags = tree::Flag::generated;
  node.bytes = text.data();
  node.length = static_cast<std::uint32_t>(text.size());
  return node;
}

}  // namespace

void wrap_in_bundle(tree::Tree& tree, const definition::Definitions& definitions) {
  constexpr std::string_view bundle = "Bundle";
  if (tree.resource_type(tree::root_node) == bundle) return;
  const tree::Node whole = tree[tree::root_node];
  tree[tree::root_node].child = tree::no_node;
  tree::Node type = named(tree, "resourceType", tree::Kind::string, bundle);
  type.flags |= static_cast<std::uint8_t>(tree::Flag::meta);
  tree.append(tree::root_node, type);
  tree.append(tree::root_node, named(tree, "type", tree::Kind::string, "collection"));
  tree::Node entry = named(tree, "entry", tree::Kind::object, {});
  entry.flags |= static_cast<std::uint8_t>(tree::Flag::list);
  const tree::NodeId in = tree.append(tree::root_node, entry);
  tree::Node resource = named(tree, "resource", tree::Kind::object, {});
  resource.flags |= static_cast<std::uint8_t>(tree::Flag::resource);
  resource.offset = whole.offset;
  const tree::NodeId moved = tree.append(in, resource);
  tree[moved].child = whole.child;
  for (const tree::NodeId child : tree.children(moved)) tree[child].parent = moved;
  definition::attach_types(tree, definitions);
}

}  // namespace lhcr::map
