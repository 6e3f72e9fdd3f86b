// SPDX-License-Identifier: Apache-2.0
/// The one index of what references inside a record mean (R4, 2.3): contained within its own
/// resource, entries of a Bundle by fullUrl, by type and id, by identifier. Who must differ says
/// why.
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
  /// `definitions` nullptr: any name that begins like one is taken for a type's.
  explicit References(const definition::Definitions* definitions = nullptr)
      : definitions_(definitions) {}

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
    std::size_t candidates = 0;  ///< resources that match in this way; `node` is the first
  };
  /// An entry of a Bundle, or a resource of a Parameters.
  struct Entry {
    tree::NodeId node = tree::no_node;      ///< Bundle.entry, or the parameter
    tree::NodeId resource = tree::no_node;  ///< its resource, may be no_node
    tree::NodeId bundle = tree::no_node;
    std::string_view full_url;
    std::string_view type;
    std::string_view id;
    std::size_t next_of_url =
        static_cast<std::size_t>(-1);  ///< the next with that fullUrl, or npos
    std::size_t next_of_id = static_cast<std::size_t>(-1);
  };

  /// Forgets the record before and takes the next one, or the resource `root` of it.
  void reset(const tree::Tree& tree, tree::NodeId root = tree::root_node);
  /// What the reference text `reference`, found at `from`, leads to, for those who judge it.
  Target resolve(tree::NodeId from, std::string_view reference);
  /// The one resource that is meant, for those who follow it: no_node where several could be (R4,
  /// 3.1.4.1: "it is ambiguous which is correct"), and where the type and id match but the fullUrl
  /// says that it is the resource of another server.
  tree::NodeId meant(tree::NodeId from, std::string_view reference);
  /// The same for a node of type Reference. One without `reference` is resolved as the logical one
  /// that it may be (R4, 2.3.0.2): by an identifier that one resource of the Bundle has.
  tree::NodeId meant_by(tree::NodeId reference);
  /// As a document demands: fullUrl and the entry's own fullUrl alone decide.
  Target resolve_strict(std::size_t entry, std::string_view reference);
  const std::vector<Entry>& entries();
  /// Index of the innermost entry that holds `node`, or npos.
  std::size_t entry_of(tree::NodeId node);
  /// The full URL that a relative reference in `entry` stands for, or empty.
  [[nodiscard]] std::string full_target(const Entry& entry, std::string_view reference) const;
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

 private:
  /// Entries that have something in common, in their order.
  struct Chain {
    std::size_t first;
    std::size_t last;
  };
  using Chains = std::unordered_map<std::string_view, Chain>;
  using Targets = std::unordered_map<std::string_view, Target>;

  void index();
  void reserve();
  void add_to(Chains& chains, std::string_view key, std::size_t Entry::*next, std::size_t index);
  void index_children(tree::NodeId node, tree::NodeId bundle);
  void add_entry(tree::NodeId node, tree::NodeId bundle);
  [[nodiscard]] Target contained(tree::NodeId from, std::string_view id);
  [[nodiscard]] Target contained_in(tree::NodeId container, std::string_view id);
  void index_contained(tree::NodeId container);
  [[nodiscard]] bool rest_shaped(std::string_view url) const;
  [[nodiscard]] Target by_full_url(tree::NodeId bundle, std::string_view url) const;
  [[nodiscard]] Target by_versioned_url(tree::NodeId bundle, std::string_view url) const;
  [[nodiscard]] Target by_type_and_id(const Entry& from, std::string_view reference) const;
  [[nodiscard]] bool has_version(const Entry& entry, std::string_view version) const;
  [[nodiscard]] bool is_of_another_server(tree::NodeId target, tree::NodeId from,
                                          std::string_view reference);
  [[nodiscard]] std::string identifier_key(tree::NodeId bundle, tree::NodeId identifier) const;
  void index_identifiers();

  const definition::Definitions* definitions_;
  const tree::Tree* tree_ = nullptr;
  tree::NodeId root_ = tree::root_node;
  bool indexed_ = false;
  Symbol part_ = no_symbol;
  std::vector<Entry> entries_;
  Chains by_url_;
  Chains by_id_;
  std::unordered_map<tree::NodeId, std::size_t> by_node_;
  std::unordered_map<tree::NodeId, Targets> by_container_;       // those that hold many
  std::unordered_map<std::string, tree::NodeId> by_identifier_;  // at the first logical reference
  bool identifiers_indexed_ = false;
};

}  // namespace lhcr::record
