// SPDX-License-Identifier: Apache-2.0
/// Extensions: known, allowed where they stand, of the right value type and content.
#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "base/text.hpp"
#include "base/text_rules.hpp"
#include "base/words.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using finding::Severity;
using tree::no_node;
using tree::NodeId;

/// Elements that hold example data of any element: every extension may stand below them.
constexpr std::array<std::string_view, 4> example_elements = {
    "ElementDefinition.example.value", "ElementDefinition.fixed", "ElementDefinition.pattern",
    "ElementDefinition.defaultValue"};

/// Contexts whose published form names less than the element they mean.
struct ContextCorrection {
  std::string_view url;
  std::string_view context;
};
constexpr std::array context_corrections = {
    ContextCorrection{"http://hl7.org/fhir/StructureDefinition/regex",
                      "element:ElementDefinition.type"},
    ContextCorrection{
        "http://hl7.org/fhir/StructureDefinition/structuredefinition-normative-version",
        "element:Element"},
    ContextCorrection{"http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation",
                      "element:Element"},
    ContextCorrection{"http://hl7.org/fhir/StructureDefinition/capabilitystatement-prohibited",
                      "element:Element"},
    ContextCorrection{"http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type",
                      "element:ElementDefinition.type"},
};

/// Context invariants that contradict what the extension is for, and that later releases leave out.
constexpr std::array withdrawn_invariants = {
    // "Describes the intended purpose of the rendered text": of items of type display.
    ContextCorrection{"http://hl7.org/fhir/StructureDefinition/questionnaire-displayCategory",
                      "type!='display'"},
};

bool is_withdrawn(std::string_view url, std::string_view expression) {
  return std::any_of(
      withdrawn_invariants.begin(), withdrawn_invariants.end(),
      [&](const ContextCorrection& row) { return row.url == url && row.context == expression; });
}

