// SPDX-License-Identifier: Apache-2.0
/// The one index of what references inside a record mean (R4, 2.3): contained within its own
/// resource, entries of a Bundle by fullUrl, by type and id.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "definition/definitions.hpp"
#include "tree/tree.hpp"

namespace lhcr::record {

/// Where the resources of a record are: entries of Bundles by fullUrl, resources by type and id,
/// contained ones by id. Built at the first question and in one walk; one object serves one record.
class References {
 public:
  References(const definition::Definitions& definitions, const SymbolTable& symbols);

  /// How a reference was resolved.
  enum class Match : std::uint8_t {
    none,
    exact,     ///< by the rules of the specification
    by_id,     ///< only its type and id match, its fullUrl does not
    ambiguous  ///< several resources match by type and id
  };
  struct Target {
    tree::NodeId node = tree::no_node;
    Match match = Match::none;
    std::size_t candidates = 0;  ///< resources of the Bundle that have the type and id
  };
  /// An entry of a Bundle, or a resource of a Parameters.
  struct Entry {
    tree::NodeId node = tree::no_node;      ///< Bundle.entry, or the parameter
    tree::NodeId resource = tree::no_node;  ///< its resource, may be no_node
    tree::NodeId bundle = tree::no_node;
    std::string_view full_url;
    std::string_view type;
    std::string_view id;
  };

  /// Forgets the record before and takes the next one.
  void reset(const tree::Tree& tree);
  /// The resource that the reference text `reference`, found at `from`, means.
  Target resolve(tree::NodeId from, std::string_view reference);
  /// As a document demands: fullUrl and the entry's own fullUrl alone decide.
  Target resolve_strict(std::size_t entry, std::string_view reference);
  const std::vector<Entry>& entries();
  /// Index of the innermost entry that holds `node`, or npos.
  std::size_t entry_of(tree::NodeId node);
  /// The full URL that a relative reference in `entry` stands for, or empty.
  [[nodiscard]] std::string full_target(const Entry& entry, std::string_view reference) const;
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

 private:
  void index();
  void index_children(tree::NodeId node, tree::NodeId bundle);
  void add_entry(tree::NodeId node, tree::NodeId bundle);
  [[nodiscard]] tree::NodeId contained(tree::NodeId from, std::string_view id) const;
  [[nodiscard]] bool rest_shaped(std::string_view url) const;
  Target by_full_url(tree::NodeId bundle, std::string_view url) const;

  const definition::Definitions& definitions_;
  const SymbolTable& symbols_;
  const tree::Tree* tree_ = nullptr;
  bool indexed_ = false;
  Symbol entry_ = no_symbol;
  Symbol resource_ = no_symbol;
  Symbol full_url_ = no_symbol;
  Symbol id_ = no_symbol;
  Symbol contained_ = no_symbol;
  Symbol parameter_ = no_symbol;
  Symbol part_ = no_symbol;
  std::vector<Entry> entries_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_url_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_id_;
  std::unordered_map<tree::NodeId, std::size_t> by_node_;
};

}  // namespace lhcr::record
