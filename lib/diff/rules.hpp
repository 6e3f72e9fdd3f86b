// SPDX-License-Identifier: Apache-2.0
/// rules.def, looked up for one FHIR version: keys, order, noise, levels, words for people.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/symbol.hpp"
#include "definition/definitions.hpp"
#include "tree/tree.hpp"

namespace lhcr::diff {

/// Child elements from a node downwards.
using Steps = std::vector<Symbol>;

/// One row of keys or texts.
struct Row {
  std::vector<Steps> paths;
  bool any = false;  ///< one shared item of the (only) path is enough
};

struct TableRow;

/// How a primitive is compared.
enum class Leaf : std::uint8_t { exact, text, decimal, moment, xhtml };

/// A type by its name; "Patient.contact" is that of the element; no_type when there is none.
[[nodiscard]] definition::TypeId type_named(const definition::Definitions& definitions,
                                            const SymbolTable& symbols, std::string_view name);

class Rules {
 public:
  Rules(const definition::Definitions& definitions, const SymbolTable& symbols);

  /// Rows in the order in which they are tried; empty when nothing is known about the type.
  [[nodiscard]] const std::vector<Row>& keys(definition::TypeId type) const;
  [[nodiscard]] const std::vector<Row>& labels(definition::TypeId type) const;
  [[nodiscard]] const std::vector<Row>& texts(definition::TypeId type) const;
  [[nodiscard]] const std::vector<Row>& values(definition::TypeId type) const;
  [[nodiscard]] const std::vector<Row>& dates(definition::TypeId type) const;
  [[nodiscard]] const std::vector<Row>& subjects(definition::TypeId type) const;
  /// Whether people read a value of this type as one.
  [[nodiscard]] bool whole(definition::TypeId type) const;
  [[nodiscard]] bool ordered(definition::TypeId parent, Symbol element) const;
  /// Whether a node, which has a parent, carries no clinical meaning.
  [[nodiscard]] bool noise(const tree::Tree& tree, tree::NodeId node) const {
    const Symbol element = tree[node].element;
    return element < noise_.size() && noise_[element] && noise_of(tree, node);
  }
  [[nodiscard]] bool minor(definition::TypeId parent, Symbol element) const;
  [[nodiscard]] Leaf leaf(definition::TypeId type) const {
    return type < leaves_.size() ? leaves_[type] : Leaf::text;
  }
  [[nodiscard]] const definition::Definitions& definitions() const noexcept { return definitions_; }
  [[nodiscard]] const SymbolTable& symbols() const noexcept { return symbols_; }
  /// Symbols below this mean the same in every tree.
  [[nodiscard]] Symbol shared_symbols() const noexcept { return shared_; }
  [[nodiscard]] definition::TypeId reference_type() const noexcept { return reference_; }

 private:
  struct Element {
    definition::TypeId parent;
    Symbol name;
    bool any_parent;
    Symbol child = no_symbol;      ///< of the element; no_symbol: the row holds always
    std::string_view values = {};  ///< of which the child has one, apart by spaces
  };
  using RowTable = std::unordered_map<definition::TypeId, std::vector<Row>>;

  void add_row(RowTable& table, std::string_view type, std::string_view paths);
  void add_element(std::vector<Element>& table, std::string_view type, std::string_view name);
  void add_noise(const TableRow& row);
  void give_to_resources(RowTable& table, bool first);
  void set_leaves();
  [[nodiscard]] bool noise_of(const tree::Tree& tree, tree::NodeId node) const;
  [[nodiscard]] bool matches(const Element& row, definition::TypeId parent, Symbol element) const;
  [[nodiscard]] bool holds(const std::vector<Element>& table, definition::TypeId parent,
                           Symbol element) const;

  const definition::Definitions& definitions_;
  const SymbolTable& symbols_;
  Symbol shared_;
  definition::TypeId reference_;
  RowTable keys_;
  RowTable labels_;
  RowTable texts_;
  RowTable values_;
  RowTable dates_;
  RowTable subjects_;
  std::vector<definition::TypeId> whole_;
  std::vector<Element> ordered_;
  std::vector<Element> noise_rows_;
  std::vector<Element> minor_;
  std::vector<bool> noise_;  // by symbol: is there a row at all
  std::vector<Leaf> leaves_;
};

}  // namespace lhcr::diff
