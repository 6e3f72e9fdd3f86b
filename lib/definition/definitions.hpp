// SPDX-License-Identifier: Apache-2.0
/// The definitions of one FHIR version, read in place from flat images: types, elements,
/// StructureDefinitions, bindings, ValueSets, CodeSystems. Nothing is parsed when a program starts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/symbol.hpp"
#include "tree/tree.hpp"

namespace lhcr::definition {

/// A named type ("Patient", "HumanName", "string") or the anonymous type of an element with
/// children of its own
/// ("Patient.contact"). 0 is "no type".
using TypeId = std::uint16_t;
constexpr TypeId no_type = 0;
/// An ElementDefinition of some StructureDefinition's snapshot. 0 is "none".
using ElementId = std::uint32_t;
constexpr ElementId no_element = 0;
/// A StructureDefinition. 0 is "none".
using StructureId = std::uint32_t;
constexpr StructureId no_structure = 0;
/// A ValueSet. 0 is "none".
using ValueSetId = std::uint32_t;
constexpr ValueSetId no_value_set = 0;
/// A CodeSystem. 0 is "none".
using CodeSystemId = std::uint32_t;
constexpr CodeSystemId no_code_system = 0;

constexpr std::uint32_t unbounded = 0xFFFFFFFF;

/// What the definitions of CDA say instead of a FHIR version.
constexpr std::string_view cda_version = "CDA R2";

enum class TypeKind : std::uint8_t { primitive, complex, resource, backbone, logical };
enum class Strength : std::uint8_t { none, example, preferred, extensible, required };

/// A child that a type may have, under one written name: a choice element has one row per type.
struct Child {
  Symbol written = no_symbol;  ///< "valueQuantity"
  Symbol element = no_symbol;  ///< "value"
  ElementId definition = no_element;
  TypeId type = no_type;
  std::uint16_t order = 0;  ///< position among the type's elements, from 1 (XML sequence order)
  std::uint8_t flags = 0;   ///< ChildFlag
};
enum ChildFlag : std::uint8_t {
  child_list = 1,       ///< max > 1: an array in JSON
  child_choice = 2,     ///< one type of a choice element
  child_attribute = 4,  ///< an attribute in XML
  child_resource = 8,   ///< holds any resource
  child_xhtml = 16,     ///< narrative XHTML
  child_text = 32,      ///< the text of its parent in XML (CDA)
  child_typed = 64,     ///< xsi:type may say its type (CDA)
};

struct TypeInfo {
  std::string_view name;  ///< "Patient"; "Patient.contact" for a backbone
  TypeKind kind = TypeKind::complex;
  bool abstract = false;
  TypeId base = no_type;        ///< BackboneElement or Element for a backbone
  ElementId root = no_element;  ///< root of its snapshot, or the element a backbone belongs to
  StructureId structure =
      no_structure;          ///< of the specialization itself (of the owner for a backbone)
  std::string_view pattern;  ///< regular expression of a primitive's text, may be empty
  tree::Kind json_kind =
      tree::Kind::object;  ///< how JSON writes a primitive: string, number or boolean
};

/// One allowed type of an element.
struct TypeRef {
  std::string_view code;  ///< "Reference"; system types by their FHIR name ("string")
  TypeId type = no_type;
  std::vector<std::string_view> profiles;
  std::vector<std::string_view> targets;  ///< targetProfile canonicals
  std::string_view aggregation;           ///< space separated: contained referenced bundled
  std::string_view versioning;            ///< either | independent | specific
};

/// One ElementDefinition.constraint.
struct Invariant {
  std::string_view key;
  std::string_view human;
  std::string_view expression;  ///< empty when the definition gives none
  std::string_view source;      ///< canonical of the structure that defines it
  bool warning = false;         ///< severity is warning
  bool best_practice = false;   ///< extension elementdefinition-bestpractice
};

struct Binding {
  Strength strength = Strength::none;
  std::string_view value_set;  ///< canonical, with |version when given
  ValueSetId set = no_value_set;
  ValueSetId max_set = no_value_set;  ///< maxValueSet extension
  std::string_view max_value_set;
};

/// An ElementDefinition as the checks need it. Text views point into the image.
struct Element {
  std::string_view id;    ///< "Observation.component:systolic.code"
  std::string_view path;  ///< "Observation.component.code"
  std::string_view slice_name;
  std::string_view short_text;
  Symbol name = no_symbol;  ///< last step, without [x]
  std::uint32_t min = 0;
  std::uint32_t max = 1;
  std::uint32_t base_max = 1;    ///< of the element's base definition
  std::uint32_t max_length = 0;  ///< 0: none
  std::string_view min_value;    ///< the text of minValue[x], or empty
  std::string_view max_value;
  std::string_view fixed;       ///< fixed[x] as JSON text, or empty
  std::string_view fixed_type;  ///< its type: "uri"
  std::string_view pattern;     ///< pattern[x] as JSON text, or empty
  std::string_view pattern_type;
  bool choice = false;  ///< path ends in [x]
  bool modifier = false;
  bool must_support = false;
  bool attribute = false;  ///< representation xmlAttr
  Binding binding;
  std::string_view content_reference;  ///< path of the referenced element, or empty
  // Slicing; discriminator_count == 0 and !sliced: none.
  bool sliced = false;
  bool slicing_ordered = false;
  std::string_view slicing_rules;  ///< closed | open | openAtEnd
  struct Discriminator {
    std::string_view type;  ///< value | exists | pattern | type | profile | position
    std::string_view path;
  };
  std::vector<Discriminator> discriminators;
  // The snapshot as a tree.
  ElementId parent = no_element;
  ElementId first_child = no_element;
  ElementId next = no_element;  ///< next sibling (slices follow the element they slice)
};

/// A StructureDefinition without its elements.
struct Structure {
  StructureId id = no_structure;
  std::string_view url;
  std::string_view version;
  std::string_view name;
  std::string_view type;  ///< "Patient", "Extension"
  TypeKind kind = TypeKind::complex;
  bool abstract = false;
  bool constraint = false;      ///< derivation is constraint: a profile or an extension
  std::string_view base;        ///< baseDefinition canonical
  ElementId root = no_element;  ///< first element of the snapshot; no_element when there is none
  std::string_view status;      ///< draft | active | retired
  /// Extension contexts as "type:expression" (R4: element, extension, fhirpath; R3: resource,
  /// datatype, extension).
  std::vector<std::string_view> contexts;
  std::vector<std::string_view> context_invariants;
  std::string_view fhir_version;  ///< as the definition says, may be empty
  std::string_view problem;  ///< why there is no snapshot: "its base X is not here"; else empty
};

/// Whether a code is in a ValueSet.
enum class Membership : std::uint8_t {
  yes,
  no,
  /// The set takes codes from a system whose codes are not (all) here. So are those of the systems
  /// that have a grammar and no list: BCP 13 (media types), BCP 47 (languages), UCUM; their syntax
  /// is the caller's to judge.
  unknown_system,
  unknown,  ///< the set is not (wholly) here
};

class Image;

/// One FHIR version's definitions: an image, and layers over it that packages given at run time are
/// compiled to. Immutable once loaded and safe to share between threads. All text lives as long as
/// it.
class Definitions {
 public:
  /// `image` is mapped or embedded bytes that outlive the object; its element names are interned
  /// into `symbols`.
  Definitions(std::span<const std::byte> image, SymbolTable& symbols);
  ~Definitions();
  Definitions(const Definitions&) = delete;
  Definitions& operator=(const Definitions&) = delete;
  /// Lays another image over what is here: ids stay, and of equal canonicals the new one counts.
  /// `image` was compiled for exactly these definitions, else Error{input}; it outlives the object.
  void add_layer(std::span<const std::byte> image, SymbolTable& symbols);
  [[nodiscard]] const std::shared_ptr<const Image>& image() const noexcept { return image_; }

