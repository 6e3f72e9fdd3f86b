// SPDX-License-Identifier: Apache-2.0
/// Puts drafts where paths say: into what is there, beside it, or nowhere.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <unordered_set>
#include <utility>
#include <vector>

#include "map/model.hpp"
#include "map/run/matcher.hpp"
#include "map/run/places.hpp"
#include "map/run/target_writer.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// Belongs to one run; what it is made from must outlive it.
class Placer {
 public:
  Placer(const Map& map, bool forward, TargetWriter& out, const Matcher& matcher,
         const Anchors& anchors)
      : map_(map),
        forward_(forward),
        out_(out),
        target_(out.target()),
        matcher_(matcher),
        anchors_(anchors) {}

  /// Puts a draft at the end of a path. False when there is no room: something else stands in a
  /// place that does not repeat; the draft hangs nowhere then.
  bool place(const Path& path, const Places& places, tree::NodeId draft);
  /// As place(), from a node of the target and the first step on.
  bool place_below(const Path& path, tree::NodeId parent, tree::NodeId draft) {
    return place_at(path, 0, parent, draft);
  }
  /// Whether what a path means is there already.
  [[nodiscard]] bool has_child(const Path& path, const Places& places) const;
  /// Writes what the tests of a step ask for, so that the way back finds it.
  void write_tests(const Step& step, tree::NodeId node);
  void write_tests(const std::vector<Test>& tests, tree::NodeId node);

  /// What a row has done so far.
  struct RowWork {
    std::unordered_set<tree::NodeId> placed;  ///< what it has written
    /// The last child of a parent up to which no holder has room for more of a step, nor will have.
    std::map<std::pair<const Step*, tree::NodeId>, tree::NodeId> full;
  };
  /// While one row runs: two matches of one row are two things, of which neither goes into what the
  /// other has made.
  class RowScope {
   public:
    explicit RowScope(Placer& placer) : placer_(placer), outer_(std::move(placer.row_)) {}
    ~RowScope() { placer_.row_ = std::move(outer_); }
    RowScope(const RowScope&) = delete;
    RowScope& operator=(const RowScope&) = delete;

   private:
    Placer& placer_;
    std::unique_ptr<RowWork> outer_;
  };
  /// While a resource that is there already is told of once more (`merging`): what it has is not
  /// repeated.
  class MergeScope {
   public:
    MergeScope(Placer& placer, bool merging)
        : placer_(placer), outer_(std::exchange(placer.merging_, merging)) {}
    ~MergeScope() { placer_.merging_ = outer_; }
    MergeScope(const MergeScope&) = delete;
    MergeScope& operator=(const MergeScope&) = delete;

   private:
    Placer& placer_;
    bool outer_;
  };

 private:
  RowWork& work();
  bool place_at(const Path& path, std::size_t step, tree::NodeId parent, tree::NodeId draft);
  bool create_at(const Path& path, std::size_t step, tree::NodeId parent, tree::NodeId draft);
  bool goes_into(const Step& want, tree::NodeId there, tree::NodeId draft);
  bool merge(tree::NodeId into, tree::NodeId draft);
  [[nodiscard]] tree::NodeId counterpart(tree::NodeId into, tree::NodeId child) const;
  [[nodiscard]] bool is_said(tree::NodeId into, tree::NodeId child) const;
  void name(const Step& step, tree::NodeId node);
  [[nodiscard]] bool same_code(tree::NodeId there, tree::NodeId draft) const;
  [[nodiscard]] bool has_room(tree::NodeId holder, const Step& step) const;
  [[nodiscard]] bool is_own(tree::NodeId node) const;
  bool place_in_one(const Path& path, std::size_t step, tree::NodeId parent, tree::NodeId draft);
  bool place_in_holder(const Path& path, std::size_t step, tree::NodeId holder, tree::NodeId draft);
  [[nodiscard]] bool remembers_full(const Path& path, std::size_t step) const;
  [[nodiscard]] bool stays_full(const Step& next, tree::NodeId holder) const;
  [[nodiscard]] tree::NodeId there(const Step& step, tree::NodeId parent) const;
  [[nodiscard]] bool contradicts(const Test& test, tree::NodeId node) const;
  void write_test(const Test& test, tree::NodeId node);
  void write_templates(const Step& step, tree::NodeId node);

  const Map& map_;
  bool forward_;
  TargetWriter& out_;
  tree::Tree& target_;
  const Matcher& matcher_;
  const Anchors& anchors_;
  std::unique_ptr<RowWork> row_;  ///< of the row that runs; most do nothing to be remembered
  bool merging_ = false;
};

}  // namespace lhcr::map
