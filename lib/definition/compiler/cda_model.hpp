// SPDX-License-Identifier: Apache-2.0
/// The base model of CDA R2 from its table (lib/definition/cda/*.cda), and StructureDefinitions of
/// CDA templates in the form that the image keeps.
///
/// The table, by lines; what is indented more belongs to the line above it:
///   primitive NAME TYPE             a type of attributes and the FHIR type that it is a kind of
///   type NAME : BASE [abstract]     a class or data type: what BASE has, then its own; BASE may be
///   - MARK NAME[=WRITTEN] MIN..MAX TYPE|TYPE [typed] [KEY=VALUE]...
///     MARK: . element, @ attribute, $ text, % group of elements in any order, whose members stand
///     in its place; typed: may carry xsi:type; default-type: without xsi:type; fixed, default;
///     usual: what a writer sets where nothing says it; alternative: one of those so marked must be
///     there, the usual or first one where there is none; needed, once: the schema of CDA demands
///     it or has one, its StructureDefinition does not; required, extensible, preferred, example: a
///     value set; min, max, length. The name of an
///     inherited element replaces it, indented lines say what differs from its type.
///   ! KEY SEVERITY | EXPRESSION | TEXT      an invariant of the line above
///   codesystem NAME CODE...; valueset NAME; SYSTEM: CODE...; set VALUESET...
///   text that begins with white space and is none of these continues the codes above
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "definition/compiler/model.hpp"

namespace lhcr::definition::compiler {

constexpr std::string_view cda_structures = "http://hl7.org/cda/stds/core/StructureDefinition/";
constexpr std::string_view cda_value_sets = "http://hl7.org/cda/stds/core/ValueSet/";

/// Adds what the table `text` says to `model`; one that comes later may use the types of an earlier
/// one. Throws Error{input} that begins with `where`.
void read_cda_table(const std::string& where, std::string_view text, Model& model);

/// Whether a StructureDefinition is about CDA.
[[nodiscard]] bool is_cda(const StructureModel& structure);
/// Gives types their names in the table, and the members of groups their place.
void adapt_cda(StructureModel& structure);
/// Leaves of each template only what it adds to the base model, and of the terminology what
/// bindings and expressions name. `structures` are sorted by url.
void prune_cda(Model& model);

}  // namespace lhcr::definition::compiler
