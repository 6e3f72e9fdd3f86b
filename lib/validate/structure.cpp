// SPDX-License-Identifier: Apache-2.0
/// The walk over a record: every node meets the plan of its type once.
#include <algorithm>

#include "base/names.hpp"
#include "base/suggest.hpp"
#include "base/text_rules.hpp"
#include "definition/version/releases.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::NodeId;

void walk_children(Run& run, NodeId node, const TypePlan& plan);

/// The row of a child: its written name decides, and for list members the row of the sibling before
/// is right already. Records mostly follow the order of the definitions, so that the rows behind it
/// are tried first.
const ChildPlan* find_row(const Run& run, const TypePlan& plan, NodeId node,
                          const ChildPlan* before) {
  const Symbol name = run.tree[node].name;
  const std::size_t first =
      before == nullptr ? 0 : static_cast<std::size_t>(before - plan.children.data()) + 1;
  for (std::size_t at = first; at < plan.children.size() && at < first + 2; ++at) {
    if (plan.rows[at].written == name) {
      return &plan.children[at];
    }
  }
  const definition::Child* const row = run.definitions.child(plan.type, name);
  return row == nullptr ? nullptr : &plan.children[static_cast<std::size_t>(row - plan.rows)];
}

const TypePlan& plan_of(Run& run, const ChildPlan& child, NodeId node) {
  const definition::TypeId actual = run.tree[node].type;
  if (actual == child.type || actual == definition::no_type) {
    if (child.plan == nullptr) {
      child.plan = &run.state.plans.type(child.type);
    }
    return *child.plan;
  }
  return run.state.plans.type(actual);
}

void check_special(Run& run, NodeId node, const ElementPlan& element, Special special) {
  switch (special) {
    case Special::identifier:
      check_identifier(run, node);
      break;
    case Special::coding:
      check_coding(run, node, element.binding);
      break;
    case Special::codeable_concept:
      check_codeable_concept(run, node, element.binding);
      break;
    case Special::quantity:
      check_quantity(run, node, element.binding);
      break;
    case Special::attachment:
      check_attachment(run, node);
      break;
    case Special::reference:
      check_reference(run, node, element.types);
      break;
    case Special::extension:
      check_extension(run, node);
      break;
    case Special::narrative:
      check_narrative(run, node);
      break;
    case Special::none:
      break;
  }
}

/// Element ids are unique within a resource.
void check_element_id(Run& run, NodeId node, NodeId id) {
  if (run.frame == nullptr || run.tree[node].is(tree::Flag::resource)) {
    return;
  }
  const std::string_view text = run.tree[id].text();
  if (!text.empty() && !run.frame->element_ids.insert(text).second) {
    run.report(node, finding::id<"duplicate-element-id">, {std::string(text)});
  }
}

/// "It is a resource type of FHIR 3.0.2", "Did you mean 'Patient'?", or nothing.
std::string near_type(const Run& run, std::string_view written) {
  for (const definition::Definitions* const other : run.options.other_versions) {
    if (definition::is_resource(*other, written)) {
      return "It is a resource type of FHIR " + std::string(other->fhir_version());
    }
  }
  if (const auto release = definition::release_of_type(written); !release.empty()) {
    return "It is a resource type of FHIR " + std::string(release) + ", which is not here";
  }
  std::vector<std::string_view> names;
  for (const definition::TypeInfo& type : run.definitions.types()) {
    if (type.kind == definition::TypeKind::resource && !type.abstract) {
      names.push_back(type.name);
    }
  }
  const std::string_view near = written.empty() ? written : closest(written, names);
  return near.empty() ? std::string{} : "Did you mean '" + std::string(near) + "'?";
}

void check_resource_value(Run& run, NodeId node) {
  if (run.tree[node].is(tree::Flag::resource) && run.tree[node].type != definition::no_type) {
    const bool contained = run.tree[node].element == name::contained;
    if (!contained || run.options.check_contained) {
      check_resource(run, node, contained);
    }
    return;
  }
  const std::string_view type = run.tree.resource_type(node);
  type.empty()
      ? run.report(node, id<"resource-type-missing">)
      : run.report(node, id<"resource-type-unknown">, {std::string(type), near_type(run, type)});
}

/// What an element without content lacks: that it is empty (ele-1) is said already.
void report_lacking(Run& run, NodeId node, const ChildPlan& child) {
  if (child.primitive || run.tree[node].kind != tree::Kind::object) {
    return;
  }
  for (const ElementPlan& element : plan_of(run, child, node).elements) {
    if (element.min > 0) {
      run.report_following(node, id<"element-missing">,
                           {std::string(element.path), std::to_string(element.min), "0"});
    }
  }
}

void walk_child(Run& run, NodeId node, const TypePlan& parent, const ChildPlan& child) {
  if ((child.flags & definition::child_resource) != 0) {
    check_resource_value(run, node);
    return;
  }
  check_shape(run, node, child);
  check_invariants(run, node,
                   {parent.invariants.data() + child.invariants_first, child.invariants_count});
  const ElementPlan& element = parent.elements[child.element];
  if (child.primitive) {
    check_value(run, node, parent, child);
  } else if (child.special != Special::none) {
    check_special(run, node, element, child.special);
  }
  if (run.tree[node].child == tree::no_node) {
    report_lacking(run, node, child);
    return;
  }
  if (run.tree[node].element == name::snapshot && run.frame != nullptr) {
    // The differential and the snapshot of a definition name the same elements.
    std::unordered_set<std::string_view> outside;
    outside.swap(run.frame->element_ids);
    walk_children(run, node, plan_of(run, child, node));
    outside.swap(run.frame->element_ids);
    return;
  }
  walk_children(run, node, plan_of(run, child, node));
}

