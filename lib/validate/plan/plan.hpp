// SPDX-License-Identifier: Apache-2.0
/// Plans: what is to be checked at nodes of a type, compiled from the definitions at first use and
/// kept as flat arrays.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "definition/definitions.hpp"
#include "fhirpath/fhirpath.hpp"
#include "validate/plan/presence.hpp"

namespace lhcr::validate {

/// Invariants whose truth the walk knows without running an expression.
enum class Fused : std::uint8_t {
  none,
  has_content,        ///< a value, or a child that is not the id
  extension_xor,      ///< either extensions or a value
  nested_contained,   ///< no contained resource contains another
  contained_version,  ///< contained resources have neither versionId nor lastUpdated
  contained_labels,   ///< contained resources have no security labels
  contained_used,     ///< every contained resource is referenced (checked by reference.cpp)
  has_narrative,      ///< text.div exists
  narrative_allowed,  ///< narrative holds basic formatting only
  narrative_content,  ///< narrative holds text or an image
  one_of,             ///< exactly one child has one of the names
  some_of,            ///< a child has one of the names
  // Of the following some nodes need the expression all the same.
  presence,         ///< InvariantPlan::presence
  local_reference,  ///< a reference that begins with '#' leads to a contained resource
  with_day,         ///< a dateTime has eight characters or more
};

/// A constraint, compiled. Shared by all elements that state it.
struct InvariantPlan {
  std::string_view key;
  std::string_view human;
  std::string expression;  ///< after corrections
  std::string_view source;
  bool warning = false;
  bool best_practice = false;
  bool follows = false;  ///< another check tells what breaks it
  Fused fused = Fused::none;
  std::vector<Symbol> names;  ///< of one_of and some_of
  Presence presence;
  std::optional<fhirpath::Expression> compiled;
  std::string fault;  ///< why it could not be compiled
};

/// How the text of a primitive is checked.
enum class ValueRule : std::uint8_t {
  none,
  boolean,
  integer,
  unsigned_int,
  positive_int,
  decimal,
  decimal_limited,
  integer64,
  string,
  code,
  id,
  uri,
  url,
  canonical,
  oid,
  uuid,
  markdown,
  date,
  date_time,
  instant,
  time,
  base64,
  base64_unspaced,
  xhtml,
};

/// Data types with rules of their own.
enum class Special : std::uint8_t {
  none,
  identifier,
  coding,
  codeable_concept,
  quantity,
  attachment,
  reference,
  extension,
  narrative,
};

/// One element of a type (all types of a choice together).
struct ElementPlan {
  definition::ElementId id = definition::no_element;
  Symbol name = no_symbol;
  std::string_view path;
  std::uint32_t min = 0;
  std::uint32_t max = 1;
  std::uint32_t max_length = 0;
  std::uint32_t first_child = 0;  ///< its first row among the plan's children
  bool choice = false;
  definition::Binding binding;
  std::string_view min_value;
  std::string_view max_value;
  std::string_view fixed;  ///< JSON text
  std::vector<definition::TypeRef> types;
};

class TypePlan;

/// One written name: parallel to Definitions::children().
struct ChildPlan {
  std::uint32_t element = 0;           ///< index in TypePlan::elements
  std::uint32_t invariants_first = 0;  ///< range in TypePlan::invariants
  std::uint32_t invariants_count = 0;
  definition::TypeId type = definition::no_type;
  ValueRule rule = ValueRule::none;
  Special special = Special::none;
  std::uint8_t flags = 0;  ///< definition::ChildFlag
  bool primitive = false;
  bool canonical_url = false;  ///< the url of a canonical resource
  tree::Kind json_kind = tree::Kind::object;
  mutable const TypePlan* plan = nullptr;  ///< of `type`, filled at first use
};

/// Everything about the children of one type.
class TypePlan {
 public:
  definition::TypeId type = definition::no_type;
  std::string_view name;
  const definition::Child* rows = nullptr;  ///< children()[i] is described by children[i]
  std::vector<ChildPlan> children;
  std::vector<ElementPlan> elements;
  std::vector<const InvariantPlan*> invariants;
  std::uint32_t own_first = 0;  ///< invariants of the type itself, for roots of resources
  std::uint32_t own_count = 0;
  definition::StructureId structure = definition::no_structure;
  bool has_value = false;  ///< of a primitive: its text is what the definitions call "value"
};

/// Compiles and keeps invariants; equal expressions are compiled once.
class InvariantPool {
 public:
  InvariantPool(const definition::Definitions& definitions, const SymbolTable& symbols)
      : definitions_(definitions), symbols_(symbols) {}
  const InvariantPlan* get(const definition::Invariant& invariant);

 private:
  const definition::Definitions& definitions_;
  const SymbolTable& symbols_;
  std::unordered_map<std::string, std::unique_ptr<InvariantPlan>> plans_;
};

/// The published expression with known misprints put right (invariant_corrections.def).
[[nodiscard]] std::string corrected_expression(std::string_view expression);

/// The plans of one validator.
class Plans {
 public:
  Plans(const definition::Definitions& definitions, const SymbolTable& symbols);
  /// The plan of a type, compiled at first use.
  const TypePlan& type(definition::TypeId type);
  [[nodiscard]] InvariantPool& invariants() { return pool_; }
  [[nodiscard]] ValueRule value_rule(std::string_view type_name) const;

 private:
  std::unique_ptr<TypePlan> compile(definition::TypeId type);
  void add_element(TypePlan& plan, const definition::Child& row);
  ChildPlan child_plan(TypePlan& plan, const definition::Child& row);
  void add_invariants(TypePlan& plan, const std::vector<definition::Invariant>& more,
                      std::size_t first);

  const definition::Definitions& definitions_;
  InvariantPool pool_;
  std::vector<std::unique_ptr<TypePlan>> plans_;
};

}  // namespace lhcr::validate
