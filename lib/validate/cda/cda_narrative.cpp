// SPDX-License-Identifier: Apache-2.0
/// The narrative of sections, and references between it and the entries.
#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "base/names.hpp"
#include "base/text.hpp"
#include "finding/id.hpp"
#include "format/cda/narrative.hpp"
#include "validate/cda/cda.hpp"
#include "validate/checks.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::Flag;
using tree::Kind;
using tree::no_node;
using tree::NodeId;

using format::NarrativeRule;
using format::NarrativeWord;

class NarrativeWalk {
 public:
  explicit NarrativeWalk(Run& run) : run_(run), tree_(run.tree) {}

  void element(NodeId node, const NarrativeRule& rule) {
    unsigned group = 0;
    for (const NodeId at : tree_.children(node)) {
      const tree::Node& child = tree_[at];
      if (child.kind == Kind::text) {
        text(node, rule, child.text());
      } else if (child.is(Flag::attribute)) {
        attribute(node, at, rule);
      } else {
        this->child(node, at, rule, group);
      }
    }
    if (tree_[node].kind == Kind::string) {
      text(node, rule, tree_[node].text());
    }
    for (const NarrativeWord& word : rule.children) {
      if (word.needed && run_.tree.child(node, tree_.find(word.name)) == no_node) {
        run_.report(node, id<"element-missing">,
                    {std::string(rule.element) + '.' + std::string(word.name), "1", "0"});
      }
    }
  }

 private:
  void text(NodeId node, const NarrativeRule& rule, std::string_view found) {
    found = trim(found);
    if (!rule.text && !found.empty()) {
      run_.report(node, id<"cda-text">,
                  {std::string(rule.element), std::string(found.substr(0, 40))});
    }
  }

  void attribute(NodeId node, NodeId at, const NarrativeRule& rule) {
    const std::string_view name = tree_.name_of(at);
    if (!rule.allows_attribute(name)) {
      run_.report(node, id<"cda-narrative-attribute">,
                  {std::string(name), std::string(rule.element)});
    }
  }

  void child(NodeId node, NodeId at, const NarrativeRule& rule, unsigned& group) {
    const std::string_view name = tree_.name_of(at);
    const NarrativeWord* const word = rule.child(name);
    const NarrativeRule* const own = format::narrative_rule(name);
    if (word == nullptr || own == nullptr) {
      run_.report(at, id<"cda-narrative-element">, {std::string(name), std::string(rule.element)});
      return;
    }
    if (word->group < group) {
      run_.report(at, id<"cda-order">,
                  {std::string(tree_.name_of(node)) + '.' + std::string(name)});
    }
    group = std::max(group, word->group);
    element(at, *own);
  }

  Run& run_;
  const tree::Tree& tree_;
};

/// Attributes of the narrative that name IDs, one or several.
constexpr std::string_view id_references[] = {"IDREF", "referencedObject", "headers"};

class ReferenceCheck {
 public:
  explicit ReferenceCheck(Run& run) : run_(run) {
    for (const std::string_view name : id_references) {
      idrefs_.push_back(run.tree.find(name));
    }
  }

  void run(NodeId document) {
    // A document's nodes are together, but for those that the type pass has added.
    for (NodeId at = document; at < run_.tree.size(); ++at) {
      const tree::Node& node = run_.tree[at];
      if (node.is(Flag::attribute)) {
        attribute(at, node);
      }
    }
    for (const auto& [at, id] : references_) {
      if (!ids_.contains(id)) {
        run_.report(at, finding::id<"cda-reference-missing">, {std::string(id)});
      }
    }
  }

 private:
  void attribute(NodeId at, const tree::Node& node) {
    if (node.name == name::xml_id) {
      if (!ids_.insert(node.text()).second) {
        run_.report(node.parent, id<"duplicate-element-id">, {std::string(node.text())});
      }
      return;
    }
    const bool refers = node.name == name::value && run_.tree[node.parent].name == name::reference;
    if (refers && node.text().starts_with("#")) {
      references_.emplace_back(at, node.text().substr(1));
    } else if (std::find(idrefs_.begin(), idrefs_.end(), node.name) != idrefs_.end()) {
      list(at, node.text());
    }
  }

  void list(NodeId at, std::string_view text) {
    while (!(text = trim(text)).empty()) {
      const std::size_t end = std::min(text.find(' '), text.size());
      references_.emplace_back(at, text.substr(0, end));
      text.remove_prefix(end);
    }
  }

  Run& run_;
  std::vector<Symbol> idrefs_;
  std::unordered_set<std::string_view> ids_;
  std::vector<std::pair<NodeId, std::string_view>> references_;
};

}  // namespace

void check_cda_references(Run& run, NodeId document) {
  ReferenceCheck(run).run(document);
}

void check_cda_narrative(Run& run, NodeId text) {
  NarrativeWalk(run).element(text, *format::narrative_rule("text"));
}

}  // namespace lhcr::validate
