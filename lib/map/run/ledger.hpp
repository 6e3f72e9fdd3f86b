// SPDX-License-Identifier: Apache-2.0
/// What became of each element and attribute of a record that is converted.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "tree/tree.hpp"

namespace lhcr::map {

/// What a conversion did with a part of its source.
enum class Booked : std::uint8_t {
  lost,     ///< no row took it
  aside,    ///< only a private extension, a tag or the raw element has it
  carried,  ///< an element that the standard defines has it
};

/// One entry for each node of the source. Entries can be taken back to a mark.
class Ledger {
 public:
  explicit Ledger(std::size_t nodes) : booked_(nodes, Booked::lost) {}

  /// Books a node as what is now being written; never less than it was.
  void take(tree::NodeId node) {
    if (booked_[node] < now_) {
      trail_.emplace_back(node, booked_[node]);
      booked_[node] = now_;
    }
  }
  /// Books a node as another one that says the same.
  void take_as(tree::NodeId node, Booked booked) {
    if (booked_[node] < booked) {
      trail_.emplace_back(node, booked_[node]);
      booked_[node] = booked;
    }
  }
  [[nodiscard]] Booked of(tree::NodeId node) const { return booked_[node]; }
  [[nodiscard]] bool has(tree::NodeId node) const { return booked_[node] != Booked::lost; }

  [[nodiscard]] std::size_t mark() const noexcept { return trail_.size(); }
  void undo(std::size_t mark) {
    for (; trail_.size() > mark; trail_.pop_back()) {
      booked_[trail_.back().first] = trail_.back().second;
    }
  }
  /// Sets an entry as it is, whatever is being written.
  void set(tree::NodeId node, Booked booked) {
    if (booked_[node] != booked) {
      trail_.emplace_back(node, booked_[node]);
      booked_[node] = booked;
    }
  }
  /// Keeps the better of both for each node.
  void adopt(const Ledger& other) {
    for (std::size_t i = 0; i < booked_.size(); ++i) {
      booked_[i] = std::max(booked_[i], other.booked_[i]);
    }
  }
  /// Gives back what only undo() needs.
  void end() { decltype(trail_)().swap(trail_); }

  /// What nodes are booked as from here to the end of its life: at most `booked`, or `booked`
  /// itself where another resource begins.
  class Scope {
   public:
    Scope(Ledger& ledger, Booked booked, bool anew = false)
        : ledger_(ledger), before_(ledger.now_) {
      ledger_.now_ = anew ? booked : std::min(booked, before_);
    }
    ~Scope() { ledger_.now_ = before_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Ledger& ledger_;
    Booked before_;
  };

 private:
  std::vector<Booked> booked_;
  std::vector<std::pair<tree::NodeId, Booked>> trail_;  ///< what was booked before, in order
  Booked now_ = Booked::carried;
};

}  // namespace lhcr::map
