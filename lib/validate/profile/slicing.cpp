// SPDX-License-Identifier: Apache-2.0
/// Which slice a node belongs to.
#include <algorithm>
#include <span>

#include "base/names.hpp"
#include "finding/id.hpp"
#include "validate/cda/cda.hpp"
#include "validate/checks.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::no_node;
using tree::NodeId;

/// Whether something belongs to a slice. The order is that of conjunction: the least counts.
enum class Fit : std::uint8_t { no, unsure, yes };

Fit fit(std::optional<bool> answer) {
  return answer ? (*answer ? Fit::yes : Fit::no) : Fit::unsure;
}

template <typename Range, typename Judge>
Fit best_of(const Range& range, const Judge& judge) {
  Fit best = Fit::no;
  for (const auto& item : range) {
    best = std::max(best, best == Fit::yes ? best : judge(item));
  }
  return best;
}

/// Calls `visit` with each node that a step leads to.
template <typename Visit>
void take_step(Run& run, NodeId from, const PathStep& step, const Visit& visit) {
  switch (step.kind) {
    case PathStep::Kind::child:
      for (const NodeId at : run.tree.children(from)) {
        if (run.tree[at].element == step.name || run.tree[at].name == step.name) {
          visit(at);
        }
      }
      break;
    case PathStep::Kind::extension:
      for (const NodeId at : run.tree.children(from)) {
        if (run.tree[at].element == name::extension &&
            run.child_text(at, name::url) == step.argument) {
          visit(at);
        }
      }
      break;
    case PathStep::Kind::resolve:
      if (const NodeId target = run.services.resolve(run.tree, from); target != no_node) {
        visit(target);
      }
      break;
    case PathStep::Kind::of_type:
      if (run.type_name(from) == step.argument) {
        visit(from);
      }
      break;
  }
}

/// Calls `visit` with each node at the end of a path. Returns whether a reference on the way leads
/// out of the record.
template <typename Visit>
bool follow(Run& run, NodeId node, std::span<const PathStep> path, const Visit& visit) {
  if (path.empty()) {
    visit(node);
    return false;
  }
  bool outside = false;
  bool any = false;
  take_step(run, node, path.front(), [&](NodeId next) {
    any = true;
    outside = follow(run, next, path.subspan(1), visit) || outside;
  });
  return outside ||
         (!any && path.front().kind == PathStep::Kind::resolve && leads_outside(run, node));
}

bool has_type(const Run& run, NodeId node, std::string_view wanted) {
  const std::string_view name = wanted.substr(wanted.rfind('/') + 1);
  const definition::TypeId type = run.tree[node].type;
  const definition::TypeId base = run.definitions.type(name);
  return type != definition::no_type && base != definition::no_type &&
         run.definitions.derives(type, base);
}

/// An element of CDA that says neither a value nor its type may be of any.
bool is_untyped_null(const Run& run, NodeId node) {
  return run.state.cda != nullptr && is_null_flavoured(run, node) &&
         run.child(node, name::xsi_type) == no_node;
}

Fit fits_profile(Run& run, NodeId node, std::string_view profile) {
  return run.state.cda != nullptr && can_follow_template(run, node)
             ? fit(follows_template(run, node, profile))
             : fit(conforms(run, node, profile));
}

Fit holds(Run& run, NodeId node, const SliceTest& test) {
  switch (test.kind) {
    case SliceTest::Kind::fixed:
      return fit(matches_expected(run.tree, node, test.expected, true));
    case SliceTest::Kind::pattern:
      return fit(matches_expected(run.tree, node, test.expected, false));
    case SliceTest::Kind::type:
      return fit(is_untyped_null(run, node) ||
                 std::any_of(test.names.begin(), test.names.end(),
                             [&](std::string_view name) { return has_type(run, node, name); }));
    case SliceTest::Kind::profile:
      return best_of(test.names,
                     [&](std::string_view name) { return fits_profile(run, node, name); });
    case SliceTest::Kind::binding:
      return fit(member_of(run, node, test.set, test.value_set));
    default:
      return Fit::yes;
  }
}

Fit passes(Run& run, NodeId node, std::uint32_t position, const SliceTest& test) {
  if (test.kind == SliceTest::Kind::position) {
    return fit(position >= test.first && position < test.last);
  }
  Fit found = Fit::no;
  bool any = false;
  const bool absent = test.kind == SliceTest::Kind::absent;
  const bool outside = follow(run, node, test.path, [&](NodeId at) {
    any = true;
    found = absent || found == Fit::yes ? found : std::max(found, holds(run, at, test));
  });
  if (absent) {
    return outside ? Fit::unsure : fit(!any);
  }
  return outside ? std::max(found, Fit::unsure) : found;
}

