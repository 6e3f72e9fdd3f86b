// SPDX-License-Identifier: Apache-2.0
#include "validate/profile/addition.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using definition::TypeRef;
using tree::no_node;
using tree::NodeId;

/// The invariants that the walk over the base type has already run at a node.
std::span<const InvariantPlan* const> base_invariants(Run& run, NodeId node, const Base& base) {
  const tree::Node& at = run.tree[node];
  if (at.is(tree::Flag::resource) && at.type != definition::no_type) {
    const TypePlan& plan = run.state.plans.type(at.type);
    return {plan.invariants.data() + plan.own_first, plan.own_count};
  }
  if (base.row == nullptr) {
    return {};
  }
  return {base.holder->invariants.data() + base.row->invariants_first, base.row->invariants_count};
}

/// A choice names each of its types: valueCode is no valueString, though a code is a string.
bool is_of_type(const Run& run, definition::TypeId actual, definition::TypeId listed, bool choice) {
  const bool exact = choice && run.state.cda == nullptr && !run.definitions.info(listed).abstract;
  return actual == listed || (!exact && run.definitions.derives(actual, listed));
}

bool type_listed(const Run& run, NodeId node, const ProfileElement& element) {
  const definition::TypeId actual = run.tree[node].type;
  return std::any_of(element.types.begin(), element.types.end(), [&](const TypeRef& type) {
    return type.type == definition::no_type || actual == definition::no_type ||
           is_of_type(run, actual, type.type, element.element.choice) ||
           run.definitions.info(actual).kind == definition::TypeKind::backbone;
  });
}

/// check_extension() judges the value of an extension; those of its parts are judged here.
bool is_own_value(const ProfilePlan& plan, const ProfileElement& element) {
  return plan.info.type == "Extension" &&
         std::count(element.element.path.begin(), element.element.path.end(), '.') == 1;
}

bool same_limits(const definition::Element& element, const ElementPlan& base) {
  return element.min_value == base.min_value && element.max_value == base.max_value &&
         element.max_length == base.max_length;
}

/// Whether references may lead to the same, and to no profile.
bool same_targets(const Run& run, const std::vector<TypeRef>& types,
                  const std::vector<TypeRef>& base) {
  const auto is_constraint = [&](std::string_view canonical) {
    const definition::StructureId id = run.definitions.structure(canonical);
    return id != definition::no_structure && run.definitions.structure_info(id).constraint;
  };
  return std::equal(types.begin(), types.end(), base.begin(), base.end(),
                    [&](const TypeRef& one, const TypeRef& other) {
                      return one.code == other.code && one.targets == other.targets &&
                             one.aggregation.empty() &&
                             std::none_of(one.targets.begin(), one.targets.end(), is_constraint);
                    });
}

/// Whether no check of a node can find anything; those of its number are another matter.
bool adds_nothing(const Run& run, NodeId node, const ProfilePlan& plan,
                  const ProfileElement& element, const ElementPlan& base) {
  const bool profiled = !element.is_extension &&
                        std::any_of(element.types.begin(), element.types.end(),
                                    [](const TypeRef& type) { return !type.profiles.empty(); });
  return element.children.empty() && !element.fixed && !element.pattern && !profiled &&
         fits_type(run, node, plan, element) && same_limits(element.element, base) &&
         !binds_anew(element.element.binding, &base) &&
         (element.types.empty() || element.types.front().code != "Reference" ||
          same_targets(run, element.types, base.types));
}

}  // namespace

Base base_of(Run& run, NodeId node) {
  const NodeId parent = run.tree[node].parent;
  const definition::TypeId type = parent == no_node ? definition::no_type : run.tree[parent].type;
  const definition::Child* const row =
      type == definition::no_type ? nullptr : run.definitions.child(type, run.tree[node].name);
  if (row == nullptr) {
    return {};
  }
  const TypePlan& plan = run.state.plans.type(type);
  return {&plan, &plan.children[static_cast<std::size_t>(row - plan.rows)]};
}

bool fits_type(const Run& run, NodeId node, const ProfilePlan& plan,
               const ProfileElement& element) {
  // The packages of a release do not agree on the type of a resource's id.
  return element.types.empty() || is_own_value(plan, element) ||
         run.tree[node].element == name::id || type_listed(run, node, element);
}

bool binds_anew(const definition::Binding& binding, const ElementPlan* base) {
  if (binding.strength < definition::Strength::extensible && binding.max_value_set.empty()) {
    return false;
  }
  return base == nullptr || base->binding.set != binding.set ||
         base->binding.strength != binding.strength || base->binding.max_set != binding.max_set;
}

const Addition& addition_to(Run& run, NodeId node, const ProfilePlan& plan,
                            const ProfileElement& element, const Base& base) {
  const definition::TypeId type = run.tree[node].type;
  for (const Addition& known : element.additions) {
    if (known.row == base.row && known.type == type) {
      return known;
    }
  }
  Addition made{base.row, type, false, {}};
  const auto stated = base_invariants(run, node, base);
  std::copy_if(element.invariants.begin(), element.invariants.end(),
               std::back_inserter(made.invariants),
               [&](const InvariantPlan* invariant) { return !states(stated, *invariant); });
  made.nothing = run.state.cda == nullptr && base.row != nullptr && made.invariants.empty() &&
                 adds_nothing(run, node, plan, element, *base.element());
  return element.additions.emplace_back(std::move(made));
}

}  // namespace lhcr::validate
