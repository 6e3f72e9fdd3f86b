// SPDX-License-Identifier: Apache-2.0
#include "diff/describe.hpp"

#include <algorithm>
#include <vector>

#include "base/names.hpp"
#include "base/text.hpp"
#include "diff/names.hpp"
#include "format/format.hpp"
#include "format/json/json_part.hpp"

namespace lhcr::diff {

namespace {

/// On one line, and cut between code points.
std::string trimmed(const std::string& given) {
  const std::string text = printable(given);
  if (text.size() <= longest_text) return text;
  std::size_t end = longest_text;
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

/// The nodes at the paths of a row, in order.
std::vector<NodeId> nodes_of(const Tree& tree, NodeId node, const Row& row) {
  std::vector<NodeId> found;
  for (const Steps& steps : row.paths) {
    std::vector<NodeId> nodes{node};
    for (const Symbol step : steps) {
      std::vector<NodeId> next;
      for (const NodeId from : nodes) {
        for (const NodeId child : tree.children(from)) {
          if (step != no_symbol && tree[child].element == step) next.push_back(child);
        }
      }
      nodes = std::move(next);
    }
    found.insert(found.end(), nodes.begin(), nodes.end());
  }
  return found;
}

std::string value_of(const Tree& tree, NodeId resource, const Rules& rules) {
  std::string out;
  for (const Row& row : rules.values(tree[resource].type)) {
    for (const NodeId node : nodes_of(tree, resource, row)) {
      const std::string part = short_text(tree, node, rules);
      out += (out.empty() || part.empty() ? "" : ", ") + part;
    }
  }
  return trimmed(out);
}

std::string date_of(const Tree& tree, NodeId resource, const Rules& rules) {
  for (const Row& row : rules.dates(tree[resource].type)) {
    std::string text = row_text(tree, resource, row, true, rules);
    if (!text.empty()) return text;
  }
  return {};
}

std::string who_of(const Tree& tree, NodeId resource, const Rules& rules,
                   record::References& references) {
  for (const Row& row : rules.subjects(tree[resource].type)) {
    for (const NodeId node : nodes_of(tree, resource, row)) {
      const NodeId text = tree.child(node, name::reference);
      const NodeId target = text == no_node ? no_node : references.meant(text, tree[text].text());
      std::string found = target == no_node ? "" : label_of(tree, target, rules);
      if (found.empty()) found = short_text(tree, node, rules);
      if (!found.empty()) return found;
    }
  }
  return {};
}

}  // namespace

std::string json_of(const Tree& tree, NodeId node) {
  std::string out;
  if (node == no_node) return out;
  tree[node].kind == tree::Kind::null ? format::write_json_part(tree, node, format::one_line, out)
                                      : format::write_json_value(tree, node, format::one_line, out);
  return out;
}

Gist gist_of(const Tree& tree, NodeId resource, const Rules& rules,
             record::References& references) {
  return {value_of(tree, resource, rules), date_of(tree, resource, rules),
          who_of(tree, resource, rules, references)};
}

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
    if (!text.empty()) return trimmed(text);
  }
  return trimmed(json_of(tree, node));
}

bool is_told(const Tree& tree, NodeId node, NodeId around, const Rules& rules) {
  for (; node != around && node != no_node; node = tree[node].parent) {
    const NodeId parent = tree[node].parent;
    if (parent == no_node) return false;
    const auto& rows = rules.texts(tree[parent].type);
    const auto used = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
      return !row_text(tree, parent, row, false, rules).empty();
    });
    const bool told = used == rows.end() ||
                      std::any_of(used->paths.begin(), used->paths.end(), [&](const Steps& steps) {
                        return !steps.empty() && steps.front() == tree[node].element;
                      });
    if (!told) return false;
  }
  return node == around;
}

std::string label_of(const Tree& tree, NodeId resource, const Rules& rules) {
  for (const Row& row : rules.labels(tree[resource].type)) {
    std::string text = row_text(tree, resource, row, true, rules);
    if (!text.empty()) return trimmed(text);
  }
  return {};
}

}  // namespace lhcr::diff
