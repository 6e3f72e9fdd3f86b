// SPDX-License-Identifier: Apache-2.0
/// The interpreter of a map's rows, which are read left to right and right to left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "map/model.hpp"
#include "map/run/parts.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

class Run;

/// Blocks within blocks that a statement may open.
inline constexpr int nesting_limit = 60;
/// Blocks within blocks of any kind; more do not run.
inline constexpr int block_limit = 100;

/// Does what rows of the kinds resource() and statement ask for; one for each direction.
class Maker {
 public:
  Maker() = default;
  Maker(const Maker&) = delete;
  Maker& operator=(const Maker&) = delete;
  virtual ~Maker() = default;
  /// Whether a resource was made, or written, of what a row has found at `from`.
  virtual bool resource(const Row& row, const Places& places, tree::NodeId from) = 0;
  /// The same of a clinical statement.
  virtual bool statement(const Row& row, const Places& places, tree::NodeId from) = 0;
};

/// Belongs to one run; what it is made from must outlive it.
class Rows {
 public:
  /// `run` is what codecs are called with.
  Rows(Run& run, Parts& parts);

  /// Before the first row.
  void set_maker(Maker& maker) { maker_ = &maker; }

  /// Runs every row of a block; true when one of them carried something.
  bool run_block(const Block& block, const Places& places);
  /// What the header of a block asks of the source is carried.
  void take_header(const Block& block, const Places& places);
  /// The target gets what the header asks for.
  void write_header(const Block& block, const Places& places);

  /// Calls `each` for every match of a path in the source.
  void each(const Path& path, const Places& places, Visit each);

  /// How many blocks run inside each other.
  [[nodiscard]] int depth() const noexcept { return depth_; }
  /// Which match of Row::repeat a resource is made of.
  [[nodiscard]] std::size_t ordinal() const noexcept { return ordinal_; }
  void set_ordinal(std::size_t ordinal) { ordinal_ = ordinal; }
  /// Forward: whether resources may be there to which nothing refers, for what was not placed.
  [[nodiscard]] bool may_have_orphans() const noexcept { return may_have_orphans_; }

 private:
  // One row: whether it runs, and on what.
  bool run_row(const Row& row, const Places& places);
  [[nodiscard]] bool is_wanted(const Row& row, const Places& places);
  void take_same(const Row& row, const Places& places);
  void each_wanted(const Row& row, const Places& places, Visit each);
  struct Shared;
  [[nodiscard]] const Shared& shared(const Path& path, tree::NodeId node);
  void each_shared(const Path& path, tree::NodeId node, Visit each);
  [[nodiscard]] std::uint64_t names_below(tree::NodeId node) const;
  void imply(const Row& row, const Places& places);
  [[nodiscard]] bool is_subject(const Row& row, tree::NodeId reference) const;
  // What it does with one match, by its kind.
  bool transfer(const Row& row, const Places& places, tree::NodeId from);
  bool carry(const Row& row, const Places& places, tree::NodeId from);
  bool value(const Row& row, const Places& places, tree::NodeId from);
  bool place_every(const Row& row, const Places& places, tree::NodeId draft);
  bool raise(const Row& row, const Places& places, tree::NodeId draft);
  bool null_flavor(const Row& row, tree::NodeId from, tree::NodeId to);
  bool null_flavor_forward(const Row& row, tree::NodeId from, tree::NodeId to);
  bool null_flavor_backward(tree::NodeId from, tree::NodeId to);
  bool flag(const Row& row, const Places& places);
  bool literal(const Row& row, const Places& places);
  bool object(const Row& row, const Places& places, tree::NodeId from);
  bool run_part(const Row& row, const Block& block, const Places& inside, bool own);
  [[nodiscard]] bool has_content(tree::NodeId element) const;

  Run& run_;
  Parts& parts_;
  const bool forward_;
  const tree::Tree& source_;
  tree::Tree& target_;
  Maker* maker_ = nullptr;
  /// What a path from a section, a document or a Bundle finds there for all that is inside.
  struct Shared {
    tree::NodeId node = tree::no_node;
    bool holds = false;                  ///< the path's own tests
    std::vector<tree::NodeId> children;  ///< with the name of the first step
  };
  std::unordered_map<const Path*, Shared> shared_;
  std::size_t ordinal_ = 0;
  bool may_have_orphans_ = false;
  int depth_ = 0;
};

}  // namespace lhcr::map
