// SPDX-License-Identifier: Apache-2.0
#include "map/codec/narrative_tidy.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>
#include <vector>

#include "base/names.hpp"
#include "base/text.hpp"
#include "format/cda/narrative.hpp"

namespace lhcr::map {
namespace {

using format::narrative_rule;
using format::NarrativeRule;
using tree::Flag;
using tree::Kind;
using tree::no_node;
using tree::NodeId;
using Nodes = std::vector<NodeId>;

struct Holding {
  std::string_view holder;
  std::string_view part;
};
// What is put around content that a holder may not have.
constexpr std::array<Holding, 6> wrappers{{{"table", "tbody"},
                                           {"tbody", "tr"},
                                           {"thead", "tr"},
                                           {"tfoot", "tr"},
                                           {"tr", "td"},
                                           {"list", "item"}}};
// Attributes without which an element means nothing.
constexpr std::array<Holding, 2> demands{
    {{"renderMultiMedia", "referencedObject"}, {"footnoteRef", "IDREF"}}};
constexpr std::array<std::string_view, 3> blocks{"paragraph", "list", "table"};

template <class Table>
std::string_view part_of(const Table& table, std::string_view holder) {
  for (const Holding& pair : table) {
    if (pair.holder == holder) {
      return pair.part;
    }
  }
  return {};
}

/// Letters, digits and what else a name token of XML may have.
bool is_token(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c >= 0x80 || std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_';
  });
}

bool is_block(std::string_view name) {
  return std::find(blocks.begin(), blocks.end(), name) != blocks.end();
}

class Tidy {
 public:
  explicit Tidy(tree::Tree& tree) : tree_(tree) {}

  void element(NodeId node, const NarrativeRule& rule) {
    const Nodes content = take_content(node);
    Nodes out;
    arrange(content, rule, out);
    if (rule.text) {  // between words everything stands where it does, but for a caption
      std::stable_partition(out.begin(), out.end(), [&](NodeId at) { return leads(rule, at); });
    } else {
      std::stable_sort(out.begin(), out.end(),
                       [&](NodeId a, NodeId b) { return group_of(rule, a) < group_of(rule, b); });
    }
    put_content(node, rule, out);
  }

 private:
  [[nodiscard]] bool is_text(NodeId node) const { return tree_[node].kind == Kind::text; }
  [[nodiscard]] bool is_blank(NodeId node) const { return trim(tree_[node].text()).empty(); }

  [[nodiscard]] unsigned group_of(const NarrativeRule& rule, NodeId node) const {
    const auto* const word = rule.child(tree_.name_of(node));
    return word == nullptr ? 0 : word->group;
  }

  /// Whether all else in a holder stands behind an element.
  [[nodiscard]] bool leads(const NarrativeRule& rule, NodeId node) const {
    return !is_text(node) && !rule.children.empty() && rule.children.back().group > 0 &&
           group_of(rule, node) == 0;
  }

  NodeId fresh(std::string_view name) {
    tree::Node made;
    made.name = made.element = name.empty() ? no_symbol : tree_.intern(name);
    made.kind = name.empty() ? Kind::text : Kind::object;
    made.flags = Flag::generated;
    const NodeId first = tree_[no_node].child;
    const NodeId id = tree_.insert(no_node, no_node, made);
    tree_[no_node].child = first;
    tree_[id].next = no_node;
    return id;
  }

  /// What an element holds beside attributes; its own words become a node.
  Nodes take_content(NodeId node) {
    Nodes out;
    for (const NodeId child : tree_.children(node)) {
      if (!tree_[child].is(Flag::attribute)) {
        out.push_back(child);
      }
    }
    if (tree_[node].length > 0) {
      const NodeId words = fresh({});
      tree_[words].bytes = tree_[node].bytes;
      tree_[words].length = tree_[node].length;
      tree_[node].length = 0;
      out.insert(out.begin(), words);
    }
    return out;
  }

  /// Attributes that may stand, then the content.
  void put_content(NodeId node, const NarrativeRule& rule, const Nodes& content) {
    Nodes all;
    for (const NodeId child : tree_.children(node)) {
      if (tree_[child].is(Flag::attribute) && keep_attribute(child, rule)) {
        all.push_back(child);
      }
    }
    all.insert(all.end(), content.begin(), content.end());
    tree_[node].child = all.empty() ? no_node : all.front();
    for (std::size_t i = 0; i < all.size(); ++i) {
      tree_[all[i]].parent = node;
      tree_[all[i]].next = i + 1 < all.size() ? all[i + 1] : no_node;
    }
  }

