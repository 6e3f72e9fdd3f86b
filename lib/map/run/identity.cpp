// SPDX-License-Identifier: Apache-2.0
#include "map/run/identity.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/ascii.hpp"
#include "base/names.hpp"
#include "base/text.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {
namespace {

// What systems write where they know no number, without regard to case.
constexpr std::array<std::string_view, 12> fillers{"unk",  "ni",   "na",      "n/a", "none", "null",
                                                   "nask", "asku", "unknown", "0",   "-",    "nil"};

bool is_filler(std::string_view extension) {
  const std::string text = in_small_letters(trim(extension));
  return std::find(fillers.begin(), fillers.end(), text) != fillers.end() ||
         (!text.empty() && text.find_first_not_of('0') == std::string::npos);
}

}  // namespace

/// A root that other ids extend, or that is known as a system, names who gives numbers.
bool Identity::is_authority(std::string_view root) {
  if (!ready_) {
    ready_ = true;
    for (tree::NodeId node = tree::root_node; node < source_.size(); ++node) {
      if (source_[node].name == name::id &&
          !tree::child_text(source_, node, name::extension).empty()) {
        authorities_.insert(tree::child_text(source_, node, name::root));
      }
    }
  }
  return authorities_.contains(root) || !map_.systems.uri(root).empty();
}

std::vector<std::string> Identity::real_ids(tree::NodeId node) {
  std::vector<std::string> out;
  for (const tree::NodeId child : source_.children(node)) {
    if (source_[child].name != name::id || source_[child].is(tree::Flag::attribute) ||
        source_.child(child, name::null_flavor) != tree::no_node) {
      continue;
    }
    const std::string_view root = tree::child_text(source_, child, name::root);
    const std::string_view extension = tree::child_text(source_, child, name::extension);
    const bool real = extension.empty() ? !is_authority(root) : !is_filler(extension);
    if (!root.empty() && real) {
      out.push_back(std::string(root) + "^" + std::string(extension));
    }
  }
  return out;
}

void Identity::add_words(tree::NodeId node, Words& words) const {
  std::string word;
  const auto end = [&] {
    if (word.size() > 1) {
      words.push_back(word);
    }
    word.clear();
  };
  for (const char c : source_[node].text()) {
    const auto byte = static_cast<unsigned char>(c);
    // The number behind a name is no part of it; a code is one.
    const bool code = source_[node].is(tree::Flag::attribute) && std::isdigit(byte) != 0;
    if (std::isalpha(byte) != 0 || byte >= 0x80 || code) {
      word += small_letter(c);
    } else if (c != '\'') {
      end();
    }
  }
  end();
  for (const tree::NodeId child : source_.children(node)) {
    if (!source_[child].is(tree::Flag::attribute)) {
      add_words(child, words);
    }
  }
}

/// Sorted and distinct, of the first element that the path means.
Identity::Words Identity::words(const Path& path, tree::NodeId node) const {
  for (const Step& step : path.steps) {
    node = node == tree::no_node ? node : source_.child(node, step.name);
  }
  Words out;
  if (node != tree::no_node) {
    add_words(node, out);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
  }
  return out;
}

bool Identity::may_be_one(const Named& one, const Named& other) const {
  // Blocks of one type list the names of the same things in the same order.
  const std::size_t count = std::min(one.block.names.size(), other.block.names.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Words left = words(one.block.names[i], one.node);
    const Words right = words(other.block.names[i], other.node);
    if (!std::includes(left.begin(), left.end(), right.begin(), right.end()) &&
        !std::includes(right.begin(), right.end(), left.begin(), left.end())) {
      return false;
    }
  }
  return true;
}

std::string Identity::name_of(const Block& block, tree::NodeId node) const {
  std::string out;
  for (const Path& path : block.names) {
    for (const std::string& word : words(path, node)) {
      out += " " + word;
    }
  }
  return out;
}

}  // namespace lhcr::map
