// SPDX-License-Identifier: Apache-2.0
/// The table of resource types that have rules of their own.
#include "validate/resource/rules.hpp"

#include <algorithm>
#include <array>

#include "validate/checks.hpp"

namespace lhcr::validate {
namespace {

struct ResourceRule {
  std::string_view type;
  void (*check)(Run& run, tree::NodeId resource);
};
constexpr std::array resource_rules = {
    ResourceRule{"Bundle", check_bundle},
    ResourceRule{"CodeSystem", check_code_system},
    ResourceRule{"ValueSet", check_value_set},
    ResourceRule{"ConceptMap", check_concept_map},
    ResourceRule{"SearchParameter", check_search_parameter},
    ResourceRule{"ImplementationGuide", check_implementation_guide},
    ResourceRule{"Questionnaire", check_questionnaire},
    ResourceRule{"QuestionnaireResponse", check_questionnaire_response},
    ResourceRule{"OperationDefinition", check_operation_definition},
    ResourceRule{"StructureDefinition", check_structure_definition},
};

}  // namespace

void check_resource_rules(Run& run, tree::NodeId node) {
  const std::string_view type = run.tree.resource_type(node);
  const auto* const found =
      std::find_if(resource_rules.begin(), resource_rules.end(),
                   [&](const ResourceRule& rule) { return rule.type == type; });
  if (found != resource_rules.end()) {
    found->check(run, node);
  }
  if (run.options.for_publication) {
    check_publication(run, node);
  }
}

}  // namespace lhcr::validate
