// SPDX-License-Identifier: Apache-2.0
/// What the compiler keeps of the conformance resources of a package, between reading and writing
/// the image.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "definition/definitions.hpp"

namespace lhcr::definition::compiler {

struct TypeRefModel {
  std::string code;
  std::vector<std::string> profiles;
  std::vector<std::string> targets;
  std::string aggregation;
  std::string versioning;
  std::string pattern;                        // regular expression of a primitive's value
  tree::Kind json_kind = tree::Kind::object;  // of a primitive's value, object when it is none
};

struct InvariantModel {
  std::string key, human, expression, source;
  bool warning = false;
  bool best_practice = false;
};

struct DiscriminatorModel {
  std::string type, path;
};

struct ElementModel {
  std::string id, path, slice_name, short_text;
  std::uint32_t min = 0, max = 1, base_max = 1, max_length = 0;
  bool has_base = false, has_min = false, has_max = false;
  std::string min_value, max_value, fixed, fixed_type, pattern, pattern_type;
  bool modifier = false, must_support = false, attribute = false, xhtml = false;
  // Of models that are not FHIR's: the name in XML where it is another one, the type that xsi:type
  // stands in for, and whether the element is the text of its parent, may carry xsi:type, may stand
  // anywhere among its neighbours that may too.
  std::string written, default_type;
  bool xml_text = false, typed = false, any_order = false;
  Strength strength = Strength::none;
  std::string value_set, max_value_set;
  std::string content_reference;
  bool sliced = false, slicing_ordered = false;
  std::string slicing_rules;
  std::vector<DiscriminatorModel> discriminators;
  std::vector<TypeRefModel> types;
  std::vector<InvariantModel> invariants;
  // Links within the snapshot, as indexes into StructureModel::elements; -1: none.
  std::int32_t parent = -1, first_child = -1, next = -1;

  [[nodiscard]] bool choice() const { return path.ends_with("[x]"); }
  /// Last step of the path without [x].
  [[nodiscard]] std::string_view name() const {
    std::string_view last = std::string_view(path).substr(path.rfind('.') + 1);
    if (choice()) {
      last.remove_suffix(3);
    }
    return last;
  }
};

/// Sets the links of elements that come in document order.
void link_elements(std::vector<ElementModel>& elements);

struct StructureModel {
  std::string url, version, name, type, base, status, fhir_version;
  TypeKind kind = TypeKind::complex;
  bool abstract = false;
  bool constraint = false;
  bool cda = false;  // of the model of CDA, or a template for it
  std::vector<ElementModel> elements;
  std::vector<ElementModel> differential;  // read only where it may be needed
  std::vector<std::string> contexts, context_invariants;
  std::string problem;  // why there are no elements
};

struct ConceptModel {
  std::string code, display;
  std::vector<std::string> designations;
  std::vector<std::uint32_t> parents;
  std::vector<std::pair<std::string, std::string>> properties;
  bool abstract = false;  // a grouping that is not to be used itself
  bool inactive = false;
};

struct CodeSystemModel {
  std::string url, version, name, content;
  bool case_sensitive = false;
  bool properties_known = true;  // an image does not keep the properties of concepts
  std::vector<ConceptModel> concepts;
  std::unordered_map<std::string, std::uint32_t> index;  // code -> concept

  [[nodiscard]] bool complete() const { return content == "complete"; }
};

struct FilterModel {
  std::string property, op, value;
};

/// ValueSet.compose.include or exclude.
struct IncludeModel {
  std::string system;
  std::vector<std::string> codes;
  bool has_codes = false;
  std::vector<FilterModel> filters;
  std::vector<std::string> value_sets;
};

struct ValueSetModel {
  std::string url, version, name;
  std::vector<IncludeModel> includes, excludes;
  bool has_compose = false;
  bool active_only = false;
  bool has_expansion = false;
  bool expansion_complete = false;
  std::vector<std::pair<std::string, std::string>> expansion;  // system, code
};

struct CanonicalModel {
  std::string url, type;
  std::string resource;  // JSON, of resources that have no place in the model
};

/// Everything of a list of packages, in priority order: of resources with the same url and version
/// only the first is kept.
struct Model {
  std::string fhir_version;
  std::vector<StructureModel> structures;
  std::vector<CodeSystemModel> code_systems;
  std::vector<ValueSetModel> value_sets;
  std::vector<CanonicalModel> canonicals;
};

}  // namespace lhcr::definition::compiler
