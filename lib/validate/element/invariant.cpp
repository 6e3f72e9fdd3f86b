// SPDX-License-Identifier: Apache-2.0
/// FHIRPath constraints.
#include <algorithm>

#include "base/names.hpp"
#include "base/text_rules.hpp"
#include "fhirpath/value.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using finding::Severity;
using tree::NodeId;

bool has_content(const Run& run, NodeId node) {
  const tree::Node& at = run.tree[node];
  if (at.length > 0) {
    return true;
  }
  return std::any_of(
      run.tree.children(node).begin(), run.tree.children(node).end(), [&](NodeId child) {
        return run.tree[child].element != name::id && !run.tree[child].is(tree::Flag::meta);
      });
}

bool any_contained(const Run& run, NodeId node, bool (*broken)(const Run&, NodeId)) {
  for (const NodeId at : run.tree.children(node)) {
    if (run.tree[at].element == name::contained && broken(run, at)) {
      return true;
    }
  }
  return false;
}

bool nests(const Run& run, NodeId contained) {
  return run.child(contained, name::contained) != tree::no_node;
}

bool versioned(const Run& run, NodeId contained) {
  const NodeId meta = run.child(contained, name::meta);
  return meta != tree::no_node && (run.child(meta, name::version_id) != tree::no_node ||
                                   run.child(meta, name::last_updated) != tree::no_node);
}

bool labelled(const Run& run, NodeId contained) {
  const NodeId meta = run.child(contained, name::meta);
  return meta != tree::no_node && run.child(meta, name::security) != tree::no_node;
}

bool has_narrative(const Run& run, NodeId node) {
  const NodeId text = run.child(node, name::text);
  return text != tree::no_node && run.child(text, name::div) != tree::no_node;
}

fhirpath::Truth truth(bool value) {
  return value ? fhirpath::Truth::yes : fhirpath::Truth::no;
}

std::size_t count_named(const Run& run, NodeId node, const std::vector<Symbol>& names) {
  std::size_t count = 0;
  for (const NodeId at : run.tree.children(node)) {
    count += std::find(names.begin(), names.end(), run.tree[at].element) != names.end() ? 1U : 0U;
  }
  return count;
}

/// nullopt: not of this node, or what `reference` says is to be looked up.
std::optional<fhirpath::Truth> local_reference(const Run& run, NodeId node) {
  const NodeId reference = run.child(node, name::reference);
  if (reference == tree::no_node) {
    return fhirpath::Truth::yes;
  }
  const tree::Node& at = run.tree[reference];
  const bool alone = at.next == tree::no_node || run.tree[at.next].element != name::reference;
  const bool elsewhere = at.length > 0 && (*at.bytes != '#' || at.length == 1);
  return alone && elsewhere ? std::optional(fhirpath::Truth::yes) : std::nullopt;
}

/// nullopt: what is no dateTime, or has no day, is for the expression.
std::optional<fhirpath::Truth> with_day(const Run& run, NodeId node) {
  constexpr std::size_t to_the_day = 10;
  const std::string_view text = run.tree[node].text();
  const bool known = run.type_name(node) == "dateTime" && text.size() >= to_the_day &&
                     date_time_fault(text) == DateFault::none;
  return known ? std::optional(fhirpath::Truth::yes) : std::nullopt;
}

