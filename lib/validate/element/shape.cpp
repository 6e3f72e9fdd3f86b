// SPDX-License-Identifier: Apache-2.0
/// The written form: JSON kinds and arrays, names that no definition knows.
#include <algorithm>

#include "base/suggest.hpp"
#include "base/words.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"
#include "validate/plan/plan.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::Kind;
using tree::NodeId;

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::object:
      return "an object";
    case Kind::number:
      return "a number";
    case Kind::boolean:
      return "a boolean";
    case Kind::null:
      return "null";
    default:
      return "a string";
  }
}

/// How a value of a kind is written.
std::string_view kind_form(Kind kind) {
  switch (kind) {
    case Kind::object:
      return "Write an object with its elements: {\"...\": ...}";
    case Kind::number:
      return "Write the number without quotes, such as 12.5";
    case Kind::boolean:
      return "Write true or false without quotes";
    default:
      return "Write it in double quotes, such as \"12\"";
  }
}

bool kind_fits(Kind written, const ChildPlan& plan) {
  if (written == Kind::null) {
    return true;
  }
  if (!plan.primitive) {
    return written == Kind::object || written == Kind::xhtml;
  }
  if (plan.rule == ValueRule::xhtml || plan.json_kind == Kind::string ||
      plan.json_kind == Kind::xhtml) {
    return written == Kind::string || written == Kind::xhtml;
  }
  return written == plan.json_kind;
}

std::string_view without_suffix(std::string_view written, std::string_view element) {
  return written.size() > element.size() && written.starts_with(element) &&
                 written[element.size()] >= 'A' && written[element.size()] <= 'Z'
             ? written.substr(element.size())
             : std::string_view{};
}

/// The choice element that a name with a wrong type suffix stands for.
const ElementPlan* wrong_choice(const Run& run, const TypePlan& parent, std::string_view written) {
  for (const ElementPlan& element : parent.elements) {
    const std::string_view suffix = without_suffix(written, run.tree.name(element.name));
    if (element.choice && !suffix.empty()) {
      return &element;
    }
  }
  return nullptr;
}

/// "It is an element of FHIR 3.0.2", or nothing.
std::string version_with(const Run& run, std::string_view type, Symbol written) {
  for (const definition::Definitions* const other : run.options.other_versions) {
    const definition::TypeId id =
        other == &run.definitions ? definition::no_type : other->type(type);
    if (id != definition::no_type && other->child(id, written) != nullptr) {
      return "It is an element of FHIR " + std::string(other->fhir_version());
    }
  }
  return {};
}

}  // namespace

std::string allowed_types(const ElementPlan& element) {
  std::vector<std::string_view> names;
  for (const definition::TypeRef& type : element.types) {
    names.push_back(type.code);
  }
  return joined(names);
}

std::string suggestion(const Run& run, const TypePlan& parent, std::string_view written,
                       std::optional<bool> attribute) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < parent.children.size(); ++i) {
    const bool is_attribute = (parent.rows[i].flags & definition::child_attribute) != 0;
    if (attribute.value_or(is_attribute) == is_attribute) {
      names.push_back(run.tree.name(parent.rows[i].written));
    }
  }
  const std::string_view close = closest(written, names);
  return close.empty() ? std::string{} : "Did you mean '" + std::string(close) + "'?";
}

void check_shape(Run& run, NodeId node, const ChildPlan& plan) {
  if (!run.json) {
    return;
  }
  const tree::Node& at = run.tree[node];
  const Kind written = at.kind;
  if (!kind_fits(written, plan)) {
    const Kind wanted = plan.primitive ? plan.json_kind : Kind::object;
    run.report(node, id<"json-kind-wrong">,
               {std::string(kind_name(wanted)), std::string(kind_name(written)),
                std::string(kind_form(wanted))});
  }
  const bool list = (plan.flags & definition::child_list) != 0;
  const bool repeats = at.next != tree::no_node && run.tree[at.next].name == at.name;
  if (list && !at.is(tree::Flag::list)) {
    run.report(node, id<"json-array-missing">, {std::string(run.tree.name(at.name))});
  } else if (!list && at.is(tree::Flag::list) && !repeats) {
    run.report(node, id<"json-array-unexpected">, {std::string(run.tree.name(at.name))});
  }
}

void report_unknown(Run& run, NodeId node, const TypePlan& parent) {
  const std::string_view written = run.tree.name_of(node);
  if (const ElementPlan* const choice = wrong_choice(run, parent, written); choice != nullptr) {
    run.report_within(node, id<"choice-type-wrong">,
                      {std::string(written), std::string(choice->path), allowed_types(*choice)});
    return;
  }
  std::string hint = version_with(run, parent.name, run.tree[node].name);
  if (hint.empty()) hint = suggestion(run, parent, written);
  run.report_within(node, id<"unknown-element">,
                    {std::string(written), std::string(parent.name), hint});
}

}  // namespace lhcr::validate
