// SPDX-License-Identifier: Apache-2.0
/// Forward: resources from elements of CDA.
#pragma once

#include <cstddef>

#include "map/model.hpp"
#include "map/run/parts.hpp"
#include "map/run/rows.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// Belongs to one run; what it is made from must outlive it.
class ToFhir : public Maker {
 public:
  static constexpr std::size_t npos = Resources::npos;

  ToFhir(Parts& parts, Rows& rows);

  bool resource(const Row& row, const Places& places, tree::NodeId from) override;
  bool statement(const Row& row, const Places& places, tree::NodeId from) override;

  /// Makes the resource of the element at `places.left`, or tells the one that is known of it once
  /// more; returns its index, or npos when something that turns its meaning has found no place and
  /// nothing was made.
  std::size_t make(const Block& block, const Places& places);
  /// At the end: entry references get the resources that they mean.
  void resolve_references();

 private:
  std::size_t make_actor(const Block& block, const Places& places);
  std::size_t make_statement(const Block& block, const Places& places, std::string_view about);
  std::size_t fill(const Block& block, Places places, KnownResources::Known known);
  bool state(const Block& block, const Places& places);
  void drop(std::size_t first);
  bool repeat(const Row& row, const Block& block, const Places& places, Places inside);
  bool provenance(const Block& block, const Places& inside, tree::NodeId about);

  bool one_statement(const Row& row, tree::NodeId statement, const Places& places);
  bool statements_of(const Row& row, tree::NodeId statement, const Places& places, Visit made);
  bool from_core(const Block& block, const Places& inside, Visit made);
  bool refer(const Row& row, tree::NodeId statement, Places places, Visit made);
  void keep_link(tree::NodeId link, tree::NodeId resource);
  [[nodiscard]] std::string_view target_id(tree::NodeId resource) const;

  Parts& parts_;
  Rows& rows_;
  const tree::Tree& source_;
  tree::Tree& target_;
};

}  // namespace lhcr::map
