// SPDX-License-Identifier: Apache-2.0
/// Makes converted resources valid where CDA says less, or says it differently, than FHIR demands.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <vector>

#include "map/model.hpp"
#include "map/run/type_pairs.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// Shared by threads; what it knows of a type is looked up once.
class Completion {
 public:
  /// `other`: the version that records come from, and `pairs` its types. What it demands as well,
  /// and is not there, was missing before; nullptr: they come from elsewhere.
  explicit Completion(const definition::Definitions& definitions,
                      const definition::Definitions* other = nullptr,
                      const TypePairs* pairs = nullptr);

  /// `tree` is typed (definition::attach_types). Elements that must be there and are not get the
  /// extension data-absent-reason; a display that its code system does not know goes to an
  /// extension; a code that its (complete) code system does not know keeps the system as OID.
  void run(const Map& map, tree::Tree& tree) const;
  /// Only the elements that must be there.
  void demand(tree::Tree& tree) const;

 private:
  struct Demand {
    Symbol written = no_symbol;
    Symbol element = no_symbol;
    bool primitive = false;
  };
  using Demands = std::vector<Demand>;

  [[nodiscard]] const Demands& demands(definition::TypeId type) const;
  [[nodiscard]] Demands look_up(definition::TypeId type) const;
  [[nodiscard]] bool other_demands(definition::TypeId type, const definition::Child& child) const;
  [[nodiscard]] bool fill(tree::Tree& tree, tree::NodeId node) const;
  void judge_coding(const Map& map, tree::Tree& tree, tree::NodeId node) const;

  const definition::Definitions& definitions_;
  const definition::Definitions* other_;
  const TypePairs* pairs_;
  definition::TypeId coding_;
  mutable std::vector<std::atomic<const Demands*>> known_;
  mutable std::deque<Demands> store_;
  mutable std::mutex lock_;
};

}  // namespace lhcr::map