  [[nodiscard]] std::string_view fhir_version() const;  ///< "4.0.1", or cda_version
  /// Whether these are the classes and templates of CDA.
  [[nodiscard]] bool is_cda() const { return fhir_version() == cda_version; }

  // --- types ---
  [[nodiscard]] TypeId type(std::string_view name) const;
  [[nodiscard]] const TypeInfo& info(TypeId type) const;
  /// Whether `type` is `ancestor` or specialises it.
  [[nodiscard]] bool derives(TypeId type, TypeId ancestor) const;
  /// Every type by id, that of id 0 and those of elements included.
  [[nodiscard]] std::span<const TypeInfo> types() const;
  /// The row for a written child name, or nullptr.
  [[nodiscard]] const Child* child(TypeId parent, Symbol written) const;
  /// Every row of a type, in definition order.
  [[nodiscard]] std::span<const Child> children(TypeId parent) const;

  // --- structures and elements ---
  /// By canonical; "url|version" must match the version, "url" takes the only or newest one.
  [[nodiscard]] StructureId structure(std::string_view canonical) const;
  [[nodiscard]] Structure structure_info(StructureId id) const;
  [[nodiscard]] Element element(ElementId id) const;
  [[nodiscard]] std::vector<TypeRef> element_types(ElementId id) const;
  [[nodiscard]] std::vector<Invariant> element_invariants(ElementId id) const;
  /// Canonicals of structures that constrain or extend `type`, for suggestions; every structure
  /// when empty.
  [[nodiscard]] std::vector<std::string_view> structure_urls() const;