void check_cardinalities(Run& run, NodeId node, const TypePlan& plan, std::size_t frame) {
  for (std::size_t i = 0; i < plan.elements.size(); ++i) {
    const ElementPlan& element = plan.elements[i];
    const std::uint32_t count = run.state.counts[frame + i];
    if (count < element.min) {
      run.report(node, id<"element-missing">,
                 {std::string(element.path), std::to_string(element.min), std::to_string(count)});
    } else if (count > element.max) {
      run.report(node, id<"element-too-many">,
                 {std::string(element.path), std::to_string(element.max), std::to_string(count)});
    }
  }
}

/// XML demands the order of the definition; JSON members may come in any order.
class OrderCheck {
 public:
  explicit OrderCheck(Run& run) : run_(run) {}
  void next(NodeId node, const ElementPlan& element, std::uint32_t index) {
    if (index < last_ && run_.options.xml_order && !run_.tree[node].is(tree::Flag::attribute)) {
      run_.report(node, id<"element-out-of-order">, {std::string(element.path)});
    }
    last_ = run_.tree[node].is(tree::Flag::attribute) ? last_ : index;
  }

 private:
  Run& run_;
  std::uint32_t last_ = 0;
};

void walk_children(Run& run, NodeId node, const TypePlan& plan) {
  const std::size_t frame = run.state.counts.size();
  run.state.counts.resize(frame + plan.elements.size(), 0);
  OrderCheck order(run);
  const ChildPlan* row = nullptr;
  Symbol row_name = no_symbol;
  for (const NodeId at : run.tree.children(node)) {
    const tree::Node& child = run.tree[at];
    if (child.is(tree::Flag::meta)) {
      continue;
    }
    const bool again = child.name == row_name;
    if (!again) {
      row = find_row(run, plan, at, row);
      row_name = child.name;
    }
    if (row == nullptr && again) {
      continue;  // said for the first of the list
    }
    if (row == nullptr || (plan.has_value && child.element == name::value)) {
      report_unknown(run, at, plan);
      continue;
    }
    ++run.state.counts[frame + row->element];
    order.next(at, plan.elements[row->element], row->element);
    if (child.element == name::id) {
      check_element_id(run, node, at);
    }
    walk_child(run, at, plan, *row);
  }
  check_cardinalities(run, node, plan, frame);
  run.state.counts.resize(frame);
}

void check_resource_id(Run& run, NodeId node, bool contained) {
  const NodeId id = run.child(node, name::id);
  if (id == tree::no_node) {
    if (contained) {
      run.report(node, finding::id<"contained-without-id">);
    }
    return;
  }
  const std::string_view text = run.tree[id].text();
  if (text.size() > 64) {
    run.report(id, finding::id<"resource-id-too-long">, {std::to_string(text.size())});
  } else if (!text.empty() && !is_id(text)) {
    run.report(id, finding::id<"id-invalid">, {std::string(text)});
  }
}

void check_security_labels(Run& run, NodeId node) {
  const NodeId meta = run.child(node, name::meta);
  if (meta == tree::no_node) {
    return;
  }
  std::vector<std::pair<std::string_view, std::string_view>> seen;
  for (const NodeId at : run.tree.children(meta)) {
    if (run.tree[at].element == name::security) {
      const std::pair label{run.child_text(at, name::system), run.child_text(at, name::code)};
      if (std::find(seen.begin(), seen.end(), label) != seen.end()) {
        run.report(at, id<"security-label-repeated">,
                   {std::string(label.first), std::string(label.second)});
      }
      seen.push_back(label);
    }
  }
}

}  // namespace

void check_resource(Run& run, NodeId node, bool contained) {
  ResourceFrame frame;
  frame.node = node;
  frame.contained = contained;
  frame.root = contained && run.frame != nullptr ? run.frame->root : node;
  ResourceFrame* const outer = std::exchange(run.frame, &frame);
  const TypePlan& plan = run.state.plans.type(run.tree[node].type);
  check_resource_id(run, node, contained);
  walk_children(run, node, plan);
  check_invariants(run, node, {plan.invariants.data() + plan.own_first, plan.own_count});
  check_security_labels(run, node);
  check_contained_used(run, node);
  check_resource_rules(run, node);
  check_resource_profiles(run, node);
  run.frame = outer;
}

bool conforms_to_type(Run& run, NodeId node) {
  CountingSink sink;
  const Run::Redirect redirect(run, sink);
  ResourceFrame frame = run.frame == nullptr ? ResourceFrame{} : *run.frame;
  frame.element_ids.clear();
  if (run.tree[node].is(tree::Flag::resource)) {
    frame.node = node;
  }
  ResourceFrame* const outer = std::exchange(run.frame, &frame);
  const TypePlan& plan = run.state.plans.type(run.tree[node].type);
  walk_children(run, node, plan);
  check_invariants(run, node, {plan.invariants.data() + plan.own_first, plan.own_count});
  run.frame = outer;
  return sink.errors() == 0;
}

void check_record(Run& run) {
  check_resource_value(run, tree::root_node);
}

}  // namespace lhcr::validate
