// SPDX-License-Identifier: Apache-2.0
/// Where the paths of a block's rows start.
#pragma once

#include "map/path.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

class Resources;

/// A function called with nodes; refers to what it is made from, so only for parameters.
class Visit {
 public:
  template <typename Function>
  Visit(const Function& function)  // NOLINT(google-explicit-constructor): a parameter type
      : object_(&function), call_([](const void* object, tree::NodeId node) {
          (*static_cast<const Function*>(object))(node);
        }) {}
  void operator()(tree::NodeId node) const { call_(object_, node); }

 private:
  const void* object_;
  void (*call_)(const void*, tree::NodeId);
};

/// The nodes that a block's paths start from; members of the side that is read are source nodes,
/// the others target nodes.
struct Places {
  tree::NodeId left = tree::no_node;
  tree::NodeId right = tree::no_node;
  tree::NodeId wrapper = tree::no_node;   // left
  tree::NodeId section = tree::no_node;   // left
  tree::NodeId entry = tree::no_node;     // left
  tree::NodeId link = tree::no_node;      // right
  tree::NodeId resource = tree::no_node;  // right
};

/// The starts that are the same for all blocks of a run: its document, its Bundle, its subject.
class Anchors {
 public:
  /// `fhir`: the tree of the right side. All must outlive this.
  Anchors(const tree::Tree& fhir, const Resources& resources)
      : fhir_(fhir), resources_(resources) {}

  /// The node that a path of the left or the right side starts from, or no_node.
  [[nodiscard]] tree::NodeId start(const Path& path, const Places& places, bool left) const;

  void set_document(tree::NodeId node) { document_ = node; }
  /// Of the left side.
  [[nodiscard]] tree::NodeId document() const noexcept { return document_; }
  /// The Bundle of the document: the root, unless the record is a set of documents.
  void set_bundle(tree::NodeId node) { bundle_ = node; }
  [[nodiscard]] tree::NodeId bundle() const noexcept { return bundle_; }

 private:
  [[nodiscard]] bool in_bundle() const;

  const tree::Tree& fhir_;
  const Resources& resources_;
  tree::NodeId document_ = tree::no_node;
  tree::NodeId bundle_ = tree::root_node;
};

}  // namespace lhcr::map
