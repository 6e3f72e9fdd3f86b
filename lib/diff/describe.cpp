// SPDX-License-Identifier: Apache-2.0
#include "diff/describe.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "diff/names.hpp"
#include "format/format.hpp"
#include "format/json/json_part.hpp"

namespace lhcr::diff {

namespace {

constexpr std::size_t longest = 120;
constexpr format::WriteStyle compact{.pretty = false};

/// On one line, and cut between code points.
std::string trimmed(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char byte) { return static_cast<unsigned char>(byte) < 0x20; },
      ' ');
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

/// Text of the elements at a path, joined by spaces.
std::string path_text(const Tree& tree, NodeId node, const Steps& steps, std::size_t at,
                      const Rules& rules) {
  if (at == steps.size()) return short_text(tree, node, rules);
  std::string out;
  for (const NodeId child : tree.children(node)) {
    if (tree[child].element != steps[at]) continue;
    const std::string part = path_text(tree, child, steps, at + 1, rules);
    out += (out.empty() || part.empty() ? "" : " ") + part;
  }
  return out;
}

std::string row_text(const Tree& tree, NodeId node, const Row& row, bool first_only,
                     const Rules& rules) {
  std::string out;
  for (const Steps& steps : row.paths) {
    const std::string part = path_text(tree, node, steps, 0, rules);
    out += (out.empty() || part.empty() ? "" : " ") + part;
    if (first_only && !out.empty()) break;
  }
  return out;
}

}  // namespace

std::string short_text(const Tree& tree, NodeId node, const Rules& rules) {
  const tree::Node& found = tree[node];
  if (found.is(tree::resource)) {
    const std::string label = label_of(tree, node, rules);
    return trimmed(std::string(tree.resource_type(node)) + (label.empty() ? "" : " · ") + label);
  }
  if (found.kind != Kind::object && found.kind != Kind::null) {
    return trimmed(std::string(found.text()));
  }
  for (const Row& row : rules.texts(found.type)) {
    std::string text = row_text(tree, node, row, false, rules);
    if (!text.empty()) return trimmed(std::move(text));
  }
  std::string json;
  found.kind == Kind::null ? format::write_json_part(tree, node, compact, json)
                           : format::write_json_value(tree, node, compact, json);
  return trimmed(std::move(json));
}

std::string label_of(const Tree& tree, NodeId resource, const Rules& rules) {
  for (const Row& row : rules.labels(tree[resource].type)) {
    std::string text = row_text(tree, resource, row, true, rules);
    if (!text.empty()) return trimmed(std::move(text));
  }
  return {};
}

}  // namespace lhcr::diff
