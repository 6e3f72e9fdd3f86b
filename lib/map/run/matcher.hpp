// SPDX-License-Identifier: Apache-2.0
/// Finds what paths of rows mean, and books what their tests have asked for.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "map/model.hpp"
#include "map/run/places.hpp"
#include "map/run/said.hpp"
#include "map/run/source_reader.hpp"
#include "map/run/statements.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// Belongs to one run; what it is made from must outlive it. Tests can be asked of the target as
/// well; what only a source can say (defaults of attributes, templates of other families) is not
/// believed of it.
class Matcher {
 public:
  Matcher(const Map& map, SourceReader& in, const Statements& statements, const Said& said)
      : map_(map), in_(in), source_(in.source()), statements_(statements), said_(said) {}

  /// Whether all tests hold for a node of the source.
  [[nodiscard]] bool holds(const std::vector<Test>& tests, tree::NodeId node) const;
  /// Whether a node is what a step means.
  [[nodiscard]] bool step_fits(const Step& step, const tree::Tree& tree, tree::NodeId node) const;
  [[nodiscard]] bool test_holds(const Test& test, const tree::Tree& tree, tree::NodeId node) const {
    return test_holds(test, tree, node, 0);
  }
  /// Calls `each` for what a path means from a node of the source, from the step `step` on.
  void walk(const Path& path, std::size_t step, tree::NodeId node, Visit each) const;
  /// The same from children of a node that have the name of the path's first step.
  void walk_children(const Path& path, const std::vector<tree::NodeId>& children, Visit each) const;
  /// Whether a path means anything from a node, whatever turns its meaning.
  [[nodiscard]] bool has_match(const Path& path, tree::NodeId node) const {
    return has_match(path, 0, node);
  }

  /// Takes what tests have asked of a node.
  void take_tests(const std::vector<Test>& tests, tree::NodeId node);
  /// Takes what a path's steps and their tests say, from its end upwards.
  void take_path(const Path& path, tree::NodeId end);

 private:
  [[nodiscard]] bool test_holds(const Test& test, const tree::Tree& tree, tree::NodeId node,
                                std::size_t at) const;
  [[nodiscard]] bool walk_child(const Path& path, std::size_t step, tree::NodeId child,
                                Visit each) const;
  [[nodiscard]] bool is_inverse(const Path& path, std::size_t step, tree::NodeId child) const;
  [[nodiscard]] bool stands_for(const Test& test, tree::NodeId node) const;
  [[nodiscard]] bool has_match(const Path& path, std::size_t step, tree::NodeId node) const;
  bool take_test(const Test& test, tree::NodeId node, std::size_t at);
  void take_template(std::string_view root, tree::NodeId node);

  const Map& map_;
  SourceReader& in_;
  const tree::Tree& source_;
  const Statements& statements_;
  const Said& said_;
};

}  // namespace lhcr::map
