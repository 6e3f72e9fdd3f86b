// SPDX-License-Identifier: Apache-2.0
/// Plans of profiles and extensions: what a StructureDefinition with derivation "constraint" adds
/// to its base type.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "definition/definitions.hpp"
#include "validate/plan/plan.hpp"

namespace lhcr::validate {

/// The value of fixed[x] or pattern[x]. A list is repeated children of one name.
struct Expected {
  Symbol name = no_symbol;
  std::string label;  ///< the element's name, for messages
  bool object = false;
  std::string text;
  std::vector<Expected> children;
  bool operator==(const Expected&) const = default;
};

/// One step of a discriminator path.
struct PathStep {
  enum class Kind : std::uint8_t { child, extension, resolve, of_type } kind = Kind::child;
  Symbol name = no_symbol;
  std::string argument;  ///< extension url or type name
  bool operator==(const PathStep&) const = default;
};

/// What one discriminator asks of a member of one slice.
struct SliceTest {
  enum class Kind : std::uint8_t {
    fixed,
    pattern,
    exists,
    absent,
    type,
    profile,
    binding,
    position,
    none
  } kind = Kind::none;
  std::vector<PathStep> path;
  Expected expected;
  std::vector<std::string_view> names;  ///< types or profiles
  definition::ValueSetId set = definition::no_value_set;
  std::string_view value_set;  ///< its canonical
  std::uint32_t first = 0;     ///< position
  std::uint32_t last = 0;
  bool operator==(const SliceTest&) const = default;
};

/// What an element adds to what the walk has judged by a row of the type around it.
struct Addition {
  const ChildPlan* row = nullptr;                 ///< nullptr: no type has such an element
  definition::TypeId type = definition::no_type;  ///< of the node
  bool nothing = false;                           ///< how often it occurs is all that it says
  std::vector<const InvariantPlan*> invariants;   ///< that are not stated there
};

/// One element of a snapshot.
struct ProfileElement {
  definition::Element element;
  std::vector<definition::TypeRef> types;
  definition::TypeId type = definition::no_type;  ///< whose children it has; of a choice none
  std::optional<Expected> fixed;
  std::optional<Expected> pattern;
  std::vector<const InvariantPlan*> invariants;
  std::vector<std::uint32_t> children;  ///< not the slices
  std::vector<std::uint32_t> slices;    ///< in order, re-slices after the slice they refine
  std::vector<SliceTest> tests;         ///< of a slice: all must hold; none: it cannot be judged
  std::uint32_t whole = 0;              ///< of a re-slice: the slice that it refines
  Symbol written = no_symbol;  ///< set when the path names one type of a choice (valueQuantity)
  bool is_extension = false;
  /// By row and type, of those that were met: few. References to them last as long as it does.
  mutable std::deque<Addition> additions = {};
};

struct ProfilePlan {
  definition::Structure info;
  std::string label;  ///< url|version, as messages name it
  definition::TypeId type = definition::no_type;
  std::vector<ProfileElement> elements;  ///< [0] is the root
};

/// The plans of one validator.
class Profiles {
 public:
  Profiles(const definition::Definitions& definitions, const SymbolTable& symbols,
           InvariantPool& invariants)
      : definitions_(definitions), symbols_(symbols), invariants_(invariants) {}
  /// The plan, compiled at first use; nullptr when the structure has no snapshot.
  const ProfilePlan* get(definition::StructureId id);

 private:
  std::unique_ptr<ProfilePlan> compile(definition::StructureId id);
  std::uint32_t add(ProfilePlan& plan, definition::ElementId id, definition::TypeId owner);
  void add_slice(ProfilePlan& plan, std::uint32_t sliced, std::uint32_t slice,
                 definition::ElementId id);
  void add_children(ProfilePlan& plan, std::uint32_t at, definition::ElementId first);
  /// The type whose children an element of a plan has; `owner`: that of the element above.
  [[nodiscard]] definition::TypeId type_below(definition::TypeId owner,
                                              const ProfileElement& element) const;

  const definition::Definitions& definitions_;
  const SymbolTable& symbols_;
  InvariantPool& invariants_;
  std::unordered_map<definition::StructureId, std::unique_ptr<ProfilePlan>> plans_;
};

/// Reads the JSON text of fixed[x] or pattern[x].
[[nodiscard]] Expected read_expected(std::string_view json, const SymbolTable& symbols);
/// The choice element that an element of a profile spells with one of its types ("valueQuantity",
/// as STU3 renames value[x]); nullptr when it does not. `owner`: the type that has the element.
[[nodiscard]] const definition::Child* spelled_choice(const definition::Definitions& definitions,
                                                      const SymbolTable& symbols,
                                                      definition::TypeId owner,
                                                      const definition::Element& element);

/// The tests that decide whether a node belongs to `slice`, a slice of `sliced`.
[[nodiscard]] std::vector<SliceTest> compile_slice(const definition::Definitions& definitions,
                                                   const SymbolTable& symbols,
                                                   const definition::Element& sliced,
                                                   definition::ElementId slice);

}  // namespace lhcr::validate
