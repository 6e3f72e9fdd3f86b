// SPDX-License-Identifier: Apache-2.0
/// Which block a statement or a resource is: by template, by section and class, by type.
#pragma once

#include <string>
#include <vector>

#include "map/model.hpp"
#include "map/run/matcher.hpp"
#include "map/run/source_reader.hpp"
#include "map/run/statements.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// Belongs to one run; what it is made from must outlive it.
class Chooser {
 public:
  Chooser(const Map& map, bool forward, const SourceReader& in, const Matcher& matcher,
          const Statements& statements)
      : map_(map),
        forward_(forward),
        in_(in),
        source_(in.source()),
        matcher_(matcher),
        statements_(statements) {}

  /// Forward: the block of a statement. Backward: of a resource, that of a section's entry or of a
  /// statement inside another one. nullptr: none.
  [[nodiscard]] const Block* statement(tree::NodeId node, bool entry = true);
  /// The first block of a row whose header an element or a resource passes, or nullptr.
  [[nodiscard]] const Block* of(const Row& row, tree::NodeId node) const;
  /// Forward: the block of a statement that is only a reference to one elsewhere in the document
  /// (an act with nothing but its id), or nullptr.
  [[nodiscard]] const Block* reference(tree::NodeId statement) const;

  /// Forward: statements of templates that no map knows, which their section does not tell either.
  [[nodiscard]] const std::vector<tree::NodeId>& strangers() const noexcept { return strangers_; }
  /// Adds those that another run over the same source has met, before its own.
  void adopt(const Chooser& other);

 private:
  [[nodiscard]] bool fits(const Block& block, tree::NodeId node) const;
  [[nodiscard]] bool is_statement_of(const Block& block, tree::NodeId node) const;
  [[nodiscard]] const Block* by_resource(tree::NodeId node, bool entry) const;
  [[nodiscard]] const Block* by_template(tree::NodeId node) const;
  [[nodiscard]] const Block* by_section(tree::NodeId node);
  [[nodiscard]] bool leads_section(tree::NodeId node) const;
  [[nodiscard]] std::string section_code(tree::NodeId node) const;
  void note_stranger(tree::NodeId node);

  const Map& map_;
  bool forward_;
  const SourceReader& in_;
  const tree::Tree& source_;
  const Matcher& matcher_;
  const Statements& statements_;
  std::vector<tree::NodeId> strangers_;
};

}  // namespace lhcr::map
