// SPDX-License-Identifier: Apache-2.0
#include "definition/cda_classes.hpp"

#include <algorithm>
#include <string>

#include "base/ascii.hpp"
#include "base/words.hpp"
#include "definition/cda_class_rows.hpp"

namespace lhcr::definition {
namespace {

const CdaClassRow& row(CdaClassId type) {
  const std::span<const CdaClassRow> rows = cda_class_rows();
  return rows[type < rows.size() ? type : 0];
}

/// The row of sorted ones with that name, or nullptr.
template <class Row>
const Row* row_of(std::span<const Row> rows, std::string_view Row::*name, std::string_view wanted) {
  const auto found =
      std::lower_bound(rows.begin(), rows.end(), wanted,
                       [&](const Row& one, std::string_view text) { return one.*name < text; });
  return found == rows.end() || (*found).*name != wanted ? nullptr : &*found;
}

void append(tree::Tree& tree, tree::NodeId parent, const CdaDemand& demand, bool null) {
  tree::Node made;
  made.name = made.element = tree.intern(demand.name);
  made.flags = tree::Flag::generated;
  if (demand.attribute) {
    made.kind = tree::Kind::string;
    made.flags = static_cast<std::uint8_t>(made.flags | tree::Flag::attribute);
    made.bytes = demand.value.data();
    made.length = static_cast<std::uint32_t>(demand.value.size());
  }
  const tree::NodeId id = tree.append(parent, made);
  if (null) {
    append(tree, id, {"nullFlavor", "NI", true, false}, false);
  }
}

void meet_demands(tree::Tree& tree, tree::NodeId node, CdaClassId type) {
  const std::span<const CdaDemand> demands = row(type).demands;
  const auto has = [&](const CdaDemand& demand) {
    const Symbol name = tree.find(demand.name);
    return name != no_symbol && tree.child(node, name) != tree::no_node;
  };
  bool chosen = std::any_of(demands.begin(), demands.end(),
                            [&](const CdaDemand& demand) { return demand.one_of && has(demand); });
  for (const CdaDemand& demand : demands) {
    if (demand.one_of ? chosen : has(demand)) {
      continue;
    }
    const bool data = is_cda_data_type(cda_child(type, demand.name).type);
    append(tree, node, demand, !demand.attribute && data);
    chosen = chosen || demand.one_of;
  }
}

/// What an element without xsi:type must be, by what it holds.
struct Shape {
  std::string_view child;
  std::string_view type;
};
constexpr Shape shapes[] = {{"low", "IVL_TS"},    {"high", "IVL_TS"},    {"center", "IVL_TS"},
                            {"width", "IVL_TS"},  {"period", "PIVL_TS"}, {"phase", "PIVL_TS"},
                            {"event", "EIVL_TS"}, {"offset", "EIVL_TS"}};

void say_type(tree::Tree& tree, tree::NodeId node) {
  constexpr std::string_view type = "xsi:type";
  if (tree.child(node, tree.intern(type)) != tree::no_node) {
    return;
  }
  for (const Shape& shape : shapes) {
    const Symbol name = tree.find(shape.child);
    if (name != no_symbol && tree.child(node, name) != tree::no_node) {
      append(tree, node, {type, shape.type, true, false}, false);
      return;
    }
  }
}

}  // namespace

CdaClassId cda_class(std::string_view element) {
  std::string name(element);
  if (!name.empty()) name[0] = capital_letter(name[0]);
  const CdaName* const found = row_of(cda_class_names(), &CdaName::name, name);
  return found == nullptr ? CdaClassId{0} : found->type;
}

bool is_cda_data_type(CdaClassId type) {
  return row(type).data;
}

CdaChild cda_child(CdaClassId parent, std::string_view name) {
  if (const auto* const found = row_of(row(parent).children, &CdaChildRow::name, name)) {
    return found->child;
  }
  const std::span<const std::string_view> attributes = cda_attributes();
  CdaChild unknown;
  unknown.known = name.starts_with("xsi:");
  unknown.attribute =
      unknown.known || std::binary_search(attributes.begin(), attributes.end(), name);
  if (row(parent).data) unknown.type = any_cda_data_type();
  return unknown;
}

std::vector<std::string_view> cda_classes() {
  std::vector<std::string_view> out;
  for (const CdaName& each : cda_class_names()) out.push_back(each.name);
  return out;
}

std::vector<std::string_view> cda_children(CdaClassId parent) {
  std::vector<std::string_view> out;
  for (const CdaChildRow& each : row(parent).children) out.push_back(each.name);
  return out;
}

std::string_view cda_default(CdaClassId type, std::string_view attribute) {
  const CdaClassRow* own = &row(type);
  // Senders write attributes of one data type on another: by the schema all text is of ED.
  if (own->data && row_of(own->children, &CdaChildRow::name, attribute) == nullptr) {
    own = &row(any_cda_data_type());
  }
  const CdaDefault* const found = row_of(own->defaults, &CdaDefault::attribute, attribute);
  return found == nullptr ? std::string_view{} : found->value;
}

void complete_cda(tree::Tree& tree, tree::NodeId node, CdaClassId type) {
  meet_demands(tree, node, type);
  for (const tree::NodeId child : tree.children(node)) {
    if (tree[child].is(tree::Flag::attribute)) {
      continue;
    }
    const CdaChild found = cda_child(type, tree.name_of(child));
    if (found.known && !is_cda_data_type(found.type)) {
      complete_cda(tree, child, found.type);
    } else if (found.known && tree[child].child != tree::no_node &&
               is_one_of(tree.name_of(child), row(type).open)) {
      say_type(tree, child);
    }
  }
}

void sort_cda(tree::Tree& tree, tree::NodeId node, CdaClassId type) {
  struct Item {
    tree::NodeId id;
    std::uint16_t order;
  };
  std::vector<Item> items;
  bool sorted = true;
  for (const tree::NodeId child : tree.children(node)) {
    const bool attribute = tree[child].is(tree::Flag::attribute);
    const CdaChild found = attribute ? CdaChild{} : cda_child(type, tree.name_of(child));
    items.push_back({child, found.order});
    sorted = sorted && (items.size() < 2 || items[items.size() - 2].order <= found.order);
    if (found.known && tree[child].child != tree::no_node) {
      sort_cda(tree, child, found.type);
    }
  }
  if (sorted) {
    return;
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.order < b.order; });
  tree[node].child = items.front().id;
  for (std::size_t i = 0; i < items.size(); ++i) {
    tree[items[i].id].next = i + 1 < items.size() ? items[i + 1].id : tree::no_node;
  }
}

}  // namespace lhcr::definition
