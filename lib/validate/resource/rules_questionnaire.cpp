// SPDX-License-Identifier: Apache-2.0
/// Questionnaire: conditions that can be met.
#include "base/names.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/resource/rules.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using finding::Severity;
using tree::no_node;
using tree::NodeId;

/// The item with a linkId at or below the items of `node`.
NodeId find_item(const Run& run, NodeId node, std::string_view link_id) {
  for (const NodeId item : named(run.tree, node, name::item)) {
    if (run.child_text(item, name::link_id) == link_id) {
      return item;
    }
    if (const NodeId below = find_item(run, item, link_id); below != no_node) {
      return below;
    }
  }
  return no_node;
}

void check_condition(Run& run, NodeId questionnaire, NodeId item, NodeId condition) {
  const std::string_view question = run.child_text(condition, name::question);
  if (question.empty()) {
    return;  // a missing question is a matter of cardinality
  }
  if (find_item(run, item, question) != no_node) {
    run.report(item, id<"enable-when-inner">, {std::string(question)});
    return;
  }
  const NodeId target = find_item(run, questionnaire, question);
  if (target == no_node) {
    run.report(item, id<"enable-when-missing">, {std::string(question)});
  } else if (target == item) {
    run.report(item, id<"enable-when-self">);
  } else if (target > item) {
    run.report(item, Severity::warning, id<"enable-when-later">, {std::string(question)});
  }
}

void check_items(Run& run, NodeId questionnaire, NodeId node) {
  for (const NodeId item : named(run.tree, node, name::item)) {
    for (const NodeId condition : named(run.tree, item, name::enable_when)) {
      check_condition(run, questionnaire, item, condition);
    }
    check_items(run, questionnaire, item);
  }
}

}  // namespace

void check_questionnaire(Run& run, NodeId resource) {
  if (!run.state.stu3) {
    check_items(run, resource, resource);
  }
  check_derived_form(run, resource);
}

}  // namespace lhcr::validate
