// SPDX-License-Identifier: Apache-2.0
/// The narrative of sections, and references between it and the entries.
#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "base/text.hpp"
#include "finding/id.hpp"
#include "validate/cda/cda.hpp"
#include "validate/checks.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using tree::Flag;
using tree::Kind;
using tree::no_node;
using tree::NodeId;

struct NarrativeRow {
  std::string_view element;
  std::string_view children;
  std::string_view attributes;
};
constexpr std::array narrative_rows = {
#define LHCR_NARRATIVE(element, children, attributes) NarrativeRow{#element, children, attributes},
#include "validate/cda/cda_narrative.def"
#undef LHCR_NARRATIVE
};

/// Each word of `words` by its name without marks, and its position, counted in groups.
struct Word {
  std::string_view name;
  unsigned group = 0;
  bool needed = false;
};

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  unsigned group = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word == "<") {
      ++group;
    } else if (!word.empty()) {
      const bool needed = word.back() == '!';
      word.remove_suffix(needed ? 1 : 0);
      words.push_back({word, group, needed});
    }
  }
  return words;
}

struct NarrativeRule {
  std::string_view element;
  std::vector<Word> children;
  std::vector<Word> attributes;
  bool text = false;
};

const NarrativeRule* rule_of(std::string_view element) {
  static const std::unordered_map<std::string_view, NarrativeRule> rules = [] {
    std::unordered_map<std::string_view, NarrativeRule> made;
    for (const NarrativeRow& row : narrative_rows) {
      NarrativeRule rule{row.element, words_of(row.children), words_of(row.attributes), false};
      rule.text = !rule.children.empty() && rule.children.front().name == ".";
      made.emplace(row.element, std::move(rule));
    }
    return made;
  }();
  const auto found = rules.find(element);
  return found == rules.end() ? nullptr : &found->second;
}

const Word* find_word(const std::vector<Word>& words, std::string_view name) {
  const auto found =
      std::find_if(words.begin(), words.end(), [&](const Word& word) { return word.name == name; });
  return found == words.end() ? nullptr : &*found;
}

bool is_common_attribute(std::string_view name) {
  return name == "ID" || name == "language" || name == "styleCode" || name.starts_with("xml:") ||
         name.starts_with("xsi:");
}

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
    for (const Word& word : rule.children) {
      if (word.needed && run_.tree.child(node, tree_.find(word.name)) == no_node) {
        run_.report(node, Id::element_missing,
                    {std::string(rule.element) + '.' + std::string(word.name), "1", "0"});
      }
    }
  }

 private:
  void text(NodeId node, const NarrativeRule& rule, std::string_view found) {
    found = trim(found);
    if (!rule.text && !found.empty()) {
      run_.report(node, Id::cda_text,
                  {std::string(rule.element), std::string(found.substr(0, 40))});
    }
  }

  void attribute(NodeId node, NodeId at, const NarrativeRule& rule) {
    const std::string_view name = tree_.name_of(at);
    const bool bare = rule.element == "br" || rule.element == "sub" || rule.element == "sup";
    if (find_word(rule.attributes, name) == nullptr && (bare || !is_common_attribute(name))) {
      run_.report(node, Id::cda_narrative_attribute,
                  {std::string(name), std::string(rule.element)});
    }
  }

  void child(NodeId node, NodeId at, const NarrativeRule& rule, unsigned& group) {
    const std::string_view name = tree_.name_of(at);
    const Word* const word = find_word(rule.children, name);
    const NarrativeRule* const own = rule_of(name);
    if (word == nullptr || own == nullptr) {
      run_.report(at, Id::cda_narrative_element, {std::string(name), std::string(rule.element)});
      return;
    }
    if (word->group < group) {
      run_.report(at, Id::cda_order, {std::string(tree_.name_of(node)) + '.' + std::string(name)});
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
  explicit ReferenceCheck(Run& run)
      : run_(run), value_(run.names.value), reference_(run.tree.find("reference")) {
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
        run_.report(at, Id::cda_reference_missing, {std::string(id)});
      }
    }
  }

 private:
  void attribute(NodeId at, const tree::Node& node) {
    if (node.name == run_.names.xml_id) {
      if (!ids_.insert(node.text()).second) {
        run_.report(node.parent, Id::duplicate_element_id, {std::string(node.text())});
      }
      return;
    }
    const bool refers = node.name == value_ && run_.tree[node.parent].name == reference_;
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
  Symbol value_;
  Symbol reference_;
  std::vector<Symbol> idrefs_;
  std::unordered_set<std::string_view> ids_;
  std::vector<std::pair<NodeId, std::string_view>> references_;
};

}  // namespace

void check_cda_references(Run& run, NodeId document) {
  ReferenceCheck(run).run(document);
}

void check_cda_narrative(Run& run, NodeId text) {
  NarrativeWalk(run).element(text, *rule_of("text"));
}

}  // namespace lhcr::validate
