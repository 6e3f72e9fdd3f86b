// SPDX-License-Identifier: Apache-2.0
/// Which elements of a CDA record are told of one person, organization, place, device or
/// encounter.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "map/model.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

class Identity {
 public:
  Identity(const Map& map, const tree::Tree& source) : map_(map), source_(source) {}

  /// The identifiers of an element that identify, as "root^extension": with an extension that is no
  /// filler, or with a root alone that names no assigning authority; none with a nullFlavor.
  [[nodiscard]] std::vector<std::string> real_ids(tree::NodeId node);
  /// An element, and the block that says where its names stand (Block::names).
  struct Named {
    const Block& block;
    tree::NodeId node;
  };
  /// Whether the names of two elements can be those of one.
  [[nodiscard]] bool may_be_one(const Named& one, const Named& other) const;
  /// The words of an element's names.
  [[nodiscard]] std::string name_of(const Block& block, tree::NodeId node) const;

 private:
  using Words = std::vector<std::string>;
  [[nodiscard]] Words words(const Path& path, tree::NodeId node) const;
  void add_words(tree::NodeId node, Words& words) const;
  [[nodiscard]] bool is_authority(std::string_view root);

  const Map& map_;
  const tree::Tree& source_;
  std::unordered_set<std::string_view> authorities_;  // roots that ids of the record extend
  bool ready_ = false;
};

}  // namespace lhcr::map
