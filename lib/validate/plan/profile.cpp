// SPDX-License-Identifier: Apache-2.0
#include "validate/plan/profile.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

#include <nlohmann/json.hpp>

namespace lhcr::validate {
namespace {

using definition::Element;
using definition::ElementId;

void fill_expected(Expected& out, const nlohmann::ordered_json& value, const SymbolTable& symbols);

void add_expected(Expected& out, const std::string& name, const nlohmann::ordered_json& value,
                  const SymbolTable& symbols) {
  if (value.is_array()) {
    for (const auto& item : value) {
      add_expected(out, name, item, symbols);
    }
    return;
  }
  Expected& child = out.children.emplace_back();
  child.name = symbols.find(name);
  child.label = name;
  fill_expected(child, value, symbols);
}

void fill_expected(Expected& out, const nlohmann::ordered_json& value, const SymbolTable& symbols) {
  if (value.is_object()) {
    out.object = true;
    for (const auto& [name, member] : value.items()) {
      add_expected(out, name, member, symbols);
    }
  } else {
    out.text = value.is_string() ? value.get<std::string>() : value.dump();
  }
}

/// The vital signs profiles of R4 bind the value of every component, also of those that no profile
/// is about, so strictly that a flow rate has no code to use; the binding is advice.
void correct_binding(definition::Binding& binding) {
  if (binding.value_set.starts_with("http://hl7.org/fhir/ValueSet/ucum-vitals-common") &&
      binding.strength == definition::Strength::required) {
    binding.strength = definition::Strength::extensible;
  }
}

std::string_view last_step(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

}  // namespace

Expected read_expected(std::string_view json, const SymbolTable& symbols) {
  Expected out;
  const auto value = nlohmann::ordered_json::parse(json, nullptr, false);
  if (value.is_discarded()) {
    out.text = std::string(json);  // a bare primitive
  } else {
    fill_expected(out, value, symbols);
  }
  return out;
}

const ProfilePlan* Profiles::get(definition::StructureId id) {
  std::unique_ptr<ProfilePlan>& plan = plans_[id];
  if (!plan) {
    plan = compile(id);
  }
  return plan->elements.empty() ? nullptr : plan.get();
}

std::unique_ptr<ProfilePlan> Profiles::compile(definition::StructureId id) {
  auto plan = std::make_unique<ProfilePlan>();
  plan->info = definitions_.structure_info(id);
  plan->label = std::string(plan->info.url);
  if (!plan->info.version.empty()) {
    plan->label.append("|").append(plan->info.version);
  }
  plan->type = definitions_.type(plan->info.type);
  if (plan->info.root != definition::no_element) {
    add(*plan, plan->info.root, definition::no_type);
  }
  return plan;
}

std::uint32_t Profiles::add(ProfilePlan& plan, ElementId id, definition::TypeId owner) {
  const auto at = static_cast<std::uint32_t>(plan.elements.size());
  ProfileElement& made = plan.elements.emplace_back();
  made.element = definitions_.element(id);
  made.types = definitions_.element_types(id);
  const Element element = made.element;
  correct_binding(made.element.binding);
  if (!element.fixed.empty()) {
    made.fixed = read_expected(element.fixed, symbols_);
  }
  if (!element.pattern.empty()) {
    made.pattern = read_expected(element.pattern, symbols_);
  }
  for (const definition::Invariant& invariant : definitions_.element_invariants(id)) {
    made.invariants.push_back(invariants_.get(invariant));
  }
  made.is_extension = made.types.size() == 1 && made.types.front().code == "Extension";
  made.type = owner == definition::no_type ? plan.type : type_below(owner, made);
  add_children(plan, at, element.first_child);
  return at;
}

/// A re-slice is told from its like by what tells the slices, and then by the discriminators of the
/// slice that it refines.
void Profiles::add_slice(ProfilePlan& plan, std::uint32_t sliced, std::uint32_t slice,
                         ElementId id) {
  ProfileElement& made = plan.elements[slice];
  made.tests = compile_slice(definitions_, symbols_, plan.elements[sliced].element, id);
  const std::string_view name = made.element.slice_name;
  const std::string_view whole = name.substr(0, std::min(name.rfind('/'), name.size()));
  for (const std::uint32_t other : plan.elements[sliced].slices) {
    if (whole != name && plan.elements[other].element.slice_name == whole) {
      made.whole = other;
    }
  }
  if (made.whole != 0) {
    const ProfileElement& refined = plan.elements[made.whole];
    auto more = compile_slice(definitions_, symbols_, refined.element, id);
    std::move(more.begin(), more.end(), std::back_inserter(made.tests));
    if (made.tests == refined.tests) {
      made.tests.clear();  // nothing tells it
    }
  }
  plan.elements[sliced].slices.push_back(slice);
}

void Profiles::add_children(ProfilePlan& plan, std::uint32_t at, ElementId first) {
  std::uint32_t sliced =
      0;  // the element whose slices follow; 0 is the root and is never sliced this way
  for (ElementId id = first; id != definition::no_element;) {
    const Element element = definitions_.element(id);
    const bool slice = !element.slice_name.empty() && sliced != 0 &&
                       plan.elements[sliced].element.name == element.name;
    const std::uint32_t made = add(plan, id, plan.elements[at].type);
    if (slice) {
      add_slice(plan, sliced, made, id);
    } else {
      plan.elements[at].children.push_back(made);
      sliced = made;
    }
    id = element.next;
  }
  // A path that names one type of a choice ("Observation.valueQuantity") stands beside the choice
  // or instead of it.
  const definition::TypeId owner = plan.elements[at].type;
  for (const std::uint32_t child : plan.elements[at].children) {
    Element& element = plan.elements[child].element;
    if (const definition::Child* const row =
            spelled_choice(definitions_, symbols_, owner, element)) {
      plan.elements[child].written = symbols_.find(last_step(element.path));
      element.name = row->element;
    }
  }
}

definition::TypeId Profiles::type_below(definition::TypeId owner,
                                        const ProfileElement& element) const {
  const definition::Child* const row =
      definitions_.child(owner, symbols_.find(last_step(element.element.path)));
  if (row != nullptr && definitions_.info(row->type).kind == definition::TypeKind::backbone) {
    return row->type;
  }
  return element.types.size() == 1 ? element.types.front().type : definition::TypeId{0};
}

const definition::Child* spelled_choice(const definition::Definitions& definitions,
                                        const SymbolTable& symbols, definition::TypeId owner,
                                        const Element& element) {
  const Symbol written = symbols.find(last_step(element.path));
  if (owner == definition::no_type || written == no_symbol) {
    return nullptr;
  }
  const definition::Child* const row = definitions.child(owner, written);
  return row != nullptr && (row->flags & definition::child_choice) != 0 ? row : nullptr;
}

}  // namespace lhcr::validate
