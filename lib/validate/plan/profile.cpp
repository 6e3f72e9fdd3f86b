// SPDX-License-Identifier: Apache-2.0
#include "validate/plan/profile.hpp"

#include <algorithm>
#include <cctype>

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
    add(*plan, plan->info.root);
  }
  return plan;
}

std::uint32_t Profiles::add(ProfilePlan& plan, ElementId id) {
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
  add_children(plan, at, element.first_child);
  return at;
}

void Profiles::add_children(ProfilePlan& plan, std::uint32_t at, ElementId first) {
  std::uint32_t sliced =
      0;  // the element whose slices follow; 0 is the root and is never sliced this way
  for (ElementId id = first; id != definition::no_element;) {
    const Element element = definitions_.element(id);
    const bool slice = !element.slice_name.empty() && sliced != 0 &&
                       plan.elements[sliced].element.name == element.name;
    const std::uint32_t made = add(plan, id);
    if (slice) {
      plan.elements[made].tests =
          compile_slice(definitions_, symbols_, plan.elements[sliced].element, id);
      plan.elements[sliced].slices.push_back(made);
    } else {
      plan.elements[at].children.push_back(made);
      sliced = made;
    }
    id = element.next;
  }
  // A path that names one type of a choice ("Observation.valueQuantity") stands beside the choice
  // or instead of it.
  const definition::TypeId owner = type_of(plan.elements[at]);
  for (const std::uint32_t child : plan.elements[at].children) {
    Element& element = plan.elements[child].element;
    if (const definition::Child* const row =
            spelled_choice(definitions_, symbols_, owner, element)) {
      plan.elements[child].written = symbols_.find(last_step(element.path));
      element.name = row->element;
    }
  }
}

definition::TypeId Profiles::type_of(const ProfileElement& element) const {
  const definition::TypeId backbone = definitions_.type(element.element.path);
  if (backbone != definition::no_type || element.types.size() != 1) {
    return backbone;
  }
  return element.types.front().type;
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
