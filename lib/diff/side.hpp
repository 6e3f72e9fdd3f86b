// SPDX-License-Identifier: Apache-2.0
/// One record as the comparison sees it: what is ignored, hashes of content, where references lead.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "diff/diff.hpp"
#include "diff/rules.hpp"
#include "record/references.hpp"

namespace lhcr::diff {

using Hash = std::uint64_t;

[[nodiscard]] Hash hash_text(std::string_view text) noexcept;
[[nodiscard]] constexpr Hash mix(Hash left, Hash right) noexcept {
  Hash value =
      (left ^ (right + 0x9E3779B97F4A7C15U + (left << 6U) + (left >> 2U))) * 0xFF51AFD7ED558CCDU;
  value ^= value >> 32U;
  value *= 0xC4CEB9FE1A85EC53U;
  return value ^ (value >> 29U);
}

/// A resource that is not contained in another one.
struct Resource {
  tree::NodeId node = tree::no_node;
  tree::NodeId entry = tree::no_node;  ///< Bundle.entry or parameter that holds it
  std::string_view type;
  std::string_view id;
  std::string_view full_url;
};

class Side {
 public:
  /// Marks what is ignored and finds the resources. Hashes come with hash_all().
  Side(const Record& record, const Rules& rules, const Options& options);

  [[nodiscard]] const tree::Tree& tree() const noexcept { return tree_; }
  [[nodiscard]] tree::NodeId top() const noexcept { return top_; }
  [[nodiscard]] bool ignored(tree::NodeId node) const noexcept {
    return (marks_[node] & mark_ignored) != 0;
  }
  /// Whether it is ignored for what it is, not because the user says so.
  [[nodiscard]] bool is_noise(tree::NodeId node) const noexcept {
    return (marks_[node] & mark_noise_row) != 0;
  }
  [[nodiscard]] Hash hash(tree::NodeId node) const noexcept { return hashes_[node]; }
  /// The key that --key gave a node.
  [[nodiscard]] std::optional<Hash> user_key(tree::NodeId node) const;
  /// A number for an element name that both sides share.
  [[nodiscard]] Hash name_key(Symbol name) const noexcept;
  [[nodiscard]] Hash element_key(tree::NodeId node) const noexcept;

  [[nodiscard]] const std::vector<Resource>& resources() const noexcept { return resources_; }
  /// Says that a resource is number `pair` on both sides.
  void set_pair(tree::NodeId resource, Hash pair) { pairs_[resource] = pair; }
  [[nodiscard]] std::optional<Hash> pair(tree::NodeId resource) const;
  /// The resource that the text of a Reference.reference at `from` means, or no_node.
  [[nodiscard]] tree::NodeId resolve(tree::NodeId from, std::string_view reference) const;

  /// The number of a resource outside the record that a reference means.
  [[nodiscard]] std::optional<Hash> outside(std::string_view reference) const;

  /// Fills hash() for every node. To be called when resources have their pairs.
  void hash_all();
  /// Keys of an item by one row; empty when the row yields nothing.
  [[nodiscard]] std::vector<Hash> keys(tree::NodeId node, const Row& row) const;
  /// The nodes at `steps` below `node`, by element name.
  [[nodiscard]] std::vector<tree::NodeId> follow(tree::NodeId node, const Steps& steps) const;
  /// What a key row says about a node as a part of another key: its own first key, or its content.
  [[nodiscard]] Hash key_hash(tree::NodeId node) const;
  /// Whether siblings of this node keep their order.
  [[nodiscard]] bool ordered(tree::NodeId node) const;
  /// The resource that an item of a list is, or holds as `resource`; no_node.
  [[nodiscard]] tree::NodeId resource_of(tree::NodeId item) const;

 private:
  static constexpr std::uint8_t mark_ignored = 1;
  static constexpr std::uint8_t mark_kept = 2;
  static constexpr std::uint8_t mark_noise_row = 4;

  void mark_noise();
  bool mark_noise_below(tree::NodeId node);
  void mark_paths(const Paths& paths);
  void mark_matches(const fhirpath::Expression& expression, std::uint8_t mark);
  void add_user_keys(const fhirpath::Expression& expression);
  template <typename Visit>
  void each_match(const fhirpath::Expression& expression, const Visit& visit);
  void drop_what_is_not_kept(tree::NodeId node, bool kept);
  bool holds_kept(tree::NodeId node) const;
  void mark_below(tree::NodeId node, std::uint8_t mark);
  void find_resources(tree::NodeId node);
  void add_resource(tree::NodeId node);
  Hash hash_below(tree::NodeId node);
  [[nodiscard]] Hash hash_leaf(tree::NodeId node) const;
  [[nodiscard]] Hash hash_reference(tree::NodeId node) const;
  [[nodiscard]] Hash plain_hash(tree::NodeId node) const;
  [[nodiscard]] bool is_reference(tree::NodeId node) const;

  const tree::Tree& tree_;
  tree::NodeId top_;
  const Rules& rules_;
  const Options& options_;
  const Targets* targets_;
  std::vector<std::uint8_t> marks_;
  std::vector<Hash> hashes_;
  std::vector<Resource> resources_;
  mutable record::References references_;  // indexes the record at the first question
  std::unordered_map<tree::NodeId, Hash> pairs_;
  std::unordered_map<tree::NodeId, Hash> user_keys_;
};

}  // namespace lhcr::diff