Fit belongs(Run& run, NodeId node, std::uint32_t position, const ProfileElement& slice) {
  if (slice.tests.empty()) {
    // What templates of CDA do not tell apart belongs to none.
    return run.state.cda != nullptr ? Fit::no : Fit::unsure;
  }
  Fit least = Fit::yes;
  for (const SliceTest& test : slice.tests) {
    least = std::min(least, least == Fit::no ? least : passes(run, node, position, test));
  }
  return least;
}

// --- reasons ---

std::string written(const std::vector<PathStep>& path) {
  std::string text;
  for (const PathStep& step : path) {
    const bool call = step.kind == PathStep::Kind::resolve;
    text.append(text.empty() ? "" : ".").append(call ? "resolve()" : step.argument);
  }
  return text.empty() ? "it" : text;
}

/// {system: http://loinc.org, code: 8480-6}
std::string written(const Expected& expected) {
  if (!expected.object) {
    return "'" + expected.text + "'";
  }
  std::string text = "{";
  for (const Expected& child : expected.children) {
    text.append(text.size() == 1 ? "" : ", ")
        .append(child.label)
        .append(": ")
        .append(written(child));
  }
  return text.append("}");
}

std::string list_of(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) {
    text.append(text.empty() ? "" : " or ").append(name);
  }
  return text;
}

std::string wrong_profile(Run& run, NodeId node, const SliceTest& test) {
  std::string text;
  for (const std::string_view profile : test.names) {
    text.append(text.empty() ? "" : "; ").append(first_error(run, node, profile));
  }
  return text;
}

std::string reason_of(Run& run, NodeId member, const SliceTest& test) {
  const std::string path = written(test.path);
  NodeId node = no_node;
  follow(run, member, test.path, [&](NodeId at) { node = node == no_node ? at : node; });
  if (test.kind == SliceTest::Kind::absent) {
    return path + " is there";
  }
  if (node == no_node) {
    return path + " is absent";
  }
  switch (test.kind) {
    case SliceTest::Kind::fixed:
    case SliceTest::Kind::pattern:
      return path + " is " +
             (run.tree[node].kind == tree::Kind::object
                  ? "not "
                  : "'" + std::string(run.tree[node].text()) + "', not ") +
             written(test.expected);
    case SliceTest::Kind::type:
      return path + " is of type " + std::string(run.type_name(node)) + ", not " +
             list_of(test.names);
    case SliceTest::Kind::profile:
      return wrong_profile(run, node, test);
    case SliceTest::Kind::binding:
      return path + " is not in the value set " + std::string(test.value_set);
    default:
      return {};
  }
}

/// "a/x" refines "a".
bool refines(std::string_view name, std::string_view whole) {
  return name.size() > whole.size() && name.starts_with(whole) && name[whole.size()] == '/';
}

}  // namespace

std::string slice_reason(Run& run, NodeId node, std::uint32_t position,
                         const ProfileElement& slice) {
  for (const SliceTest& test : slice.tests) {
    if (test.kind != SliceTest::Kind::position && passes(run, node, position, test) == Fit::no) {
      return reason_of(run, node, test);
    }
  }
  return {};
}

SliceMatch find_slice(Run& run, NodeId node, std::uint32_t position, const ProfilePlan& plan,
                      const ProfileElement& sliced) {
  SliceMatch match;
  for (const std::uint32_t slice : sliced.slices) {
    const Fit fits = belongs(run, node, position, plan.elements[slice]);
    if (fits == Fit::unsure) {
      match.possible.push_back(slice);
    }
    if (fits != Fit::yes) {
      continue;
    }
    const std::string_view name = plan.elements[slice].element.slice_name;
    const std::string_view before =
        match.slice == 0 ? std::string_view{} : plan.elements[match.slice].element.slice_name;
    if (match.slice == 0 || refines(name, before)) {
      match.slice = slice;
    } else if (run.state.cda == nullptr &&  // templates of CDA leave slices open to several kinds
               !refines(before, name)) {
      run.report(node, id<"slice-ambiguous">, {std::string(before), std::string(name), plan.label});
    }
  }
  return match;
}

namespace {

std::uint32_t position_of(const Run& run, NodeId node) {
  std::uint32_t position = 0;
  for (const NodeId at : run.tree.children(run.tree[node].parent)) {
    if (at == node) {
      break;
    }
    position += run.tree[at].name == run.tree[node].name ? 1U : 0U;
  }
  return position;
}

}  // namespace

std::optional<bool> belongs_to_slice(Run& run, NodeId node, std::string_view structure,
                                     std::string_view name) {
  const definition::StructureId id = run.definitions.structure(structure);
  const ProfilePlan* const plan =
      id == definition::no_structure ? nullptr : run.state.profiles.get(id);
  if (plan == nullptr) {
    return std::nullopt;
  }
  const Fit found = best_of(plan->elements, [&](const ProfileElement& element) {
    return element.element.slice_name == name && element.element.name == run.tree[node].element
               ? belongs(run, node, position_of(run, node), element)
               : Fit::no;
  });
  return found == Fit::unsure ? std::nullopt : std::optional(found == Fit::yes);
}

}  // namespace lhcr::validate