std::string_view last_step(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

std::string_view without_last(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
}

bool type_matches(const Run& run, NodeId node, std::string_view name) {
  const definition::TypeId type = run.tree[node].type;
  if (type == definition::no_type) {
    return false;
  }
  const definition::TypeId wanted = run.definitions.type(name);
  return run.definitions.info(type).name == name ||
         (wanted != definition::no_type && run.definitions.derives(type, wanted));
}

/// Whether a node stands at an element path such as "Patient.contact.name" or "Address.line".
bool stands_at(const Run& run, NodeId node, std::string_view path) {
  for (; !path.empty() && node != no_node;
       path = without_last(path), node = run.tree[node].parent) {
    if (type_matches(run, node, path)) {
      return true;
    }
    std::string_view step = last_step(path);
    step = step.ends_with("[x]") ? step.substr(0, step.size() - 3) : step;
    const tree::Node& at = run.tree[node];
    if (path.find('.') == std::string_view::npos ||
        (run.tree.name(at.element) != step && run.tree.name(at.name) != step)) {
      return false;
    }
  }
  return false;
}

bool fhirpath_context(Run& run, NodeId container, std::string_view expression) {
  // The expression selects the containers; asking whether this one is among them needs no identity
  // test in FHIRPath.
  try {
    const fhirpath::Expression compiled(expression, run.definitions, run.state.symbols);
    const NodeId focus = run.frame != nullptr ? run.frame->node : tree::root_node;
    for (const NodeId found : nodes_of(run, compiled, focus)) {
      if (found == container) {
        return true;
      }
    }
    return false;
  } catch (const fhirpath::ExpressionError&) {
    return true;  // a context that cannot be judged forbids nothing
  }
}

bool context_allows(Run& run, NodeId container, std::string_view context);

/// STU3 lists several elements in one context: "Element,Resource".
bool any_context_allows(Run& run, NodeId container, std::string_view type, std::string_view list) {
  for (std::size_t from = 0; from < list.size();) {
    const std::size_t end = std::min(list.find(',', from), list.size());
    const std::string one = std::string(type) + ":" + std::string(list.substr(from, end - from));
    if (context_allows(run, container, one)) {
      return true;
    }
    from = end + 1;
  }
  return false;
}

bool context_allows(Run& run, NodeId container, std::string_view context) {
  const std::size_t colon = context.find(':');
  const std::string_view type = context.substr(0, colon);
  std::string_view expression =
      colon == std::string_view::npos ? std::string_view{} : context.substr(colon + 1);
  if (type == "extension") {
    const NodeId holder =
        run.tree[container].element == name::value ? run.tree[container].parent : container;
    return run.child_text(holder, name::url) == expression;
  }
  if (type == "fhirpath") {
    return fhirpath_context(run, container, expression);
  }
  if (type != "element" && expression.find(',') != std::string_view::npos) {
    return any_context_allows(run, container, type, expression);
  }
  expression = expression.substr(
      expression.find('#') == std::string_view::npos ? 0 : expression.find('#') + 1);
  return expression == "Element" || expression == "Any" || expression == "*" ||
         expression.empty() ||
         (expression == "CanonicalResource" && run.child(container, name::url) != no_node) ||
         stands_at(run, container, expression);
}

bool example_place(const Run& run, NodeId container) {
  for (NodeId at = container; at != no_node; at = run.tree[at].parent) {
    if (std::any_of(example_elements.begin(), example_elements.end(),
                    [&](std::string_view path) { return stands_at(run, at, path); })) {
      return true;
    }
  }
  return false;
}

bool allowed_here(Run& run, NodeId container, const definition::Structure& info) {
  for (const ContextCorrection& correction : context_corrections) {
    if (correction.url == info.url && context_allows(run, container, correction.context)) {
      return true;
    }
  }
  return info.contexts.empty() ||
         std::any_of(
             info.contexts.begin(), info.contexts.end(),
             [&](std::string_view context) { return context_allows(run, container, context); }) ||
         example_place(run, container);
}

std::string context_list(const definition::Structure& info) {
  return joined(info.contexts);
}

/// %extension is the extension itself; the expression is evaluated where it stands.
std::string context_expression(std::string_view published, std::string_view url) {
  constexpr std::string_view variable = "%extension";
  std::string text = corrected_expression(published);
  const std::string itself = "extension.where(url = '" + std::string(url) + "')";
  for (std::size_t at = text.find(variable); at != std::string::npos;
       at = text.find(variable, at + itself.size())) {
    text.replace(at, variable.size(), itself);
  }
  return text;
}

void check_context_invariant(Run& run, NodeId node, NodeId container,
                             const definition::Structure& info, std::string_view published) {
  const std::string expression = context_expression(published, info.url);
  definition::Invariant invariant;
  invariant.key = "context";
  invariant.expression = expression;
  const InvariantPlan* const plan = run.state.plans.invariants().get(invariant);
  if (!plan->compiled) {
    run.report(node, id<"invariant-not-checked">, {"context", plan->fault});
    return;
  }
  try {
    if (run.state.evaluator.test(*plan->compiled, run.context(), container) !=
        fhirpath::Truth::yes) {
      run.report(container, id<"extension-context">,
                 {std::string(info.url), std::string(published)});
    }
  } catch (const fhirpath::ExpressionError& error) {
    run.report(node, id<"invariant-not-checked">, {"context", error.what()});
  }
}

/// The element of the plan that defines value[x], or nullptr.
const ProfileElement* value_element(const ProfilePlan& plan) {
  for (const std::uint32_t child : plan.elements.front().children) {
    if (plan.elements[child].element.name == name::value) {
      return &plan.elements[child];
    }
  }
  return nullptr;
}

void check_value_type(Run& run, NodeId node, const ProfilePlan& plan) {
  const ProfileElement* const element = value_element(plan);
  std::vector<std::string_view> allowed;
  if (element != nullptr && element->element.max > 0) {
    for (const definition::TypeRef& type : element->types) {
      allowed.push_back(type.code);
    }
  }
  check_extension_value(run, node, plan.info.url, allowed);
}

void check_known(Run& run, NodeId node, const ProfilePlan& plan) {
  const NodeId container = run.tree[node].parent;
  if (!allowed_here(run, container, plan.info)) {
    run.report(container, id<"extension-context">,
               {std::string(plan.info.url), context_list(plan.info)});
  } else {
    for (const std::string_view expression : plan.info.context_invariants) {
      if (!is_withdrawn(plan.info.url, expression)) {
        check_context_invariant(run, node, container, plan.info, expression);
      }
    }
  }
  check_modifier(run, node, plan.info.url, plan.elements.front().element.modifier);
  check_value_type(run, node, plan);
  check_profile(run, node, plan);
}

/// The nearest extension above, or no_node.
NodeId outer_extension(const Run& run, NodeId node) {
  const NodeId parent = run.tree[node].parent;
  const Symbol name = run.tree[parent].element;
  return name == name::extension || name == name::modifier_extension ? parent : no_node;
}

/// Whether the definition of a complex extension has a part with this url.
bool has_part(const ProfilePlan& plan, std::string_view url) {
  return std::any_of(
      plan.elements.begin(), plan.elements.end(), [&](const ProfileElement& element) {
        return element.element.name == name::url && element.fixed && element.fixed->text == url;
      });
}

void check_part(Run& run, NodeId node, NodeId outer, std::string_view url) {
  const definition::StructureId known = run.definitions.structure(run.child_text(outer, name::url));
  const ProfilePlan* const plan =
      known == definition::no_structure ? nullptr : run.state.profiles.get(known);
  if (plan != nullptr && plan->info.type == "Extension" && !has_part(*plan, url)) {
    run.report(node, id<"extension-part-unknown">, {std::string(url), plan->label});
  }
}

/// Namespaces whose extensions are versions of elements or tooling, and hosts reserved for
/// examples.
bool tolerated(const Run& run, std::string_view url) {
  constexpr std::array<std::string_view, 4> cross_version = {
      "http://hl7.org/fhir/3.0/StructureDefinition/extension-",
      "http://hl7.org/fhir/4.0/StructureDefinition/extension-",
      "http://hl7.org/fhir/5.0/StructureDefinition/extension-",
      "http://hl7.org/fhir/1.0/StructureDefinition/extension-"};
  return std::any_of(cross_version.begin(), cross_version.end(),
                     [&](std::string_view prefix) { return url.starts_with(prefix); }) ||
         url.starts_with("http://hl7.org/fhir/tools/StructureDefinition/") ||
         url.find("nema.org") != std::string_view::npos ||
         (run.options.allow_example_urls && is_example_url(url));
}

void report_unknown_extension(Run& run, NodeId node, std::string_view url) {
  const bool error = run.options.unknown_extensions_are_errors && !tolerated(run, url);
  run.report(node, error ? Severity::error : Severity::information, id<"extension-unknown">,
             {std::string(url)});
}

/// "url|version": the version does not belong there. Returns the url alone.
std::string_view check_version(Run& run, NodeId node, std::string_view url) {
  const std::string_view plain = without_version(url);
  if (plain.size() != url.size() && run.definitions.structure(plain) != definition::no_structure) {
    run.report(node, id<"extension-url-version">, {std::string(url)});
  }
  return plain;
}

}  // namespace

