// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "format/cda.hpp"

namespace lhcr::format {
namespace {

struct Row {
  std::string_view name;
  std::string_view children;
};

constexpr Row rows[] = {
#define LHCR_CDA_CLASS(name, children) {#name, children},
#include "format/cda_classes.def"
#undef LHCR_CDA_CLASS
};
constexpr std::string_view common = "realmCode* typeId templateId*";

/// The model, parsed once.
class Model {
 public:
  Model() {
    for (std::size_t i = 0; i < std::size(rows); ++i) {
      names_[rows[i].name] = static_cast<CdaClassId>(i + 1);
    }
    data_type_ = names_["DataType"];
    children_.resize(std::size(rows) + 1);
    for (std::size_t i = 0; i < std::size(rows); ++i) {
      auto& into = children_[i + 1];
      if (i + 1 < data_type_) {
        add(common, into);
      }
      add(rows[i].children, into);
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

 private:
  using Children = std::unordered_map<std::string_view, CdaChild>;

  void add(std::string_view text, Children& into) {
    while (!text.empty()) {
      const std::size_t space = std::min(text.find(' '), text.size());
      add_one(text.substr(0, space), into);
      text.remove_prefix(std::min(space + 1, text.size()));
    }
  }

  void add_one(std::string_view word, Children& into) {
    CdaChild child;
    child.known = true;
    child.order = static_cast<std::uint16_t>(into.size() + 1);
    child.type = data_type_;
    const std::size_t prefix = word.starts_with("sdtc:") ? 5 : 0;
    const std::size_t colon = word.find(':', prefix);
    if (colon != std::string_view::npos) {
      child.type = names_[word.substr(colon + 1)];
      word = word.substr(0, colon);
    }
    if (word.ends_with('*')) {
      child.list = true;
      word.remove_suffix(1);
    }
    into.emplace(word, child);
  }

  std::unordered_map<std::string_view, CdaClassId> names_;
  std::vector<Children> children_;
  CdaClassId data_type_ = 0;
};

const Model& model() {
  static const Model instance;
  return instance;
}

}  // namespace

CdaClassId cda_class(std::string_view element) {
  return model().by_element(element);
}

CdaChild cda_child(CdaClassId parent, std::string_view name) {
  return model().child(parent, name);
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

}  // namespace lhcr::format
