// SPDX-License-Identifier: Apache-2.0
/// What single resource types demand beyond their definitions: rules that the specification states
/// in prose.
#pragma once

#include "validate/run.hpp"

namespace lhcr::validate {

// --- rules_terminology.cpp ---
void check_code_system(Run& run, tree::NodeId resource);
void check_value_set(Run& run, tree::NodeId resource);
void check_concept_map(Run& run, tree::NodeId resource);
// --- rules_conformance.cpp ---
void check_search_parameter(Run& run, tree::NodeId resource);
void check_implementation_guide(Run& run, tree::NodeId resource);
/// What HL7 asks of the conformance resources it publishes (Options::for_publication).
void check_publication(Run& run, tree::NodeId resource);
// --- rules_questionnaire.cpp ---
void check_questionnaire(Run& run, tree::NodeId resource);
// --- rules_derived.cpp ---
/// A Questionnaire against those that it says to extend or to comply with.
void check_derived_form(Run& run, tree::NodeId resource);
// --- rules_response.cpp ---
void check_questionnaire_response(Run& run, tree::NodeId resource);
// --- rules_structure.cpp ---
void check_structure_definition(Run& run, tree::NodeId resource);
// --- rules_types.cpp ---
/// Whether profiles, targets, fixed values and patterns of an element fit its types.
void check_type_references(Run& run, tree::NodeId element);
/// Whether a constraint is of its base's kind.
void check_kind(Run& run, tree::NodeId resource, const definition::Structure& base);
// --- rules_operation.cpp ---
/// An OperationDefinition against the profiles of its parameters.
void check_operation_definition(Run& run, tree::NodeId resource);
// --- rules_obligation.cpp ---
/// Whether the obligations that a profile inherits are about its own base.
void check_obligation_base(Run& run, tree::NodeId resource, std::string_view base_url);
/// Whether a profile that says to only add obligations does no more.
void check_obligation_profile(Run& run, tree::NodeId resource, tree::NodeId differential,
                              const definition::Structure& base);
// --- rules_constraint.cpp ---
/// The element of a snapshot with a path, slices aside; no_element when it is not in it.
[[nodiscard]] definition::ElementId element_at(const definition::Definitions& definitions,
                                               definition::ElementId root, std::string_view path);
/// Keys of constraints that a differential uses for something else than its base, or twice.
void check_constraint_keys(Run& run, tree::NodeId differential, const definition::Structure& base);

}  // namespace lhcr::validate
