// SPDX-License-Identifier: Apache-2.0
/// The walk over a CDA document: every node meets the plan of its type once.
#include "validate/cda/cda.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "base/text.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::Flag;
using tree::Kind;
using tree::no_node;
using tree::NodeId;

/// Attributes of these namespaces are of no class.
constexpr std::string_view common_prefixes[] = {"xsi:", "xml:", "xmlns"};
/// The type of a code whose system the element fixes.
constexpr std::string_view simple_code = "CS";
/// Elements of localised documents, judged by the rules of the locality.
constexpr std::string_view local_prefix = "npfitlc:";

class CdaWalk {
 public:
  explicit CdaWalk(Run& run) : run_(run), tree_(run.tree) {}

  void document(NodeId top) {
    const TypePlan& plan = run_.state.plans.type(tree_[top].type);
    children(top, plan);
    check_invariants(run_, top, {plan.invariants.data() + plan.own_first, plan.own_count});
    check_cda_templates(run_, top);
  }

 private:
  void children(NodeId node, const TypePlan& plan) {
    const std::size_t frame = run_.state.counts.size();
    run_.state.counts.resize(frame + plan.elements.size(), 0);
    std::uint16_t order = 0;
    std::size_t guess = 0;
    for (const NodeId at : tree_.children(node)) {
      const ChildPlan* const row = find(plan, at, guess);
      if (row == nullptr) {
        unknown(node, at, plan);
        continue;
      }
      // Text may stand in several pieces between elements.
      run_.state.counts[frame + row->element] +=
          (row->flags & definition::child_text) == 0 ? 1U : 0U;
      child(at, plan, *row, order);
    }
    cardinalities(node, plan, frame);
    run_.state.counts.resize(frame);
  }

  const ChildPlan* find(const TypePlan& plan, NodeId at, std::size_t& guess) const {
    const tree::Node& node = tree_[at];
    if (node.is(Flag::unknown)) {
      return nullptr;
    }
    for (std::size_t i = guess; i < plan.children.size() && i < guess + 2; ++i) {
      if (plan.rows[i].element == node.element) {
        guess = i;
        return &plan.children[i];
      }
    }
    for (std::size_t i = 0; i < plan.children.size(); ++i) {
      if (plan.rows[i].element == node.element) {
        guess = i;
        return &plan.children[i];
      }
    }
    return nullptr;
  }

  void unknown(NodeId node, NodeId at, const TypePlan& plan) {
    const tree::Node& child = tree_[at];
    if (child.kind == Kind::text) {
      text(node, child.text());
      return;
    }
    const std::string_view name = tree_.name_of(at);
    const std::string owner(tree_.name_of(node));
    if (!child.is(Flag::attribute) && name.starts_with(local_prefix)) {
      return;
    }
    if (!child.is(Flag::attribute)) {
      run_.report(at, id<"unknown-element">,
                  {std::string(name), owner, suggestion(run_, plan, name, false)});
    } else if (std::none_of(std::begin(common_prefixes), std::end(common_prefixes),
                            [&](std::string_view prefix) { return name.starts_with(prefix); })) {
      run_.report(at, id<"cda-attribute-unknown">,
                  {std::string(name), owner, suggestion(run_, plan, name, true)});
    }
  }

  void text(NodeId node, std::string_view found) {
    found = trim(found);
    if (!found.empty()) {
      run_.report(node, id<"cda-text">,
                  {std::string(tree_.name_of(node)), std::string(found.substr(0, 40))});
    }
  }

  void child(NodeId at, const TypePlan& plan, const ChildPlan& row, std::uint16_t& order) {
    const tree::Node& node = tree_[at];
    const ElementPlan& element = plan.elements[row.element];
    const definition::Child& defined =
        plan.rows[static_cast<std::size_t>(&row - plan.children.data())];
    if (node.is(Flag::attribute)) {
      check_cda_attribute(run_, at, element, row);
      return;
    }
    if ((row.flags & definition::child_text) != 0) {
      return;
    }
    if (defined.order < order) {
      run_.report(at, id<"cda-order">, {std::string(element.path)});
    }
    order = std::max(order, defined.order);
    if ((row.flags & definition::child_xhtml) != 0) {
      check_cda_narrative(run_, at);
      return;
    }
    this->element(at, plan, row, element);
  }

  void element(NodeId at, const TypePlan& plan, const ChildPlan& row, const ElementPlan& element) {
    const definition::TypeId type = tree_[at].type;
    if (!said_type(at, row, element) || type == definition::no_type) {
      return;
    }
    check_invariants(run_, at,
                     {plan.invariants.data() + row.invariants_first, row.invariants_count});
    const TypePlan& own = run_.state.plans.type(type);
    if (type != row.type) {
      check_invariants(run_, at, {own.invariants.data() + own.own_first, own.own_count});
    }
    if (element.binding.strength == definition::Strength::required) {
      check_element_binding(at, element.binding);
    }
    check_cda_code(run_, at);
    for (const CdaTypeCheck check : run_.state.cda->type_checks(type)) {
      check(run_, at);
    }
    plain_text(at, own);
    children(at, own);
    if (run_.state.cda->takes_templates(type)) {
      check_cda_templates(run_, at);
    }
  }