/// nullopt: the expression is to be run.
std::optional<fhirpath::Truth> fused_truth(const Run& run, NodeId node,
                                           const InvariantPlan& invariant) {
  switch (invariant.fused) {
    case Fused::has_content:
      return truth(has_content(run, node));
    case Fused::extension_xor:
      return truth((run.child(node, name::extension) != tree::no_node) !=
                   (run.child(node, name::value) != tree::no_node));
    case Fused::nested_contained:
      return truth(!any_contained(run, node, nests));
    case Fused::contained_version:
      return truth(!any_contained(run, node, versioned));
    case Fused::contained_labels:
      return truth(!any_contained(run, node, labelled));
    case Fused::has_narrative:
      return truth(has_narrative(run, node));
    case Fused::narrative_allowed:
      return truth(narrative_allowed(run.tree[node].text()));
    case Fused::narrative_content:
      return truth(narrative_has_content(run.tree[node].text()));
    case Fused::one_of:
      return truth(count_named(run, node, invariant.names) == 1);
    case Fused::some_of:
      return truth(count_named(run, node, invariant.names) > 0);
    case Fused::presence:
      return run.tree[node].kind == tree::Kind::object
                 ? std::optional(truth(invariant.presence.holds(run.tree, node)))
                 : std::nullopt;
    case Fused::local_reference:
      return local_reference(run, node);
    case Fused::with_day:
      return with_day(run, node);
    case Fused::none:
      return std::nullopt;
    case Fused::contained_used:  // check_contained_used() reports per contained resource
      break;
  }
  return fhirpath::Truth::yes;
}

void report_broken(Run& run, NodeId node, const InvariantPlan& invariant) {
  Severity severity = invariant.warning ? Severity::warning : Severity::error;
  if (invariant.best_practice) {
    if (!run.options.best_practice) {
      return;
    }
    severity = Severity::warning;
  }
  finding::Finding made =
      run.about(node, severity, id<"invariant">,
                {std::string(invariant.key), std::string(invariant.human), invariant.expression});
  made.follows = invariant.follows;
  run.send(std::move(made));
}

void report_unchecked(Run& run, NodeId node, const InvariantPlan& invariant,
                      const std::string& why) {
  run.report(node, id<"invariant-not-checked">, {std::string(invariant.key), why});
}

fhirpath::Truth evaluate(Run& run, NodeId node, const InvariantPlan& invariant) {
  if (const auto known = fused_truth(run, node, invariant)) {
    return *known;
  }
  if (!invariant.compiled) {
    throw fhirpath::ExpressionError(invariant.fault, 0);
  }
  return run.state.evaluator.test(*invariant.compiled, run.context(), node);
}

}  // namespace

bool states(std::span<const InvariantPlan* const> invariants, const InvariantPlan& invariant) {
  return std::any_of(invariants.begin(), invariants.end(), [&](const InvariantPlan* other) {
    return other == &invariant ||
           (other->expression == invariant.expression && other->warning == invariant.warning &&
            other->fused == invariant.fused);
  });
}

void check_invariant(Run& run, NodeId node, const InvariantPlan& invariant) {
  run.unsure = false;
  try {
    const fhirpath::Truth found = evaluate(run, node, invariant);
    // What CDA leaves open (an absent code compared with one) breaks no rule.
    const bool open = run.state.cda != nullptr && !invariant.warning;
    if (found == fhirpath::Truth::no || (found == fhirpath::Truth::empty && !open)) {
      if (run.unsure) {
        run.state.cda != nullptr ? run.count_unchecked(id<"binding-not-checked">, invariant.key)
                                 : run.count_unchecked(id<"constraint-not-checked">, invariant.key);
      } else {
        report_broken(run, node, invariant);
      }
    }
  } catch (const fhirpath::ExpressionError& error) {
    report_unchecked(run, node, invariant, error.what());
  }
}

void check_invariants(Run& run, NodeId node, std::span<const InvariantPlan* const> invariants) {
  for (const InvariantPlan* const invariant : invariants) {
    check_invariant(run, node, *invariant);
  }
}

std::vector<NodeId> nodes_of(Run& run, const fhirpath::Expression& expression, NodeId focus) {
  std::vector<NodeId> nodes;
  for (const fhirpath::Value& value :
       run.state.evaluator.evaluate(expression, run.context(), focus)) {
    if (value.is_node()) {
      nodes.push_back(value.node());
    }
  }
  return nodes;
}

}  // namespace lhcr::validate
