// SPDX-License-Identifier: Apache-2.0
#include "format/cda/narrative.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace lhcr::format {
namespace {

struct Row {
  std::string_view element;
  std::string_view children;
  std::string_view attributes;
};
constexpr std::array rows = {
#define LHCR_NARRATIVE(element, children, attributes) Row{#element, children, attributes},
#include "format/cda/narrative.def"
#undef LHCR_NARRATIVE
};

/// Each word of `words` by its name without marks, and its position, counted in groups.
std::vector<NarrativeWord> words_of(std::string_view text) {
  std::vector<NarrativeWord> words;
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

const NarrativeWord* find_word(const std::vector<NarrativeWord>& words, std::string_view name) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [&](const NarrativeWord& word) { return word.name == name; });
  return found == words.end() ? nullptr : &*found;
}

bool is_common_attribute(std::string_view name) {
  return name == "ID" || name == "language" || name == "styleCode" || name.starts_with("xml:") ||
         name.starts_with("xsi:");
}

}  // namespace

const NarrativeWord* NarrativeRule::child(std::string_view name) const {
  return find_word(children, name);
}

bool NarrativeRule::allows_attribute(std::string_view name) const {
  const bool bare = element == "br" || element == "sub" || element == "sup";
  return find_word(attributes, name) != nullptr || (!bare && is_common_attribute(name));
}

const NarrativeRule* narrative_rule(std::string_view element) {
  static const std::unordered_map<std::string_view, NarrativeRule> rules = [] {
    std::unordered_map<std::string_view, NarrativeRule> made;
    for (const Row& row : rows) {
      NarrativeRule rule{row.element, words_of(row.children), words_of(row.attributes), false};
      rule.text = !rule.children.empty() && rule.children.front().name == ".";
      made.emplace(row.element, std::move(rule));
    }
    return made;
  }();
  const auto found = rules.find(element);
  return found == rules.end() ? nullptr : &found->second;
}

}  // namespace lhcr::format
