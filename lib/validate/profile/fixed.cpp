// SPDX-License-Identifier: Apache-2.0
/// fixed[x] and pattern[x] against nodes.
#include <algorithm>
#include <unordered_map>

#include "base/names.hpp"
#include "base/text.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"
#include "validate/plan/profile.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::no_node;
using tree::NodeId;

bool is_named(const tree::Node& node, Symbol name) {
  return node.name == name || node.element == name;
}

std::size_t count_named(const tree::Tree& tree, NodeId node, Symbol name) {
  const auto children = tree.children(node);
  return static_cast<std::size_t>(std::count_if(
      children.begin(), children.end(), [&](NodeId at) { return is_named(tree[at], name); }));
}

NodeId first_named(const tree::Tree& tree, NodeId node, Symbol name) {
  const auto children = tree.children(node);
  return *std::find_if(children.begin(), children.end(),
                       [&](NodeId at) { return is_named(tree[at], name); });
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

/// Whether `first`, one of the children that `child` is about, is a member of a list.
bool repeats(const tree::Tree& tree, const Expected& expected, const Expected& child,
             NodeId first) {
  return tree[first].is(tree::Flag::list) || expected_count(expected, child.name) > 1 ||
         count_named(tree, tree[first].parent, child.name) > 1;
}

bool member_matches(const tree::Tree& tree, NodeId node, const Expected& child, bool exact) {
  const auto children = tree.children(node);
  return std::any_of(children.begin(), children.end(), [&](NodeId at) {
    return is_named(tree[at], child.name) && matches_expected(tree, at, child, exact);
  });
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
  const NodeId first = first_named(run.tree, node, child.name);
  if (first == no_node) {
    run.report(node, id<"fixed-missing">, {child.label, std::string(profile)});
  } else if (!repeats(run.tree, expected, child, first)) {
    check_expected(run, first, child, exact, profile);
  } else if (!member_matches(run.tree, node, child, exact)) {
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
         std::all_of(
             expected.children.begin(), expected.children.end(), [&](const Expected& child) {
               return count_named(tree, node, child.name) <= expected_count(expected, child.name);
             });
}

}  // namespace lhcr::validate
