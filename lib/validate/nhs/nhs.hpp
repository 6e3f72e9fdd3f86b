// SPDX-License-Identifier: Apache-2.0
/// The NHS rules: what UK records must keep beyond FHIR (Options::rules). One pass over the nodes
/// of a record that the rules apply to; other records pay one comparison a node.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/uk_system.hpp"
#include "definition/definitions.hpp"
#include "tree/tree.hpp"

namespace lhcr::validate {

class Run;

/// Whether an Identifier is of the system of NHS numbers, however that is spelt.
[[nodiscard]] bool is_nhs_number(const Run& run, tree::NodeId identifier);

/// What the pass does at nodes of a type; bits.
enum NhsConcern : std::uint16_t {
  concern_identifier = 1,
  concern_coding = 2,
  concern_concept = 4,
  concern_quantity = 8,
  concern_extension = 16,
  concern_address = 32,
  concern_contact_point = 64,
  concern_date = 128,
  concern_meta = 256,
  concern_resource = 512,
  concern_reference = 1024,
};

/// The tables of the NHS rules in terms of one FHIR version.
class NhsRules {
 public:
  NhsRules(const definition::Definitions& definitions, const SymbolTable& symbols);

  [[nodiscard]] std::uint16_t concerns(definition::TypeId type) const {
    return type < concerns_.size() ? concerns_[type] : std::uint16_t{0};
  }
  /// Whether an element of a type states which medicine is meant.
  [[nodiscard]] bool names_medicine(definition::TypeId type, Symbol element) const {
    return medicines_.count(key(type, element)) > 0;
  }
  /// Whether an element of a type is the date of what has happened.
  [[nodiscard]] bool is_past(definition::TypeId type, Symbol element) const {
    return past_.count(key(type, element)) > 0;
  }
  /// The type's check of whole resources, or nullptr.
  using ResourceCheck = void (*)(Run& run, tree::NodeId resource);
  [[nodiscard]] ResourceCheck resource_check(definition::TypeId type) const;

 private:
  static std::uint64_t key(definition::TypeId type, Symbol element) {
    return (std::uint64_t{type} << 32U) | element;
  }
  void add_type(const definition::Definitions& definitions, std::string_view name,
                std::uint16_t concern);

  std::vector<std::uint16_t> concerns_;
  std::unordered_set<std::uint64_t> medicines_;
  std::unordered_set<std::uint64_t> past_;
  std::unordered_map<definition::TypeId, ResourceCheck> resource_checks_;
};

/// Checks the whole record, when the rules apply to it.
void check_nhs_rules(Run& run);

// --- nhs_identifier.cpp ---
void check_nhs_identifier(Run& run, tree::NodeId node);
/// A reference to a patient of the Personal Demographics Service ends in the NHS number.
void check_nhs_reference(Run& run, tree::NodeId node);
void check_nhs_patient(Run& run, tree::NodeId resource);
/// The digits of an NHS number that is written with blanks or hyphens.
[[nodiscard]] std::string without_separators(std::string_view text);
/// The form, check digit and range of the NHS number that `value` holds as `text`.
void check_nhs_number(Run& run, tree::NodeId value, std::string_view text);
void check_ods_code(Run& run, tree::NodeId value);
// --- nhs_coding.cpp ---
void check_nhs_coding(Run& run, tree::NodeId node);
void check_nhs_concept(Run& run, tree::NodeId node);
void check_nhs_quantity(Run& run, tree::NodeId node);
void check_nhs_observation(Run& run, tree::NodeId resource);
/// The form and check digit of a SNOMED CT identifier.
void check_sctid(Run& run, tree::NodeId node, std::string_view id);
// --- nhs_gp_connect.cpp ---
/// Whether the rules apply and the resource that holds the node claims a profile of GP Connect.
[[nodiscard]] bool claims_gp_connect(const Run& run, tree::NodeId node);
/// GP Connect, Guidance on the use of CodeableConcept.
void check_gp_connect_concept(Run& run, tree::NodeId node);
// --- nhs_extension.cpp ---
void check_nhs_extension(Run& run, tree::NodeId node);
void check_nhs_meta(Run& run, tree::NodeId node);
// --- nhs_contact.cpp ---
void check_nhs_address(Run& run, tree::NodeId node);
void check_nhs_contact_point(Run& run, tree::NodeId node);
void check_nhs_date(Run& run, tree::NodeId node);
// --- nhs_document.cpp ---
void check_nhs_bundle(Run& run, tree::NodeId resource);
void check_nhs_composition(Run& run, tree::NodeId resource);

}  // namespace lhcr::validate
