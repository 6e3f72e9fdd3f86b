// SPDX-License-Identifier: Apache-2.0
#include "privacy/rule_path.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace lhcr::privacy {
namespace {

constexpr std::array<std::pair<std::string_view, RulePath::Search>, 2> searches{
    {{"nodesByType(", RulePath::Search::type}, {"nodesByName(", RulePath::Search::name}}};

bool is_word(char letter) noexcept {
  return is_alphanumeric(letter) || letter == '_';
}

/// "Patient" of "Patient.name"; empty when the path begins with an element.
std::string leading_type(std::string_view path) {
  if (path.empty() || path[0] < 'A' || path[0] > 'Z') return {};
  const auto end = std::find_if_not(path.begin(), path.end(), is_word);
  return {path.begin(), end};
}

void split_search(std::string_view path, std::size_t at, std::size_t length, RulePath& out) {
  const std::size_t open = path.find('\'', at + length);
  const std::size_t close = open == std::string_view::npos ? open : path.find('\'', open + 1);
  const std::size_t end = close == std::string_view::npos ? close : path.find(')', close);
  if (end == std::string_view::npos) return;
  out.before = path.substr(0, at);
  if (out.before.ends_with('.')) out.before.pop_back();
  out.name = path.substr(open + 1, close - open - 1);
  std::string_view after = path.substr(end + 1);
  // A path cannot begin with a dot; an index or an operator follows the node itself.
  if (!after.empty()) out.after = "$this" + std::string(after);
}

}  // namespace

RulePath split_path(std::string_view path) {
  RulePath out;
  for (const auto& [word, search] : searches) {
    const std::size_t at = path.find(word);
    if (at == std::string_view::npos) continue;
    out.search = search;
    split_search(path, at, word.size(), out);
    break;
  }
  if (out.search == RulePath::Search::none) out.before = path;
  out.resource_type = leading_type(out.before);
  return out;
}

}  // namespace lhcr::privacy
