// SPDX-License-Identifier: Apache-2.0
/// Interned names: element names compare as integers.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/arena.hpp"

namespace lhcr {

/// A name's number in a SymbolTable. 0 is "no name".
using Symbol = std::uint32_t;
constexpr Symbol no_symbol = 0;

/// Names and their numbers. Filled while definitions and expressions are loaded, then only read, so
/// that any number of workers may share it; names met later in records go into each tree's own
/// extension of the table.
class SymbolTable {
 public:
  /// A table that knows the names of base/names.def, under the numbers of base/names.hpp.
  SymbolTable();
  /// Numbers of a table that extends `base` start where those of `base` end; `base` must outlive it
  /// and stay unchanged.
  explicit SymbolTable(const SymbolTable* base);

  /// The symbol of `name`, or no_symbol when the name is unknown.
  [[nodiscard]] Symbol find(std::string_view name) const noexcept;
  /// The symbol of `name`, added when it is new. The text is copied.
  Symbol intern(std::string_view name);
  /// The name of `symbol`; valid until clear().
  [[nodiscard]] std::string_view name(Symbol symbol) const noexcept;
  /// One more than the largest symbol.
  [[nodiscard]] Symbol size() const noexcept { return first_ + static_cast<Symbol>(names_.size()); }
  /// Forgets this table's own names (not those of its base).
  void clear() noexcept;

 private:
  [[nodiscard]] Symbol find_hashed(std::string_view name, std::uint64_t hash) const noexcept;
  void add_slot(Symbol symbol, std::uint64_t hash);
  void rehash();

  struct Name {
    std::string_view text;
    std::uint64_t hash;
  };
  const SymbolTable* base_ = nullptr;
  Symbol first_ = 1;
  std::vector<Name> names_;
  std::vector<Symbol> slots_;  // open addressing, power of two, 0 = free
  Arena text_;
};

}  // namespace lhcr
