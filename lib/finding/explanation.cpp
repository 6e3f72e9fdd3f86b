// SPDX-License-Identifier: Apache-2.0
#include "finding/explanation.hpp"

#include <algorithm>
#include <iterator>
#include <span>

#include "base/embedded.hpp"

namespace lhcr::finding {

/// explanations/*.md, in order of name (the build makes it).
std::span<const EmbeddedFile> explanation_files();

const std::vector<Explanation>& explanations() {
  static const std::vector<Explanation> all = [] {
    std::vector<Explanation> made;
    for (const EmbeddedFile& file : explanation_files()) {
      auto entries = read_explanations(file.text, std::string(file.name));
      std::move(entries.begin(), entries.end(), std::back_inserter(made));
    }
    return made;
  }();
  return all;
}

const Explanation* explanation(std::string_view id) {
  const auto found = std::find_if(explanations().begin(), explanations().end(),
                                  [&](const Explanation& each) { return each.row.id == id; });
  return found == explanations().end() ? nullptr : &*found;
}

}  // namespace lhcr::finding
