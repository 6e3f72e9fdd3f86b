// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tree/paths.hpp"

using namespace lhcr;
using namespace lhcr::tree;

namespace {

Node make(Tree& tree, std::string_view name, std::string_view text = {}, unsigned flags = 0) {
  Node node;
  node.name = tree.intern(name);
  node.element = node.name;
  node.bytes = text.data();
  node.length = static_cast<std::uint32_t>(text.size());
  node.kind = text.empty() ? Kind::object : Kind::string;
  node.flags = static_cast<std::uint8_t>(flags);
  return node;
}

void add_type(Tree& tree, Builder& builder, std::string_view type) {
  builder.leaf(make(tree, "resourceType", type, meta));
  const NodeId node = builder.current();
  tree[node].flags = static_cast<std::uint8_t>(tree[node].flags | Flag::resource);
}

/// A Bundle of two Patients, the second with two names, the last of which has two given names.
void fill_bundle(Tree& tree, std::string_view last_given) {
  Builder builder(tree);
  add_type(tree, builder, "Bundle");
  for (const int patient : {0, 1}) {
    builder.open(make(tree, "entry", {}, list));
    builder.open(make(tree, "resource"));
    add_type(tree, builder, "Patient");
    for (int name = 0; name <= patient; ++name) {
      builder.open(make(tree, "name", {}, list));
      builder.leaf(make(tree, "given", "A", list));
      builder.leaf(make(tree, "given", last_given, list));
      builder.close();
    }
    builder.close();
    builder.close();
  }
}

NodeId last_node(const Tree& tree) {
  return tree.size() - 1;
}

std::vector<std::string_view> names(const Tree& tree, NodeId id) {
  std::vector<std::string_view> result;
  for (const NodeId child : tree.children(id)) {
    result.push_back(tree.name_of(child));
  }
  return result;
}

}  // namespace

TEST_CASE("the builder keeps document order") {
  const SymbolTable symbols;
  Tree tree(symbols);
  CHECK(tree.empty());
  Builder builder(tree);
  builder.leaf(make(tree, "a", "1"));
  const NodeId middle = builder.open(make(tree, "b"));
  CHECK(builder.current() == middle);
  CHECK(builder.depth() == 2);
  builder.leaf(make(tree, "x", "2"));
  builder.close();
  builder.leaf(make(tree, "c", "3"));
  builder.reopen(middle);
  builder.leaf(make(tree, "y", "4"));
  builder.close();
  CHECK(names(tree, root_node) == std::vector<std::string_view>{"a", "b", "c"});
  CHECK(names(tree, middle) == std::vector<std::string_view>{"x", "y"});
  CHECK(tree[middle].parent == root_node);
  CHECK(tree[root_node].parent == no_node);
}

TEST_CASE("a builder continues behind the children that a tree has") {
  const SymbolTable symbols;
  Tree tree(symbols);
  {
    Builder builder(tree);
    builder.leaf(make(tree, "a", "1"));
  }
  Builder builder(tree, root_node);
  builder.leaf(make(tree, "b", "2"));
  CHECK(names(tree, root_node) == std::vector<std::string_view>{"a", "b"});
}

TEST_CASE("nodes are inserted first, between and last") {
  const SymbolTable symbols;
  Tree tree(symbols);
  const Builder builder(tree);
  const NodeId last = tree.append(root_node, make(tree, "d", "1"));
  const NodeId first = tree.insert(root_node, no_node, make(tree, "a", "2"));
  tree.insert(root_node, first, make(tree, "b", "3"));
  tree.insert(root_node, last, make(tree, "e", "4"));
  tree.append(root_node, make(tree, "f", "5"));
  CHECK(names(tree, root_node) == std::vector<std::string_view>{"a", "b", "d", "e", "f"});
}

TEST_CASE("clearing forgets nodes, names and text") {
  const SymbolTable symbols;
  Tree tree(symbols);
  fill_bundle(tree, "B");
  CHECK(tree.intern("heard-of") != no_symbol);
  tree.clear();
  CHECK(tree.empty());
  CHECK(tree.find("heard-of") == no_symbol);
}

TEST_CASE("paths have indexes for lists and the types of resources inside") {
  const SymbolTable symbols;
  Tree tree(symbols);
  fill_bundle(tree, "B");
  CHECK(path_of(tree, last_node(tree)) == "Bundle.entry[1].resource.name[1].given[1]");
  CHECK(path_of(tree, root_node) == "Bundle");
}

TEST_CASE("a choice element's path names the type") {
  SymbolTable symbols;
  const Symbol value = symbols.intern("value");
  Tree tree(symbols);
  Builder builder(tree);
  add_type(tree, builder, "Observation");
  Node quantity = make(tree, "valueQuantity", {}, choice);
  quantity.element = value;
  const NodeId complex = builder.leaf(quantity);
  Node date = make(tree, "valueDateTime", "2020", choice);
  date.element = value;
  const NodeId primitive = builder.leaf(date);
  CHECK(path_of(tree, complex) == "Observation.value.ofType(Quantity)");
  CHECK(path_of(tree, primitive) == "Observation.value.ofType(dateTime)");
}

