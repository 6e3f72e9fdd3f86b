// SPDX-License-Identifier: Apache-2.0
/// StructureDefinition: what it says of types fits them (R4 elementdefinition.html and
/// structuredefinition.html).
#include <algorithm>

#include "base/names.hpp"
#include "base/words.hpp"
#include "definition/words.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/resource/rules.hpp"

namespace lhcr::validate {
namespace {

using finding::id;
using tree::no_node;
using tree::NodeId;

constexpr std::string_view own_types = "http://hl7.org/fhir/StructureDefinition/";

/// Whether a structure is for a type, or for one that specialises it; true as well where one of the
/// two is not here.
bool is_for(const Run& run, const definition::Structure& structure, std::string_view code) {
  const definition::TypeId type = run.definitions.type(structure.type);
  const definition::TypeId wanted = run.definitions.type(code);
  return type == definition::no_type || wanted == definition::no_type ||
         run.definitions.derives(type, wanted);
}

/// An element with children of its own follows an element of a profile of any type (extension
/// elementdefinition-profile-element).
bool names_element(const Run& run, NodeId profile) {
  constexpr std::string_view profile_element =
      "http://hl7.org/fhir/StructureDefinition/elementdefinition-profile-element";
  const auto extensions = named(run.tree, profile, name::extension);
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](NodeId at) { return run.child_text(at, name::url) == profile_element; });
}

void check_profile_type(Run& run, NodeId profile, std::string_view code) {
  if (names_element(run, profile)) {
    return;
  }
  const definition::StructureId known = run.definitions.structure(run.tree[profile].text());
  if (known == definition::no_structure) {
    return;
  }
  const definition::Structure structure = run.definitions.structure_info(known);
  if (!is_for(run, structure, code)) {
    run.report(
        profile, id<"type-profile-wrong">,
        {std::string(run.tree[profile].text()), std::string(structure.type), std::string(code)});
  }
}

/// References lead to resources.
void check_target_type(Run& run, NodeId target) {
  const definition::StructureId known = run.definitions.structure(run.tree[target].text());
  if (known == definition::no_structure) {
    return;
  }
  const definition::Structure structure = run.definitions.structure_info(known);
  if (structure.kind == definition::TypeKind::primitive ||
      structure.kind == definition::TypeKind::complex) {
    run.report(target, id<"type-profile-wrong">,
               {std::string(run.tree[target].text()), std::string(structure.type), "a resource"});
  }
}

/// The codes of an element's types; empty where one is none of the specification's.
std::vector<std::string_view> type_codes(const Run& run, NodeId element) {
  std::vector<std::string_view> codes;
  for (const NodeId type : named(run.tree, element, name::type)) {
    std::string_view code = run.child_text(type, name::code);
    code.remove_prefix(code.starts_with(own_types) ? own_types.size() : 0);
    if (run.definitions.type(code) == definition::no_type) {
      return {};
    }
    codes.push_back(code);
  }
  return codes;
}

/// A value that is fixed or a pattern is of a type that the element has.
void check_value_type(Run& run, NodeId element, const std::vector<std::string_view>& codes) {
  for (const NodeId value : {run.child(element, name::fixed), run.child(element, name::pattern)}) {
    const std::string_view type = value == no_node ? std::string_view{} : run.type_name(value);
    if (!codes.empty() && !type.empty() &&
        std::find(codes.begin(), codes.end(), type) == codes.end()) {
      run.report(value, id<"element-value-type">, {std::string(type), joined(codes)});
    }
  }
}

}  // namespace

void check_type_references(Run& run, NodeId element) {
  for (const NodeId type : named(run.tree, element, name::type)) {
    const std::string_view code = run.child_text(type, name::code);
    for (const NodeId profile : named(run.tree, type, name::profile)) {
      check_profile_type(run, profile, code);
    }
    for (const NodeId target : named(run.tree, type, name::target_profile)) {
      check_target_type(run, target);
    }
  }
  check_value_type(run, element, type_codes(run, element));
}

void check_kind(Run& run, NodeId resource, const definition::Structure& base) {
  const NodeId kind = run.child(resource, name::kind);
  const std::string_view known = definition::word_for(definition::type_kind_words, base.kind);
  if (run.has_text(kind) && !known.empty() && run.tree[kind].text() != known) {
    run.report(resource, id<"kind-differs">,
               {std::string(run.tree[kind].text()), std::string(known), std::string(base.url)});
  }
}

}  // namespace lhcr::validate
