// SPDX-License-Identifier: Apache-2.0
/// The checks, one file per concern. Each takes the run and a node that has a plan, and reports
/// what is wrong with it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "validate/run.hpp"

namespace lhcr::validate {

class ReleasedSets;
class TypePlan;
struct ChildPlan;
struct ElementPlan;
struct Expected;
struct InvariantPlan;
struct ProfileElement;
struct ProfilePlan;

// --- structure.cpp: the walk ---
/// Checks the record at the tree's root, and everything below.
void check_record(Run& run);
/// Checks a resource against its base type, the rules of its type and its profiles.
void check_resource(Run& run, tree::NodeId node, bool contained);
/// Whether a node is what its type demands, whatever profiles it claims.
[[nodiscard]] bool conforms_to_type(Run& run, tree::NodeId node);

// --- shape.cpp: JSON and XML forms ---
void check_shape(Run& run, tree::NodeId node, const ChildPlan& plan);
void report_unknown(Run& run, tree::NodeId node, const TypePlan& parent);
/// "Did you mean 'address'?": the child whose name is closest to `written`; empty when none is
/// close. `attribute`: only attributes, or only elements.
[[nodiscard]] std::string suggestion(const Run& run, const TypePlan& parent,
                                     std::string_view written,
                                     std::optional<bool> attribute = std::nullopt);
/// The codes of an element's types with commas.
[[nodiscard]] std::string allowed_types(const ElementPlan& element);

// --- value.cpp ---
void check_value(Run& run, tree::NodeId node, const TypePlan& parent, const ChildPlan& plan);

// --- binding.cpp ---
/// A code in its system.
struct Code {
  std::string_view system;
  std::string_view code;
};
// --- released.cpp ---
/// Whether a coding's code exists and is active, and its display, by a release that the user has.
/// False: none judges it.
bool check_released(Run& run, tree::NodeId node, const Code& code);
/// What the extensions for description ids say: FHIR's own has a value, those of the NHS have
/// parts.
struct RecordedDescription {
  tree::NodeId node = tree::no_node;
  std::string_view id;
  std::string_view term;
};
[[nodiscard]] std::vector<RecordedDescription> recorded_descriptions(const Run& run,
                                                                     tree::NodeId coding);
/// Whether an organisation's identifier is that of one that exists and is open.
void check_organisation(Run& run, tree::NodeId identifier);
/// Whether the codings of a CodeableConcept are where the assured maps of its Read codes lead.
void check_read_maps(Run& run, tree::NodeId concept_node);

// --- binding.cpp ---
/// Whether what the record says is in English, as displays are.
[[nodiscard]] bool is_english(const Run& run);
void check_code_binding(Run& run, tree::NodeId node, const definition::Binding& binding);
void check_coding(Run& run, tree::NodeId node, const definition::Binding& binding);
void check_codeable_concept(Run& run, tree::NodeId node, const definition::Binding& binding);
void check_coding_binding(Run& run, tree::NodeId node, const definition::Binding& binding);
void check_concept_binding(Run& run, tree::NodeId node, const definition::Binding& binding);
void check_quantity(Run& run, tree::NodeId node, const definition::Binding& binding);
/// Says that a node's codes are not in the bound set, as loudly as the binding is strong.
void report_outside(Run& run, tree::NodeId node, const definition::Binding& binding,
                    const std::string& what);
/// Whether a node (code, Coding, CodeableConcept, Quantity) is in a set.
[[nodiscard]] std::optional<bool> member_of(ReleasedSets& sets, const tree::Tree& tree,
                                            tree::NodeId node, std::string_view canonical);

/// The same; what the definitions do not know a terminology server is asked at once, when there is
/// one.
[[nodiscard]] std::optional<bool> member_of(Run& run, tree::NodeId node, definition::ValueSetId set,
                                            std::string_view canonical);

// --- limits.cpp: what a profile adds to minValue, maxValue and maxLength of the base ---
void check_added_limits(Run& run, tree::NodeId node, const definition::Element& element,
                        const ElementPlan* base);

// --- datatype.cpp ---
void check_identifier(Run& run, tree::NodeId node);
void check_attachment(Run& run, tree::NodeId node);

// --- invariant.cpp ---
void check_invariants(Run& run, tree::NodeId node,
                      std::span<const InvariantPlan* const> invariants);
void check_invariant(Run& run, tree::NodeId node, const InvariantPlan& invariant);
/// Whether two lists state the same invariant.
[[nodiscard]] bool states(std::span<const InvariantPlan* const> invariants,
                          const InvariantPlan& invariant);

/// The nodes an expression selects. Throws fhirpath::ExpressionError.
[[nodiscard]] std::vector<tree::NodeId> nodes_of(Run& run, const fhirpath::Expression& expression,
                                                 tree::NodeId focus);

// --- reference.cpp ---
void check_reference(Run& run, tree::NodeId node, std::span<const definition::TypeRef> types);
/// What a profile demands of a Reference.
struct ReferenceDemand {
  std::span<const definition::TypeRef> base;   ///< of the base type, judged already
  std::span<const definition::TypeRef> types;  ///< of the profile
  std::string_view profile;
};
/// The type of a Reference's target, and the profiles that it must conform to.
void check_reference_profiles(Run& run, tree::NodeId node, const ReferenceDemand& demand);
/// Whether what stands at a node (a Reference, uri or canonical) points out of the record, as far
/// as it is not found in it.
[[nodiscard]] bool leads_outside(const Run& run, tree::NodeId node);
void check_contained_used(Run& run, tree::NodeId resource);
/// Whether some element or anchor of the record has this id.
[[nodiscard]] bool fragment_exists(Run& run, std::string_view fragment);

// --- extension.cpp ---
void check_extension(Run& run, tree::NodeId node);
/// Whether an extension stands where its kind may: as a modifierExtension, or as an extension.
void check_modifier(Run& run, tree::NodeId node, std::string_view url, bool is_modifier);
/// Whether an extension has a value of one of the types; none: it has parts instead.
void check_extension_value(Run& run, tree::NodeId node, std::string_view url,
                           const std::vector<std::string_view>& allowed);
// --- cross_version.cpp ---
/// Judges an extension that stands for an element of another FHIR version. False: this url is none
/// of that kind, or that version is not here.
bool check_cross_version(Run& run, tree::NodeId node, std::string_view url);

// --- narrative.cpp ---
void check_narrative(Run& run, tree::NodeId node);
[[nodiscard]] bool narrative_allowed(std::string_view xhtml);
[[nodiscard]] bool narrative_has_content(std::string_view xhtml);

// --- bundle.cpp ---
void check_bundle(Run& run, tree::NodeId bundle);

// --- profile_check.cpp, slicing.cpp, fixed.cpp ---
/// Checks a node against a profile. Returns the number of errors it made.
void check_profile(Run& run, tree::NodeId node, const ProfilePlan& plan);
/// Whether a node conforms: of a base type it is only asked whether the node is of it. nullopt when
/// the profile is not here.
[[nodiscard]] std::optional<bool> conforms(Run& run, tree::NodeId node, std::string_view profile);
/// The same for expressions (FHIRPath conformsTo()): of a base type all that it demands must hold.
[[nodiscard]] std::optional<bool> conforms_wholly(Run& run, tree::NodeId node,
                                                  std::string_view structure);
void check_resource_profiles(Run& run, tree::NodeId node);
/// Which slices an element belongs to.
struct SliceMatch {
  std::uint32_t slice = 0;              ///< index in plan.elements; 0: none for certain
  std::vector<std::uint32_t> possible;  ///< those that cannot be judged
};
[[nodiscard]] SliceMatch find_slice(Run& run, tree::NodeId node, std::uint32_t position,
                                    const ProfilePlan& plan, const ProfileElement& sliced);
/// Why a node is not in a slice, in words: the first thing that does not fit; empty when nothing is
/// known.
[[nodiscard]] std::string slice_reason(Run& run, tree::NodeId node, std::uint32_t position,
                                       const ProfileElement& slice);
/// The first error that a node's profile finds, as "path: text"; empty when it finds none.
[[nodiscard]] std::string first_error(Run& run, tree::NodeId node, std::string_view profile);
/// Of what does not fit no more than so many are told.
constexpr std::size_t most_considered = 12;
/// For each of the profiles the first error that it finds in a node; none for a finding that nobody
/// reads.
[[nodiscard]] std::vector<finding::Candidate> considered_profiles(
    Run& run, tree::NodeId node, const std::vector<std::string_view>& profiles);
/// Whether a node belongs to the named slice of its element; nullopt when that cannot be judged.
[[nodiscard]] std::optional<bool> belongs_to_slice(Run& run, tree::NodeId node,
                                                   std::string_view structure,
                                                   std::string_view name);
/// Reports every difference between a node and fixed[x] (exact) or pattern[x].
void check_expected(Run& run, tree::NodeId node, const Expected& expected, bool exact,
                    std::string_view profile);
[[nodiscard]] bool matches_expected(const tree::Tree& tree, tree::NodeId node,
                                    const Expected& expected, bool exact);

// --- rules/: what single resource types demand beyond their definitions ---
void check_resource_rules(Run& run, tree::NodeId node);

}  // namespace lhcr::validate