TEST_CASE("a repeated element has an index even when it is not marked as a list") {
  const SymbolTable symbols;
  Tree tree(symbols);
  Builder builder(tree);
  const NodeId first = builder.leaf(make(tree, "a", "1"));
  const NodeId second = builder.leaf(make(tree, "a", "2"));
  CHECK(path_of(tree, first) == "a[0]");
  CHECK(path_of(tree, second) == "a[1]");
}

TEST_CASE("the enclosing resource and its type are found") {
  const SymbolTable symbols;
  Tree tree(symbols);
  fill_bundle(tree, "B");
  const NodeId patient = tree.enclosing_resource(last_node(tree));
  CHECK(tree.resource_type(patient) == "Patient");
  CHECK(tree.resource_type(tree[patient].parent).empty());
  CHECK(tree.enclosing_resource(root_node) == root_node);
}

TEST_CASE("equality looks at text, order in lists and flags, not at the order of other siblings") {
  const SymbolTable symbols;
  Tree left(symbols);
  Tree right(symbols);
  fill_bundle(left, "B");
  fill_bundle(right, "B");
  CHECK(equal(left, root_node, right, root_node));
  CHECK(first_difference(left, root_node, right, root_node).empty());
  fill_bundle(right, "C");
  CHECK_FALSE(equal(left, root_node, right, root_node));
  CHECK(first_difference(left, root_node, right, root_node) ==
        "Bundle.entry[0].resource.name[0].given[1]");
}

TEST_CASE("equality does not depend on the order of differently named siblings") {
  const SymbolTable symbols;
  Tree left(symbols);
  Tree right(symbols);
  Builder one(left);
  one.leaf(make(left, "a", "1"));
  one.leaf(make(left, "b", "2"));
  Builder other(right);
  other.leaf(make(right, "b", "2"));
  other.leaf(make(right, "a", "1"));
  CHECK(equal(left, root_node, right, root_node));
  other.leaf(make(right, "a", "1"));
  CHECK(first_difference(left, root_node, right, root_node) == "(root)");
}

TEST_CASE("a list of one differs from a single element, and a number from a string") {
  const SymbolTable symbols;
  Tree left(symbols);
  Tree right(symbols);
  Builder one(left);
  one.leaf(make(left, "a", "1"));
  Builder other(right);
  const NodeId node = other.leaf(make(right, "a", "1", list));
  CHECK_FALSE(equal(left, root_node, right, root_node));
  right[node].flags = 0;
  CHECK(equal(left, root_node, right, root_node));
  right[node].kind = Kind::number;
  CHECK_FALSE(equal(left, root_node, right, root_node));
}

TEST_CASE("comparison of deep and of wide trees needs no stack and no square of time") {
  const SymbolTable symbols;
  Tree deep(symbols);
  Builder down(deep);
  for (int level = 0; level < 200'000; ++level) {
    down.open(make(deep, "a"));
  }
  CHECK(equal(deep, root_node, deep, root_node));
  Tree wide(symbols);
  Builder across(wide);
  for (int at = 0; at < 100'000; ++at) {
    across.leaf(make(wide, "n" + std::to_string(at), "x"));
  }
  CHECK(equal(wide, root_node, wide, root_node));
}

TEST_CASE("paths of all nodes count each sibling once, whatever the order they are asked for") {
  constexpr NodeId items = 20'000;
  const SymbolTable symbols;
  Tree wide(symbols);
  Builder across(wide);
  for (NodeId at = 0; at < items; ++at) {
    across.leaf(make(wide, "item", "x", list));
    across.leaf(make(wide, "n" + std::to_string(at), "x"));
  }
  Paths paths(wide);
  for (NodeId node = wide.size() - 1; node > root_node; --node) {
    const NodeId number = (node - root_node - 1) / 2;
    const bool item = wide.name_of(node) == "item";
    REQUIRE(paths.of(node) == (item ? "item[" : "n") + std::to_string(number) + (item ? "]" : ""));
  }
  constexpr std::size_t looks_for_a_path = 16;
  CHECK(paths.looked_at() <= items * 2 * (looks_for_a_path + 1));
}

TEST_CASE("paths follow a tree that has changed once they are told so") {
  const SymbolTable symbols;
  Tree tree(symbols);
  Builder builder(tree);
  NodeId last = no_node;
  for (int at = 0; at < 100; ++at) {
    last = builder.leaf(make(tree, "a", "x", list));
  }
  Paths paths(tree);
  CHECK(paths.of(last) == "a[99]");
  tree[root_node].child = tree[tree[root_node].child].next;
  paths.forget(root_node);
  CHECK(paths.of(last) == "a[98]");
  CHECK(path_of(tree, last) == "a[98]");
}
