// SPDX-License-Identifier: Apache-2.0
/// fixed[x] and pattern[x] against nodes.
#include <algorithm>
#include <unordered_map>

#include "base/names.hpp"
#include "base/text.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::no_node;
using tree::NodeId;

std::vector<NodeId> named_children(const tree::Tree& tree, NodeId node, Symbol name) {
  std::vector<NodeId> found;
  for (const NodeId at : tree.children(node)) {
    if (tree[at].name == name || tree[at].element == name) {
      found.push_back(at);
    }
  }
  return found;
}

bool expects(const Expected& expected, Symbol name) {
  return std::any_of(expected.children.begin(), expected.children.end(),
                     [&](const Expected& child) { return child.name == name; });
}

std::size_t expected_count(const Expected& expected, Symbol name) {
  return static_cast<std::size_t>(
      std::count_if(expected.children.begin(), expected.children.end(),
                    [&](const Expected& child) { return child.name == name; }));
}

bool repeats(const tree::Tree& tree, const Expected& expected, const Expected& child,
             const std::vector<NodeId>& found) {
  return found.size() > 1 || expected_count(expected, child.name) > 1 ||
         (!found.empty() && tree[found.front()].is(tree::Flag::list));
}

struct AlsoFixed {
  std::string_view profile;
  std::string_view fixed;
  std::string_view also;
};
constexpr AlsoFixed also_fixed[] = {
#define LHCR_ALSO_FIXED(profile, fixed, also) {profile, fixed, also},
#include "validate/cda/also_fixed.def"
#undef LHCR_ALSO_FIXED
};

bool is_as_good(std::string_view profile, std::string_view fixed, std::string_view found) {
  return std::any_of(std::begin(also_fixed), std::end(also_fixed), [&](const AlsoFixed& known) {
    return known.profile == without_version(profile) && known.fixed == fixed && known.also == found;
  });
}

void report_text(Run& run, NodeId node, const Expected& expected, std::string_view profile) {
  if (run.tree[node].text() != expected.text &&
      !is_as_good(profile, expected.text, run.tree[node].text())) {
    run.report(node, id<"fixed-value">,
               {std::string(run.tree[node].text()), expected.text, std::string(profile)});
  }
}

void report_extra(Run& run, NodeId node, const Expected& expected, std::string_view profile) {
  for (const NodeId at : run.tree.children(node)) {
    const tree::Node& child = run.tree[at];
    if (!child.is(tree::Flag::meta) && !expects(expected, child.name) &&
        child.element != name::id) {
      run.report(at, id<"fixed-extra">,
                 {std::string(run.tree.name(child.name)), std::string(profile)});
    }
  }
}

struct Demand {
  bool exact;  ///< fixed[x]: nothing else at any level; pattern[x]: at least this
  std::string_view profile;
};

void check_member(Run& run, NodeId node, const Expected& expected, const Expected& child,
                  const Demand& demand) {
  const auto& [exact, profile] = demand;
  const std::vector<NodeId> found = named_children(run.tree, node, child.name);
  if (found.empty()) {
    run.report(node, id<"fixed-missing">, {child.label, std::string(profile)});
    return;
  }
  if (!repeats(run.tree, expected, child, found)) {
    check_expected(run, found.front(), child, exact, profile);
    return;
  }
  const bool met = std::any_of(found.begin(), found.end(), [&](NodeId at) {
    return matches_expected(run.tree, at, child, exact);
  });
  if (!met) {
    run.report(node, id<"pattern-member-missing">, {child.label, std::string(profile)});
  }
}

/// More of a list than the fixed value has.
void report_more(Run& run, NodeId node, const Expected& expected, std::string_view profile) {
  std::unordered_map<Symbol, std::size_t> counts;
  for (const NodeId at : run.tree.children(node)) {
    const Symbol name = run.tree[at].name;
    if (!run.tree[at].is(tree::Flag::meta) && expects(expected, name) &&
        ++counts[name] > expected_count(expected, name)) {
      run.report(at, id<"fixed-extra">, {std::string(run.tree.name(name)), std::string(profile)});
    }
  }
}

bool member_matches(const tree::Tree& tree, NodeId node, const Expected& child, bool exact) {
  const std::vector<NodeId> found = named_children(tree, node, child.name);
  return std::any_of(found.begin(), found.end(),
                     [&](NodeId at) { return matches_expected(tree, at, child, exact); });
}

}  // namespace

void check_expected(Run& run, NodeId node, const Expected& expected, bool exact,
                    std::string_view profile) {
  if (!expected.object) {
    report_text(run, node, expected, profile);
    return;
  }
  for (const Expected& child : expected.children) {
    check_member(run, node, expected, child, {exact, profile});
  }
  if (exact) {
    report_extra(run, node, expected, profile);
    report_more(run, node, expected, profile);
  }
}

bool matches_expected(const tree::Tree& tree, NodeId node, const Expected& expected, bool exact) {
  if (!expected.object) {
    return tree[node].text() == expected.text;
  }
  for (const Expected& child : expected.children) {
    if (!member_matches(tree, node, child, exact)) {
      return false;
    }
  }
  if (!exact) {
    return true;
  }
  const auto children = tree.children(node);
  return std::all_of(children.begin(), children.end(),
                     [&](NodeId at) {
                       return tree[at].is(tree::Flag::meta) || expects(expected, tree[at].name);
                     }) &&
         std::all_of(expected.children.begin(), expected.children.end(),
                     [&](const Expected& child) {
                       return named_children(tree, node, child.name).size() <=
                              expected_count(expected, child.name);
                     });
}

}  // namespace lhcr::validate
