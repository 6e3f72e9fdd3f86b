// SPDX-License-Identifier: Apache-2.0
/// What of a map is about meaning: which parts of a statement turn it, and which rows carry those
/// parts in an element that every reader knows.
#pragma once

#include <string_view>

#include "map/model.hpp"

namespace lhcr::map {

/// Compiles the `plain` lines of the map (or of the one it is laid over) into `map`.
void compile_plain(const Source& source, std::string_view name, Map& map);

/// Compiles its `modifier` lines in the same way. Throws Error{input} with the place of what is
/// wrong.
void compile_modifiers(const Source& source, std::string_view name, Map& map, SymbolTable& symbols);

/// The bits of names in an option `says NAME ...`; `%wrapper.NAME` goes to `wrapper`. Throws
/// Error{input} when there is no such modifier.
void add_modifiers(const Map& map, std::string_view names, const Location& at, ModifierMask& self,
                   ModifierMask& wrapper);

/// A path of the CDA side: marks its steps into statements, and asks of relationships that mean
/// another thing the other way round that they stand as written. `reads`: the path ends in a
/// value, not in a statement that is made.
void note_statements(const Source& source, const Map& map, Path& path, bool reads,
                     SymbolTable& symbols);

/// Fills Row::says, Row::says_wrapper and Row::aside of a row between CDA (left) and FHIR.
void note_meaning(const Map& map, Row& row, const SymbolTable& symbols);

/// Fills Block::says and Block::says_wrapper from the header.
void note_meaning(const Map& map, Block& block);

}  // namespace lhcr::map
