// SPDX-License-Identifier: Apache-2.0
/// Paths of map rows: the part of FHIRPath that can be read and written. A predicate tests when a
/// path is read and becomes a constant when it is written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/symbol.hpp"
#include "definition/cda_classes.hpp"
#include "definition/definitions.hpp"

namespace lhcr::map {

/// What a side's trees hold.
enum class Model : std::uint8_t { cda, fhir };

/// Where a path starts.
enum class Root : std::uint8_t {
  self,        ///< the node the block runs on
  wrapper,     ///< %wrapper: the statement around a block's core (CDA)
  entry,       ///< %entry: the entry that holds the statement, when it is not nested (CDA)
  section,     ///< %section: the section that holds the statement (CDA)
  document,    ///< %document: ClinicalDocument (CDA)
  link,        ///< %link: the Reference that points to the block's resource (FHIR)
  resource,    ///< %resource: the resource the block makes (FHIR)
  provenance,  ///< %provenance: Provenance resources whose target is the resource (FHIR)
  bundle,      ///< %bundle: the Bundle around all resources (FHIR)
  patient,     ///< %patient: the document's subject (FHIR)
};

/// One condition of where(): `a.b = 'text'`, `a.b != 'text'`, `a.b.exists()`, `a.b.exists().not()`,
/// `a.skip(1).exists()`.
struct Test {
  enum class Kind : std::uint8_t { equal, differs, exists, missing };
  std::vector<Symbol> path;
  std::vector<bool> attribute;  ///< per step of `path`, when written
  std::string value;
  Kind kind = Kind::equal;
  bool skips_first = false;  ///< of children of the last name, the first does not count
  bool by_default = false;   ///< holds as well when the attribute is not there (CDA)
};

/// A set of the map's modifiers: a bit for each of Map::modifiers.
using ModifierMask = std::uint32_t;

/// One child step.
struct Step {
  Symbol name = no_symbol;     ///< as written in the tree; no_symbol: any child element
  Symbol element = no_symbol;  ///< differs from `name` for FHIR choice elements
  std::vector<Test> tests;
  std::string template_extension;  ///< of template(): version written beside the bare root
  bool is_template = false;
  bool list = false;       ///< may repeat, by the definitions
  bool attribute = false;  ///< written as an XML attribute
  bool first = false;      ///< first(): only the first match
  /// CDA: a statement that a row reads without making it. It has to be a plain, done, present fact
  /// but for the modifiers that the step's own tests ask for.
  bool guard = false;
  ModifierMask says = 0;  ///< the modifiers of the statement that the step's tests ask for
};

/// One of 64 bits for a name.
[[nodiscard]] constexpr std::uint64_t bit_of(Symbol name) noexcept {
  return std::uint64_t{1} << (name % 64U);
}

struct Path {
  Root root = Root::self;
  std::vector<Test> tests;  ///< of $this.where(...)
  std::vector<Step> steps;
  bool written = false;
  /// bit_of() the name that the first step needs below the block's node; 0: starts elsewhere, or
  /// any
  std::uint64_t first_name = 0;
  [[nodiscard]] bool empty() const noexcept { return !written; }
  /// Once the steps are there.
  void note_first_name() noexcept;
};

/// A place in a map file.
struct Location {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// "; did you mean 'status'?", or nothing.
[[nodiscard]] std::string near_name(std::string_view name, std::vector<std::string_view> known);

/// Throws Error{input} "file:line:col: ..." .
[[noreturn]] void fail(const Location& at, const std::string& text);

/// Knows the type at each step while a path is compiled.
struct Typing {
  Model model = Model::fhir;
  const definition::Definitions* definitions = nullptr;  ///< of the FHIR side
  definition::TypeId fhir_type = definition::no_type;
  definition::ElementId fhir_element = definition::no_element;
  definition::CdaClassId cda_class = 0;
  bool strict = false;  ///< a name that the model does not have is an error
};

/// Parses a path and interns its names. `typing` is advanced to the type of the path's end.
[[nodiscard]] Path parse_path(std::string_view text, Typing& typing, SymbolTable& symbols,
                              const Location& at);
/// Parses a block's header: one step, whose own type `typing` already holds.
[[nodiscard]] Path parse_header(std::string_view text, Typing& typing, SymbolTable& symbols,
                                const Location& at);

}  // namespace lhcr::map
