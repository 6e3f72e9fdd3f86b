// SPDX-License-Identifier: Apache-2.0
/// CDA documents: the classes of CDA R2, templates by templateId, and what the NHS adds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "definition/definitions.hpp"
#include "tree/tree.hpp"

namespace lhcr::validate {

class Run;
struct ElementPlan;
struct ProfileElement;
struct ChildPlan;

/// How the text of an attribute type is judged.
struct CdaPrimitive {
  std::string_view type;   ///< "ts-simple"
  std::string_view label;  ///< for messages: "timestamp"
  std::string_view hint;
  bool (*fits)(std::string_view text);
};

/// What holds for a data type beyond its attributes.
using CdaTypeCheck = void (*)(Run& run, tree::NodeId node);

/// The tables of the CDA checks in terms of the definitions.
class CdaRules {
 public:
  explicit CdaRules(const definition::Definitions& definitions);

  [[nodiscard]] definition::TypeId document() const noexcept { return document_; }
  /// nullptr: any text will do.
  [[nodiscard]] const CdaPrimitive* primitive(definition::TypeId type) const {
    return type < primitives_.size() ? primitives_[type] : nullptr;
  }
  [[nodiscard]] const std::vector<CdaTypeCheck>& type_checks(definition::TypeId type) const {
    return checks_[type];
  }
  /// Whether elements of the type have templateIds.
  [[nodiscard]] bool takes_templates(definition::TypeId type) const {
    return type < templated_.size() && templated_[type];
  }
  /// The templates of a templateId; nullptr when it is not known.
  [[nodiscard]] const std::vector<definition::StructureId>* templates(
      std::string_view root, std::string_view extension) const;
  /// The newest version that is here of the template with this root; nullptr when there is none.
  [[nodiscard]] const std::vector<definition::StructureId>* newest(std::string_view root) const;
  /// "ROOT" or "ROOT:EXTENSION" of a template; empty when it has none.
  [[nodiscard]] std::string_view template_id(std::string_view profile) const;

 private:
  void add_templates(const definition::Definitions& definitions);

  definition::TypeId document_ = definition::no_type;
  std::vector<const CdaPrimitive*> primitives_;
  std::vector<std::vector<CdaTypeCheck>> checks_;
  std::vector<bool> templated_;
  std::unordered_map<std::string, std::vector<definition::StructureId>> templates_;
  std::unordered_map<std::string, std::string> newest_;  ///< by root: its key in templates_
  std::unordered_map<std::string_view, std::string_view> ids_;
};

/// Checks the document of a record read by format::read_cda().
void check_cda_record(Run& run);

// --- cda_value.cpp ---
[[nodiscard]] const std::vector<CdaPrimitive>& cda_primitives();
/// The checks of the type `name`, in any order; none for most.
[[nodiscard]] std::vector<CdaTypeCheck> cda_type_checks(std::string_view name);
/// The text of an attribute against its type, its fixed value and its value set.
void check_cda_attribute(Run& run, tree::NodeId node, const ElementPlan& element,
                         const ChildPlan& child);
[[nodiscard]] bool is_null_flavoured(const Run& run, tree::NodeId node);

// --- cda_code.cpp ---
/// The code of an attribute or a coded element against a value set.
void check_cda_binding(Run& run, tree::NodeId node, const definition::Binding& binding);
/// The code of a coded element against the release of its system, when that is here.
void check_cda_code(Run& run, tree::NodeId node);
/// nullopt: the set is not here.
[[nodiscard]] std::optional<bool> is_cda_member(const Run& run, tree::NodeId node,
                                                std::string_view value_set);
/// The URI of a code system that CDA names by OID; the OID as a URN when there is none.
[[nodiscard]] std::string cda_system(const Run& run, std::string_view oid);

// --- cda_template.cpp ---
/// Checks a node against every template that its templateIds name.
void check_cda_templates(Run& run, tree::NodeId node);
[[nodiscard]] bool can_follow_template(const Run& run, tree::NodeId node);
/// Whether a node has the templateId of a profile; another version (extension) of it counts too.
[[nodiscard]] bool follows_template(const Run& run, tree::NodeId node, std::string_view profile);
/// Whether a node has another version of the templateId that a slice of templateId asks for.
[[nodiscard]] bool has_other_version(const Run& run, tree::NodeId node,
                                     const ProfileElement& slice);
/// An element whose type has profiles: where it is `needed`, it or one beside it must follow one.
void check_demanded_template(Run& run, tree::NodeId node,
                             const std::vector<std::string_view>& profiles, bool needed);

// --- cda_narrative.cpp ---
/// IDs, and references to them, of the whole document.
void check_cda_references(Run& run, tree::NodeId document);
/// The elements and attributes of a section's text.
void check_cda_narrative(Run& run, tree::NodeId text);

// --- cda_nhs.cpp ---
/// What UK documents must keep.
void check_cda_nhs(Run& run, tree::NodeId document);

}  // namespace lhcr::validate