void check_extension(Run& run, NodeId node) {
  const std::string_view url = run.child_text(node, name::url);
  if (url.empty()) {
    run.report(node, id<"extension-without-url">);
    return;
  }
  const NodeId outer = outer_extension(run, node);
  if (!is_absolute_url(url)) {
    if (outer == no_node) {
      run.report(node, id<"extension-url-relative">, {std::string(url)});
    } else {
      check_part(run, node, outer, url);
    }
    return;
  }
  const std::string_view plain = check_version(run, node, url);
  const definition::StructureId known = run.definitions.structure(plain);
  const ProfilePlan* const plan =
      known == definition::no_structure ? nullptr : run.state.profiles.get(known);
  if (plan != nullptr) {
    check_known(run, node, *plan);
  } else if (!check_cross_version(run, node, plain)) {
    report_unknown_extension(run, node, url);
  }
}

void check_modifier(Run& run, NodeId node, std::string_view url, bool is_modifier) {
  const bool as_modifier = run.tree[node].element == name::modifier_extension;
  if (as_modifier != is_modifier) {
    as_modifier ? run.report(node, id<"extension-not-modifier">, {std::string(url)})
                : run.report(node, id<"extension-is-modifier">, {std::string(url)});
  }
}

void check_extension_value(Run& run, NodeId node, std::string_view url,
                           const std::vector<std::string_view>& allowed) {
  const NodeId value = run.child(node, name::value);
  if (value == no_node) {
    if (!allowed.empty()) {
      run.report(node, id<"extension-value-missing">, {std::string(url)});
    }
    return;
  }
  const std::string_view actual = run.type_name(value);
  if (std::find(allowed.begin(), allowed.end(), actual) == allowed.end()) {
    run.report(node, id<"extension-value-type">,
               {std::string(url), joined(allowed), std::string(actual)});
  }
}

}  // namespace lhcr::validate
