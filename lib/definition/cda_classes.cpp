// SPDX-License-Identifier: Apache-2.0
#include "definition/cda_classes.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "format/cda/cda.hpp"

namespace lhcr::definition {
namespace {

struct Row {
  std::string_view name;
  std::string_view children;
};

constexpr Row rows[] = {
#define LHCR_CDA_CLASS(name, children) {#name, children},
#include "definition/cda_classes.def"
#undef LHCR_CDA_CLASS
};
constexpr std::string_view common =
    "realmCode* typeId npfitlc:messageType templateId* npfitlc:contentId";

/// A child or attribute that a class must have.
struct Demand {
  std::string_view name;
  std::string_view value;  ///< of an attribute
  bool attribute = false;
  bool one_of = false;  ///< any of the class's demands of this kind will do
};

/// The model, parsed once.
class Model {
 public:
  Model() {
    for (std::size_t i = 0; i < std::size(rows); ++i) {
      names_[rows[i].name] = static_cast<CdaClassId>(i + 1);
    }
    data_type_ = names_["DataType"];
    children_.resize(std::size(rows) + 1);
    demands_.resize(std::size(rows) + 1);
    defaults_.resize(std::size(rows) + 1);
    for (std::size_t i = 0; i < std::size(rows); ++i) {
      if (i + 1 < data_type_) {
        add(common, i + 1);
      }
      add(rows[i].children, i + 1);
    }
  }

  [[nodiscard]] CdaClassId by_element(std::string_view element) const {
    std::string name(element);
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') {
      name[0] = static_cast<char>(name[0] - 'a' + 'A');
    }
    const auto found = names_.find(name);
    return found == names_.end() ? CdaClassId{0} : found->second;
  }

  [[nodiscard]] CdaChild child(CdaClassId parent, std::string_view name) const {
    if (parent >= children_.size()) {
      return {};
    }
    const auto found = children_[parent].find(name);
    return found == children_[parent].end() ? CdaChild{} : found->second;
  }

  [[nodiscard]] std::vector<std::string_view> names_of(CdaClassId parent) const {
    std::vector<std::string_view> out;
    for (const auto& [name, child] : children_.at(parent)) {
      out.push_back(name);
    }
    return out;
  }

  [[nodiscard]] const std::vector<Demand>& demands(CdaClassId type) const {
    return demands_[type < demands_.size() ? type : 0];
  }
  [[nodiscard]] std::string_view default_of(CdaClassId type, std::string_view attribute) const {
    if (type >= defaults_.size()) {
      return {};
    }
    const auto found = defaults_[type].find(attribute);
    return found == defaults_[type].end() ? std::string_view{} : found->second;
  }
  [[nodiscard]] CdaClassId data_type() const { return data_type_; }
  /// Whether xsi:type has to say what a child with children is.
  [[nodiscard]] bool is_open(CdaClassId parent, std::string_view name) const {
    return open_.contains(std::to_string(parent) + " " + std::string(name));
  }

 private:
  using Children = std::unordered_map<std::string_view, CdaChild>;

  void add(std::string_view text, std::size_t id) {
    while (!text.empty()) {
      const std::size_t space = std::min(text.find(' '), text.size());
      add_one(text.substr(0, space), id);
      text.remove_prefix(std::min(space + 1, text.size()));
    }
  }

  /// The size of "sdtc:" and the like.
  static std::size_t prefix_size(std::string_view word) {
    for (const format::CdaNamespace& known : format::cda_namespaces) {
      if (word.starts_with(known.prefix) && word.substr(known.prefix.size()).starts_with(':')) {
        return known.prefix.size() + 1;
      }
    }
    return 0;
  }

  void add_one(std::string_view word, std::size_t id) {
    if (word[0] == '@') {
      if (const std::size_t tilde = word.find('~'); tilde != std::string_view::npos) {
        defaults_[id].emplace(word.substr(1, tilde - 1), word.substr(tilde + 1));
        return;
      }
      const std::size_t equals = word.find('=');
      demands_[id].push_back({word.substr(1, equals - 1), word.substr(equals + 1), true});
      return;
    }
    Children& into = children_[id];
    CdaChild child;
    child.known = true;
    child.order = static_cast<std::uint16_t>(into.size() + 1);
    child.type = data_type_;
    const std::size_t colon = word.find(':', prefix_size(word));
    if (colon != std::string_view::npos) {
      child.type = names_[word.substr(colon + 1)];
      word = word.substr(0, colon);
    }
    const bool open = word.back() == '^';
    word.remove_suffix(open ? 1 : 0);
    const char mark = word.back();
    word.remove_suffix(mark == '!' || mark == '|' ? 1 : 0);
    if (word.ends_with('*')) {
      child.list = true;
      word.remove_suffix(1);
    }
    if (mark == '!' || mark == '|') {
      demands_[id].push_back({word, {}, false, mark == '|'});
    }
    if (open) {
      open_.insert(std::to_string(id) + " " + std::string(word));
    }
    into.emplace(word, child);
  }

  std::unordered_map<std::string_view, CdaClassId> names_;
  std::vector<Children> children_;
  std::vector<std::vector<Demand>> demands_;
  std::vector<std::unordered_map<std::string_view, std::string_view>> defaults_;
  std::unordered_set<std::string> open_;
  CdaClassId data_type_ = 0;
};

const Model& model() {
  static const Model instance;
  return instance;
}

void append(tree::Tree& tree, tree::NodeId parent, const Demand& demand, bool null) {
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
  const std::vector<Demand>& demands = model().demands(type);
  const auto has = [&](const Demand& demand) {
    const Symbol name = tree.find(demand.name);
    return name != no_symbol && tree.child(node, name) != tree::no_node;
  };
  bool chosen = std::any_of(demands.begin(), demands.end(),
                            [&](const Demand& demand) { return demand.one_of && has(demand); });
  for (const Demand& demand : demands) {
    if (demand.one_of ? chosen : has(demand)) {
      continue;
    }
    const bool data = model().child(type, demand.name).type == model().data_type();
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
  return model().by_element(element);
}

CdaChild cda_child(CdaClassId parent, std::string_view name) {
  return model().child(parent, name);
}

std::vector<std::string_view> cda_children(CdaClassId parent) {
  return model().names_of(parent);
}

std::string_view cda_default(CdaClassId type, std::string_view attribute) {
  return model().default_of(type, attribute);
}

void complete_cda(tree::Tree& tree, tree::NodeId node, CdaClassId type) {
  meet_demands(tree, node, type);
  for (const tree::NodeId child : tree.children(node)) {
    if (tree[child].is(tree::Flag::attribute)) {
      continue;
    }
    const CdaChild found = cda_child(type, tree.name_of(child));
    if (found.known && found.type != model().data_type()) {
      complete_cda(tree, child, found.type);
    } else if (found.known && tree[child].child != tree::no_node &&
               model().is_open(type, tree.name_of(child))) {
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
