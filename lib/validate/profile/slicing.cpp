// SPDX-License-Identifier: Apache-2.0
/// Which slice a node belongs to.
#include <algorithm>

#include "finding/id.hpp"
#include "validate/cda/cda.hpp"
#include "validate/checks.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using tree::no_node;
using tree::NodeId;

void take_step(Run& run, NodeId from, const PathStep& step, std::vector<NodeId>& out) {
  switch (step.kind) {
    case PathStep::Kind::child:
      for (const NodeId at : run.tree.children(from)) {
        if (run.tree[at].element == step.name || run.tree[at].name == step.name) {
          out.push_back(at);
        }
      }
      break;
    case PathStep::Kind::extension:
      for (const NodeId at : run.tree.children(from)) {
        if (run.tree[at].element == run.names.extension &&
            run.child_text(at, run.names.url) == step.argument) {
          out.push_back(at);
        }
      }
      break;
    case PathStep::Kind::resolve:
      if (const NodeId target = run.services.resolve(run.tree, from); target != no_node) {
        out.push_back(target);
      }
      break;
    case PathStep::Kind::of_type:
      if (run.type_name(from) == step.argument) {
        out.push_back(from);
      }
      break;
  }
}

std::vector<NodeId> follow(Run& run, NodeId node, const std::vector<PathStep>& path) {
  std::vector<NodeId> at{node};
  for (const PathStep& step : path) {
    std::vector<NodeId> next;
    for (const NodeId from : at) {
      take_step(run, from, step, next);
    }
    at = std::move(next);
  }
  return at;
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
         run.child(node, run.names.xsi_type) == no_node;
}

bool holds(Run& run, NodeId node, const SliceTest& test) {
  switch (test.kind) {
    case SliceTest::Kind::fixed:
      return matches_expected(run.tree, node, test.expected, true);
    case SliceTest::Kind::pattern:
      return matches_expected(run.tree, node, test.expected, false);
    case SliceTest::Kind::type:
      return is_untyped_null(run, node) ||
             std::any_of(test.names.begin(), test.names.end(),
                         [&](std::string_view name) { return has_type(run, node, name); });
    case SliceTest::Kind::profile:
      return std::any_of(test.names.begin(), test.names.end(), [&](std::string_view name) {
        return run.state.cda != nullptr && can_follow_template(run, node)
                   ? follows_template(run, node, name)
                   : conforms(run, node, name).value_or(false);
      });
    case SliceTest::Kind::binding:
      return test.set != definition::no_value_set &&
             member_of(run.definitions, run.tree, node, test.set).value_or(false);
    default:
      return true;
  }
}

bool passes(Run& run, NodeId node, std::uint32_t position, const SliceTest& test) {
  if (test.kind == SliceTest::Kind::position) {
    return position >= test.first && position < test.last;
  }
  const std::vector<NodeId> found = follow(run, node, test.path);
  if (test.kind == SliceTest::Kind::absent) {
    return found.empty();
  }
  return std::any_of(found.begin(), found.end(), [&](NodeId at) { return holds(run, at, test); });
}

bool belongs(Run& run, NodeId node, std::uint32_t position, const ProfileElement& slice) {
  return !slice.tests.empty() &&
         std::all_of(slice.tests.begin(), slice.tests.end(),
                     [&](const SliceTest& test) { return passes(run, node, position, test); });
}

}  // namespace

std::uint32_t find_slice(Run& run, NodeId node, std::uint32_t position, const ProfilePlan& plan,
                         const ProfileElement& sliced) {
  std::uint32_t found = 0;
  for (const std::uint32_t slice : sliced.slices) {
    if (!belongs(run, node, position, plan.elements[slice])) {
      continue;
    }
    const std::string_view name = plan.elements[slice].element.slice_name;
    const std::string_view before =
        found == 0 ? std::string_view{} : plan.elements[found].element.slice_name;
    const bool refines =
        name.size() > before.size() && name.starts_with(before) && name[before.size()] == '/';
    if (found == 0 || refines) {
      found = slice;
    } else if (run.state.cda == nullptr &&  // templates of CDA leave slices open to several kinds
               !(before.starts_with(name) && before.size() > name.size() &&
                 before[name.size()] == '/')) {
      run.report(node, Id::slice_ambiguous, {std::string(before), std::string(name), plan.label});
    }
  }
  return found;
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
  return std::any_of(plan->elements.begin(), plan->elements.end(),
                     [&](const ProfileElement& element) {
                       return element.element.slice_name == name &&
                              element.element.name == run.tree[node].element &&
                              belongs(run, node, position_of(run, node), element);
                     });
}

}  // namespace lhcr::validate
