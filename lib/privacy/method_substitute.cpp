// SPDX-License-Identifier: Apache-2.0
/// substitute: an element becomes a constant.
#include <nlohmann/json.hpp>

#include "privacy/work.hpp"

namespace lhcr::privacy {
namespace {

using Json = nlohmann::ordered_json;

tree::Kind kind_of(const Json& json) {
  switch (json.type()) {
    case Json::value_t::string:
      return tree::Kind::string;
    case Json::value_t::boolean:
      return tree::Kind::boolean;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
      return tree::Kind::number;
    case Json::value_t::object:
      return tree::Kind::object;
    default:
      return tree::Kind::null;
  }
}

std::string text_of(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  return json.is_structured() || json.is_null() ? std::string() : json.dump();
}

class Adder {
 public:
  explicit Adder(Work& work) : work_(work) {}

  // Recursion is bounded by the nesting of the policy's own JSON, which the reader bounds.
  void members(tree::NodeId parent, const Json& object) {
    for (const auto& [name, value] : object.items()) {
      const Symbol symbol = work_.tree.intern(name);
      if (work_.tree.child(parent, symbol) != tree::no_node) continue;
      if (!value.is_array()) {
        one(parent, symbol, value, 0);
        continue;
      }
      for (const Json& item : value) one(parent, symbol, item, tree::Flag::list);
    }
  }

 private:
  void one(tree::NodeId parent, Symbol name, const Json& value, std::uint8_t flags) {
    tree::Node node;
    node.name = name;
    node.element = name;
    node.kind = kind_of(value);
    node.flags = static_cast<std::uint8_t>(flags | tree::Flag::generated);
    node.offset = work_.tree[parent].offset;
    const tree::NodeId added = work_.tree.append(parent, node);
    if (value.is_object()) {
      members(added, value);
    } else {
      work_.set_text(added, text_of(value));
    }
    work_.touch(added);
  }

  Work& work_;
};

/// What a rule has touched stays, and so does what it is in.
bool holds_touched(const Work& work, tree::NodeId node) {
  if (work.is_touched(node)) return true;
  for (const tree::NodeId child : work.tree.children(node)) {
    if (holds_touched(work, child)) return true;
  }
  return false;
}

void keep_touched(Work& work, tree::NodeId node) {
  work.unlink_children(node, [&](tree::NodeId child) { return !holds_touched(work, child); });
  for (const tree::NodeId child : work.tree.children(node)) {
    if (!work.is_touched(child)) keep_touched(work, child);
  }
}

void touch_all(Work& work, tree::NodeId node) {
  for (const tree::NodeId child : work.tree.children(node)) work.touch(child);
}

}  // namespace

void add_json(Work& work, tree::NodeId node, std::string_view json) {
  Adder(work).members(node, Json::parse(json));
  definition::attach_types(work.tree, work.definitions, node, work.tree[node].type);
}

Effect substitute(Work& work, const CompiledRule& rule, tree::NodeId node) {
  const Json json = Json::parse(rule.rule->replacement);
  keep_touched(work, node);
  if (json.is_object()) {
    if (work.has_value(node)) work.clear(node);
    add_json(work, node, rule.rule->replacement);
  } else {
    work.set_text(node, text_of(json));
    work.tree[node].kind = kind_of(json);
  }
  touch_all(work, node);
  return Effect::substituted;
}

}  // namespace lhcr::privacy
