// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/merge.hpp"

#include <algorithm>

namespace lhcr::definition::compiler {
namespace {

void take(const std::string& change, std::string& into) {
  if (!change.empty()) {
    into = change;
  }
}

void merge_values(const ElementModel& change, ElementModel& into) {
  take(change.short_text, into.short_text);
  take(change.min_value, into.min_value);
  take(change.max_value, into.max_value);
  take(change.fixed, into.fixed);
  take(change.fixed_type, into.fixed_type);
  take(change.pattern, into.pattern);
  take(change.pattern_type, into.pattern_type);
  take(change.content_reference, into.content_reference);
  if (change.max_length != 0) {
    into.max_length = change.max_length;
  }
}

void merge_binding(const ElementModel& change, ElementModel& into) {
  if (change.strength == Strength::none) {
    return;
  }
  into.strength = change.strength;
  take(change.value_set, into.value_set);
  take(change.max_value_set, into.max_value_set);
}

void merge_slicing(const ElementModel& change, ElementModel& into) {
  if (!change.sliced) {
    return;
  }
  into.sliced = true;
  into.slicing_ordered = into.slicing_ordered || change.slicing_ordered;
  take(change.slicing_rules, into.slicing_rules);
  if (!change.discriminators.empty()) {
    into.discriminators = change.discriminators;
  }
}

void merge_invariants(const ElementModel& change, ElementModel& into) {
  for (const InvariantModel& item : change.invariants) {
    const auto known =
        std::find_if(into.invariants.begin(), into.invariants.end(),
                     [&](const InvariantModel& other) { return other.key == item.key; });
    if (known == into.invariants.end()) {
      into.invariants.push_back(item);
    } else if (!item.expression.empty()) {
      *known = item;
    }
  }
}

}  // namespace

void merge(const ElementModel& change, ElementTree& into) {
  ElementModel& element = into.element;
  if (change.has_min) {
    element.min = change.min;
  }
  if (change.has_max) {
    element.max = change.max;
  }
  take(change.slice_name, element.slice_name);
  merge_values(change, element);
  merge_binding(change, element);
  merge_slicing(change, element);
  merge_invariants(change, element);
  if (!change.types.empty()) {
    element.types = change.types;
  }
  element.must_support = element.must_support || change.must_support;
  element.modifier = element.modifier || change.modifier;
  element.attribute = element.attribute || change.attribute;
  element.xhtml = element.xhtml || change.xhtml;
}

}  // namespace lhcr::definition::compiler