  // --- terminology ---
  // Packages of one FHIR release bring several versions of the same ValueSet or CodeSystem. A
  // canonical without version stands for all that are here: a code counts when any of them has it.
  [[nodiscard]] ValueSetId value_set(std::string_view canonical) const;
  [[nodiscard]] std::string_view value_set_url(ValueSetId set) const;
  [[nodiscard]] std::string_view value_set_name(ValueSetId set) const;
  /// `system` empty: any system (the rule for the primitive type code).
  [[nodiscard]] Membership contains(ValueSetId set, std::string_view system,
                                    std::string_view code) const;
  /// The systems whose codes are not (all) here, of a set that is here; empty when codes of any
  /// system may be in it.
  struct OpenSystem {
    std::string_view system;
    bool whole;  ///< every code of it is in the set
  };
  [[nodiscard]] std::vector<OpenSystem> open_systems(ValueSetId set) const;
  /// The codes of a set that has at most `limit`, sorted; empty when it has more.
  [[nodiscard]] std::vector<std::string_view> sample_codes(ValueSetId set, std::size_t limit) const;
  [[nodiscard]] CodeSystemId code_system(std::string_view url) const;
  /// Whether every code of the system is here (content = complete).
  [[nodiscard]] bool code_system_complete(CodeSystemId system) const;
  [[nodiscard]] bool code_system_case_sensitive(CodeSystemId system) const;
  [[nodiscard]] bool code_system_has(CodeSystemId system, std::string_view code) const;
  /// The display and designations of a code; empty when the code is unknown.
  [[nodiscard]] std::vector<std::string_view> displays(CodeSystemId system,
                                                       std::string_view code) const;
  /// Whether `code` is `ancestor` or below it in the system's hierarchy.
  [[nodiscard]] bool subsumed_by(CodeSystemId system, std::string_view code,
                                 std::string_view ancestor) const;

  // --- other conformance resources ---
  /// The resource type of a known canonical URL (SearchParameter, OperationDefinition, ...), or
  /// empty.
  [[nodiscard]] std::string_view canonical_type(std::string_view canonical) const;
  /// Whether a package given at run time has a resource of this canonical URL.
  [[nodiscard]] bool is_given(std::string_view canonical) const;
  /// The resource of a canonical (Questionnaire, ConceptMap, OperationDefinition, ...) of a package
  /// given at run time, as JSON; empty when it is not here. Types that are compiled
  /// (StructureDefinition, ValueSet, CodeSystem) are not kept.
  [[nodiscard]] std::string_view resource(std::string_view canonical) const;

 private:
  std::shared_ptr<const Image> image_;
  const Image* types_;  // the image of image_ that answers for types
};

/// The embedded FHIR versions and the names they share.
class Library {
 public:
  Library();
  ~Library();
  [[nodiscard]] const SymbolTable& symbols() const noexcept { return symbols_; }
  /// To be filled (expressions, packages) before the first record is read.
  [[nodiscard]] SymbolTable& symbols() noexcept { return symbols_; }
  /// "4.0.1", "4.0", "R4", "3.0.2", "3.0", "STU3", ...; nullptr when there is no such version.
  [[nodiscard]] const Definitions* version(std::string_view version) const;
  [[nodiscard]] std::vector<std::string_view> versions() const;
  /// The base model of CDA R2 and the templates of C-CDA.
  [[nodiscard]] const Definitions& cda() const noexcept { return *cda_; }
  /// The version that a record is written in, by what it has (version/evidence.def); of versions
  /// that fit equally 4.0.1 comes first. VersionJudge says why, and is faster for many records.
  [[nodiscard]] const Definitions& detect(const tree::Tree& tree) const;
  /// Definitions::add_layer() for one of the versions, and keeps the image. To be called before the
  /// first record is read.
  void add_layer(const Definitions& to, std::vector<std::byte> image);

 private:
  SymbolTable symbols_;
  std::vector<std::vector<std::byte>> layers_;
  std::vector<std::unique_ptr<Definitions>> versions_;
  std::unique_ptr<Definitions> cda_;
};

/// The type pass: gives each node its type, its element name (choice suffix split off), its JSON
/// kind and its list and attribute flags; marks unknown elements with Flag::unknown. One walk,
/// constant time per node. Safe to repeat.
void attach_types(tree::Tree& tree, const Definitions& definitions);
/// Types `node` and what is below it as `type`.
void attach_types(tree::Tree& tree, const Definitions& definitions, tree::NodeId node, TypeId type);
/// The same for a tree of format::read_cda(): types its ClinicalDocument, found at any depth (an
/// envelope has no type), and returns it, no_node when there is none. xsi:type says the type where
/// the definitions allow it. Text whose parent has an element for it (xmlText) becomes, or gets, a
/// node of that name. Once per tree.
tree::NodeId attach_cda_types(tree::Tree& tree, const Definitions& definitions);
/// Orders siblings as the definitions do (what XML demands). Unknown elements go last. Needs
/// attach_types().
void sort_children(tree::Tree& tree, const Definitions& definitions);

}  // namespace lhcr::definition
