// SPDX-License-Identifier: Apache-2.0
#include "format/cda/narrative.hpp"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <utility>

#include "base/embedded.hpp"
#include "base/text.hpp"

namespace lhcr::format {

/// narrative.txt (the build makes it).
std::span<const EmbeddedFile> narrative_table();

namespace {

/// Takes what stands before the first `mark`, without the white space around it.
std::string_view take(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view taken = trim(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

/// Reads narrative.txt, which says what its lines are.
class Rules {
 public:
  explicit Rules(std::string_view text) {
    while (!text.empty()) {
      const std::string_view line = take(text, '\n');
      if (!line.empty() && line.front() != '#') read(line);
    }
  }
  [[nodiscard]] const NarrativeRule* find(std::string_view element) const {
    const auto found = rules_.find(element);
    return found == rules_.end() ? nullptr : &found->second;
  }

 private:
  void read(std::string_view line) {
    const std::size_t sign = line.find(" = ");
    if (sign != std::string_view::npos) {
      shorthands_.emplace(line.substr(0, sign), line.substr(sign + 3));
      return;
    }
    NarrativeRule rule;
    rule.element = take(line, '|');
    add(take(line, '|'), 0, rule.children);
    add(take(line, '|'), 0, rule.attributes);
    rule.text = !rule.children.empty() && rule.children.front().name == ".";
    rules_.emplace(rule.element, std::move(rule));
  }

  void add(std::string_view text, unsigned group, std::vector<NarrativeWord>& words) const {
    while (!text.empty()) {
      std::string_view word = take(text, ' ');
      if (word == "<") {
        ++group;
      } else if (word.starts_with('$')) {
        add(shorthands_.at(word.substr(1)), group, words);
      } else {
        const bool needed = word.ends_with('!');
        word.remove_suffix(needed ? 1 : 0);
        words.push_back({word, group, needed});
      }
    }
  }

  std::unordered_map<std::string_view, std::string_view> shorthands_;
  std::unordered_map<std::string_view, NarrativeRule> rules_;
};

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
  static const Rules rules(narrative_table().front().text);
  return rules.find(element);
}

}  // namespace lhcr::format
