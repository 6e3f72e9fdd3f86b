// SPDX-License-Identifier: Apache-2.0
/// Backward: elements of CDA from resources, each all of it or nothing.
#pragma once

#include <cstddef>

#include "map/model.hpp"
#include "map/run/parts.hpp"
#include "map/run/rows.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// Belongs to one run; what it is made from must outlive it.
class ToCda : public Maker {
 public:
  ToCda(Parts& parts, Rows& rows);

  bool resource(const Row& row, const Places& places, tree::NodeId from) override;
  bool statement(const Row& row, const Places& places, tree::NodeId from) override;

  /// Writes a resource as a statement below `parent`, by the block for an entry of a section or for
  /// a statement inside another one; false when no block takes it. `places.link`: the Reference
  /// that leads to it.
  bool write(tree::NodeId resource, tree::NodeId parent, const Places& places, bool entry);
  /// Writes a resource as the statement that a block means; false when something that turns its
  /// meaning has found no place, and nothing was written.
  bool write_as(const Block& block, tree::NodeId resource, tree::NodeId parent,
                const Places& places);

 private:
  /// Where the ledger, the list of used resources and the target stood.
  struct Mark {
    std::size_t ledger;
    std::size_t used;
    tree::NodeId target;
  };
  [[nodiscard]] Mark mark() const;
  void take_back(const Mark& mark);
  bool write_new(const Row& row, tree::NodeId resource, tree::NodeId from, const Places& places);
  bool in_place_of(const Row& row, const Block& block, const Places& places, Places inside);
  [[nodiscard]] bool says_enough(const Block& block, tree::NodeId resource);
  tree::NodeId start_statement(const Block& block, tree::NodeId parent, Places& places);
  bool write_reference(const Row& row, tree::NodeId resource, tree::NodeId parent, Places places);
  bool restore_reference(tree::NodeId link, tree::NodeId parent, Places places);

  Parts& parts_;
  Rows& rows_;
  const tree::Tree& source_;
};

}  // namespace lhcr::map
