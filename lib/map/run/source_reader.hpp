// SPDX-License-Identifier: Apache-2.0
/// Reads the record that is converted and books what of it was carried.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "map/run/ledger.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// Belongs to one run over `source`, which must outlive it.
class SourceReader {
 public:
  explicit SourceReader(const tree::Tree& source) : source_(source), ledger_(source.size()) {}

  [[nodiscard]] const tree::Tree& source() const noexcept { return source_; }
  [[nodiscard]] Ledger& ledger() noexcept { return ledger_; }
  [[nodiscard]] const Ledger& ledger() const noexcept { return ledger_; }

  // --- what is there ---
  /// A child by its written or its defined name, or no_node.
  [[nodiscard]] tree::NodeId named_child(tree::NodeId node, Symbol name) const;
  /// Text of a child (attribute or element); empty when there is none.
  [[nodiscard]] std::string_view peek(tree::NodeId node, Symbol child) const;
  /// All text below a node, tags left out and white space collapsed.
  [[nodiscard]] std::string plain_text(tree::NodeId node) const;
  /// The element below `top` with this ID of a narrative, or no_node. `top` is the same each time.
  [[nodiscard]] tree::NodeId narrative(std::string_view id, tree::NodeId top);
  /// A digest of all that is said at and below a node; other starts give digests of their own.
  [[nodiscard]] std::string content_key(tree::NodeId node, std::uint64_t a, std::uint64_t b) const;

  /// A hash of all that is said at and below a node, for says_same().
  [[nodiscard]] std::uint64_t words_hash(tree::NodeId node) const;
  /// Whether two nodes say the same word for word, in the same order.
  [[nodiscard]] bool says_same(tree::NodeId node, tree::NodeId other) const;

  // --- what is carried ---
  void take(tree::NodeId node) { ledger_.take(node); }
  void take_all(tree::NodeId node);
  [[nodiscard]] bool is_taken(tree::NodeId node) const { return ledger_.has(node); }
  /// Whether a node and all below it are carried, but for elements that only hold others.
  [[nodiscard]] bool wholly_taken(tree::NodeId node) const;
  /// As peek(), and the child is carried.
  std::string_view read(tree::NodeId node, Symbol child);
  /// Books `node` as `other`, which says the same word for word.
  void take_alike(tree::NodeId node, tree::NodeId other);
  /// A node and all below it are not carried after all.
  void lose(tree::NodeId node);

  /// Entries of a resource that were taken, to be given back for a while. A resource may be written
  /// in several places: each time all of it, and carried is what any of them took.
  using Taken = std::vector<std::pair<tree::NodeId, Booked>>;
  Taken give_back(tree::NodeId resource);
  void take_again(const Taken& nodes);

  /// After the last row: gives back what only rows need.
  void end_rows();

 private:
  void content_hash(tree::NodeId node, std::uint64_t& a, std::uint64_t& b) const;
  void give_back(tree::NodeId node, Taken& taken);

  const tree::Tree& source_;
  Ledger ledger_;
  std::unordered_map<std::string_view, tree::NodeId> narrative_;
  bool narrative_ready_ = false;
};

}  // namespace lhcr::map