  /// The classes fix the codes of a CS; those of other types may come from elsewhere (CWE).
  void check_element_binding(NodeId at, definition::Binding binding) {
    const bool fixed = run_.type_name(at) == simple_code;
    binding.strength = fixed ? binding.strength : definition::Strength::extensible;
    check_cda_binding(run_, at, binding);
  }

  /// An element that holds nothing but text keeps it as its own; the type pass has given it a child
  /// where its class has one for it.
  void plain_text(NodeId at, const TypePlan& own) {
    if (tree_[at].kind == Kind::string &&
        std::none_of(own.children.begin(), own.children.end(), [](const ChildPlan& row) {
          return (row.flags & definition::child_text) != 0;
        })) {
      text(at, tree_[at].text());
    }
  }

  /// False when it is not known of which type the element is.
  bool said_type(NodeId at, const ChildPlan& row, const ElementPlan& element) {
    const NodeId said = run_.child(at, name::xsi_type);
    if (said == no_node) {
      if (element.types.size() > 1 && tree_[at].type == row.type &&
          std::none_of(element.types.begin(), element.types.end(),
                       [&](const definition::TypeRef& known) { return known.type == row.type; })) {
        run_.report(at, id<"cda-type-missing">, {allowed_types(element)});
        return false;
      }
      return true;
    }
    const definition::TypeId type = run_.definitions.type(tree_[said].text());
    const bool allowed = type != definition::no_type &&
                         std::any_of(element.types.begin(), element.types.end(),
                                     [&](const definition::TypeRef& known) {
                                       return run_.definitions.derives(type, known.type);
                                     });
    if (!allowed) {
      run_.report(at, id<"cda-type-wrong">,
                  {std::string(tree_[said].text()), allowed_types(element)});
    }
    return allowed;
  }

  void cardinalities(NodeId node, const TypePlan& plan, std::size_t frame) {
    for (std::size_t i = 0; i < plan.elements.size(); ++i) {
      const ElementPlan& element = plan.elements[i];
      const std::uint32_t count = run_.state.counts[frame + i];
      const bool attribute =
          (plan.children[element.first_child].flags & definition::child_attribute) != 0;
      if (count < element.min && attribute) {
        run_.report(node, id<"cda-attribute-missing">, {std::string(run_.tree.name(element.name))});
      } else if (count < element.min) {
        run_.report(
            node, id<"element-missing">,
            {std::string(element.path), std::to_string(element.min), std::to_string(count)});
      } else if (count > element.max) {
        run_.report(
            node, id<"element-too-many">,
            {std::string(element.path), std::to_string(element.max), std::to_string(count)});
      }
    }
  }

  Run& run_;
  const tree::Tree& tree_;
};

NodeId find_document(const Run& run) {
  const definition::TypeId type = run.state.cda->document();
  for (NodeId at = tree::root_node + 1; at < run.tree.size(); ++at) {
    if (run.tree[at].type == type && type != definition::no_type) {
      return at;
    }
  }
  return no_node;
}

/// Templates that the caller asks for beside those that the document names.
void check_asked_profiles(Run& run, NodeId top) {
  for (const std::string& canonical : run.options.profiles) {
    const definition::StructureId id = run.definitions.structure(canonical);
    const ProfilePlan* const plan =
        id == definition::no_structure ? nullptr : run.state.profiles.get(id);
    if (plan == nullptr) {
      run.report(top, finding::id<"profile-not-checked">, {canonical});
    } else if (!run.definitions.derives(run.tree[top].type, plan->type)) {
      run.report(top, finding::id<"profile-wrong-type">,
                 {plan->label, std::string(plan->info.type)});
    } else {
      check_profile(run, top, *plan);
    }
  }
}

}  // namespace

CdaRules::CdaRules(const definition::Definitions& definitions)
    : document_(definitions.type("ClinicalDocument")) {
  const std::size_t count = definitions.types().size();
  primitives_.resize(count, nullptr);
  checks_.resize(count);
  templated_.resize(count, false);
  for (const CdaPrimitive& row : cda_primitives()) {
    primitives_[definitions.type(row.type)] = &row;
  }
  primitives_[definition::no_type] = nullptr;
  for (std::size_t type = 1; type < count; ++type) {
    const auto id = static_cast<definition::TypeId>(type);
    templated_[type] = definitions.child(id, name::template_id) != nullptr;
    for (definition::TypeId at = id; at != definition::no_type; at = definitions.info(at).base) {
      for (const CdaTypeCheck check : cda_type_checks(definitions.info(at).name)) {
        checks_[type].push_back(check);
      }
    }
  }
  add_templates(definitions);
}

void check_cda_record(Run& run) {
  const NodeId top = find_document(run);
  if (top == no_node) {
    run.report(tree::root_node, id<"cda-document-missing">);
    return;
  }
  ResourceFrame frame;
  frame.node = frame.root = top;
  run.frame = &frame;
  CdaWalk(run).document(top);
  check_asked_profiles(run, top);
  check_cda_references(run, top);
  check_cda_nhs(run, top);
  run.frame = nullptr;
}

}  // namespace lhcr::validate
