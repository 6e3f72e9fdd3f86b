// SPDX-License-Identifier: Apache-2.0
/// Backward: resources that are not written, since something that turns their meaning had no place.
#pragma once

#include <unordered_set>
#include <utility>
#include <vector>

#include "map/run/source_reader.hpp"
#include "map/run/turning.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// A resource that was not written, and what would have been missing.
struct Unsaid {
  tree::NodeId resource = tree::no_node;
  std::vector<tree::NodeId> modifiers;
};

/// Belongs to one run, whose source `in` reads.
class NotStated {
 public:
  explicit NotStated(const SourceReader& in) : in_(in) {}

  /// Without this everything counts as said.
  void judge_by(Turning turning) { turning_ = std::move(turning); }

  /// Whether a resource was not written before, which would be no other way now.
  [[nodiscard]] bool is_stopped(tree::NodeId resource) const { return stopped_.contains(resource); }
  /// Whether everything that turns the meaning of a resource is in what was just written of it. If
  /// not, or if that fails for something written into it, it is stopped from now on.
  [[nodiscard]] bool says_all(tree::NodeId resource);
  /// The same of a resource alone, which is not stopped.
  [[nodiscard]] bool says_own(tree::NodeId resource) const {
    return turning_.unsaid(in_.source(), resource, in_.ledger()).empty();
  }

  /// What was not written, in the order it was tried.
  [[nodiscard]] const std::vector<Unsaid>& all() const noexcept { return all_; }
  /// Adds those of another run over the same source, before its own.
  void adopt(const NotStated& other);

  /// While a statement is written: what is unsaid of resources written into it, it does not say.
  class Inside {
   public:
    explicit Inside(NotStated& all) : all_(all), outer_(std::exchange(all.inside_, false)) {}
    ~Inside() { all_.inside_ = outer_; }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    /// The statement around is not said either: what it says cannot be taken out of it again.
    void spread() { outer_ = true; }

   private:
    NotStated& all_;
    bool outer_;
  };

 private:
  const SourceReader& in_;
  Turning turning_;
  std::vector<Unsaid> all_;
  std::unordered_set<tree::NodeId> stopped_;  ///< those in all_ of this run
  bool inside_ = false;                       ///< of what was written into the present statement
};

}  // namespace lhcr::map