  bool keep_attribute(NodeId attribute, const NarrativeRule& rule) {
    std::string_view name = tree_.name_of(attribute);
    if (name == "xml:lang") {
      tree_[attribute].name = tree_[attribute].element = name::language;
      name = "language";
    }
    const std::string_view value = tree_[attribute].text();
    if (name == "ID" && (!is_token(value) || std::isdigit(static_cast<unsigned char>(value[0])))) {
      return false;
    }
    const bool tokens = name != "styleCode" || std::all_of(value.begin(), value.end(), [](char c) {
                          return c == ' ' || is_token({&c, 1});
                        });
    return tokens && name.find(':') == name.npos && rule.allows_attribute(name);
  }

  void arrange(const Nodes& content, const NarrativeRule& rule, Nodes& out) {
    std::unordered_map<NodeId, Nodes> wrapped;
    for (const NodeId node : content) {
      place(node, rule, out, wrapped);
    }
    for (const NodeId node : out) {
      if (const auto found = wrapped.find(node); found != wrapped.end()) {
        const NarrativeRule& inner = *narrative_rule(tree_.name_of(node));
        Nodes inside;
        arrange(found->second, inner, inside);
        put_content(node, inner, inside);
      }
    }
  }

  void place(NodeId node, const NarrativeRule& rule, Nodes& out,
             std::unordered_map<NodeId, Nodes>& wrapped) {
    const std::string_view wrapper = part_of(wrappers, rule.element);
    if (is_text(node)) {
      if (rule.text) {
        out.push_back(node);
      } else if (!is_blank(node) && !wrapper.empty()) {
        wrap(node, wrapper, out, wrapped);
      }
      return;
    }
    const NarrativeRule* own = narrative_rule(tree_.name_of(node));
    const bool fits = own != nullptr && rule.child(own->element) != nullptr;
    if (fits && !is_in_the_way(node, *own, rule)) {
      whole(node, *own, rule, out);
    } else if (!wrapper.empty()) {
      wrap(node, wrapper, out, wrapped);
    } else {
      dissolve(node, rule, out);
    }
  }

  /// Consecutive content shares what is put around it.
  void wrap(NodeId node, std::string_view wrapper, Nodes& out,
            std::unordered_map<NodeId, Nodes>& wrapped) {
    if (out.empty() || !wrapped.contains(out.back())) {
      out.push_back(fresh(wrapper));
    }
    wrapped[out.back()].push_back(node);
  }

  /// A paragraph around a table, where the table could stand without it.
  [[nodiscard]] bool is_in_the_way(NodeId node, const NarrativeRule& own,
                                   const NarrativeRule& rule) const {
    const auto children = tree_.children(node);
    return std::any_of(children.begin(), children.end(), [&](NodeId child) {
      const std::string_view name = tree_.name_of(child);
      return is_block(name) && own.child(name) == nullptr && rule.child(name) != nullptr;
    });
  }

  /// An element that fits, unless it lacks what it must have. What it may not hold stands behind
  /// it.
  void whole(NodeId node, const NarrativeRule& own, const NarrativeRule& rule, Nodes& out) {
    if (!own.text && part_of(wrappers, own.element).empty()) {
      const Nodes content = take_content(node);
      Nodes inside;
      Nodes behind;
      for (const NodeId child : content) {
        const bool fits = !is_text(child) && own.child(tree_.name_of(child)) != nullptr;
        (fits ? inside : behind).push_back(child);
      }
      put_content(node, own, {});
      if (is_complete(node, own)) {
        Nodes arranged;
        arrange(inside, own, arranged);
        put_content(node, own, arranged);
        out.push_back(node);
      }
      arrange(behind, rule, out);
      return;
    }
    element(node, own);
    if (is_complete(node, own)) {
      out.push_back(node);
    } else {
      dissolve(node, rule, out);
    }
  }

  [[nodiscard]] bool is_complete(NodeId node, const NarrativeRule& own) const {
    const auto lacks = [&](std::string_view name) {
      return tree_.child(node, tree_.find(name)) == no_node;
    };
    const std::string_view demand = part_of(demands, own.element);
    const bool needy = std::any_of(
        own.children.begin(), own.children.end(),
        [&](const format::NarrativeWord& word) { return word.needed && lacks(word.name); });
    const bool empty_row = own.element == "tr" && lacks("td") && lacks("th");
    return !needy && !empty_row && (demand.empty() || !lacks(demand));
  }

  /// The content alone, blocks a line each.
  void dissolve(NodeId node, const NarrativeRule& rule, Nodes& out) {
    const NarrativeRule* own = narrative_rule(tree_.name_of(node));
    const bool line = own != nullptr &&
                      (is_block(own->element) || own->element == "item" || own->element == "tr");
    if (line && !out.empty() && rule.child("br") != nullptr) {
      out.push_back(fresh("br"));
    }
    arrange(take_content(node), rule, out);
  }

  tree::Tree& tree_;
};

}  // namespace

void tidy_narrative(tree::Tree& tree, tree::NodeId block) {
  Tidy(tree).element(block, *narrative_rule("text"));
}

}  // namespace lhcr::map
