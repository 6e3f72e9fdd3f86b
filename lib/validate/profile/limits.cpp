// SPDX-License-Identifier: Apache-2.0
/// minValue, maxValue and maxLength that a profile adds to an element.
#include "base/measure.hpp"
#include "base/names.hpp"
#include "base/text_rules.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/plan/profile.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::NodeId;

std::string_view part(const Expected& limit, std::string_view name) {
  for (const Expected& child : limit.children) {
    if (child.label == name) {
      return child.text;
    }
  }
  return {};
}

std::optional<int> compare_quantity(const Run& run, NodeId node, const Expected& limit) {
  return compare_measures({run.child_text(node, name::value), run.child_text(node, name::code),
                           run.child_text(node, name::unit)},
                          {part(limit, "value"), part(limit, "code"), part(limit, "unit")});
}

/// A limit is the text of a primitive, or a Quantity as JSON.
std::optional<int> compare_with(const Run& run, NodeId node, std::string_view limit) {
  return limit.starts_with("{")
             ? compare_quantity(run, node, read_expected(limit, run.state.symbols))
             : compare_primitives(run.tree[node].text(), limit);
}

std::string shown(const Run& run, NodeId node) {
  return run.tree[node].kind == tree::Kind::object
             ? std::string(run.child_text(node, name::value)) + " " +
                   std::string(run.child_text(node, name::code))
             : std::string(run.tree[node].text());
}

}  // namespace

void check_added_limits(Run& run, NodeId node, const definition::Element& element,
                        const ElementPlan* base) {
  const bool new_least = base == nullptr || base->min_value != element.min_value;
  const bool new_most = base == nullptr || base->max_value != element.max_value;
  if (new_least && !element.min_value.empty() &&
      compare_with(run, node, element.min_value).value_or(0) < 0) {
    run.report(node, id<"value-below-minimum">, {shown(run, node), std::string(element.min_value)});
  }
  if (new_most && !element.max_value.empty() &&
      compare_with(run, node, element.max_value).value_or(0) > 0) {
    run.report(node, id<"value-above-maximum">, {shown(run, node), std::string(element.max_value)});
  }
  const bool new_length = base == nullptr || base->max_length != element.max_length;
  if (new_length && element.max_length != 0 &&
      characters(run.tree[node].text()) > element.max_length) {
    run.report(node, id<"value-too-long">, {std::to_string(element.max_length)});
  }
}

}  // namespace lhcr::validate
