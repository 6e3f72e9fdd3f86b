// SPDX-License-Identifier: Apache-2.0
/// Entry references: an act that has nothing but the id of a statement elsewhere in the document.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>

#include "map/run/chooser.hpp"
#include "map/run/source_reader.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// A kind of such acts: its block, whose right side is an extension of the Reference, and the url
/// of that.
struct ReferenceKind {
  const char* block;
  std::string_view url;
};
constexpr std::array<ReferenceKind, 2> reference_kinds{{
    {"entry-reference", "urn:hl7-org:v3:entryReference"},
    {"act-reference", "urn:hl7-org:v3:actReference"},
}};
/// The block of the act that stands for a resource with an entry of its own.
constexpr const char* written_block = "entry-reference-written";

/// Forward. Belongs to one run over one document; what it is made from must outlive it.
class EntryReferences {
 public:
  EntryReferences(const SourceReader& in, const Chooser& chooser) : in_(in), chooser_(chooser) {}

  /// The statement below `document` that an entry reference means, or no_node. `document` is the
  /// same each time.
  [[nodiscard]] tree::NodeId meant(tree::NodeId reference, tree::NodeId document);

 private:
  [[nodiscard]] std::string id_of(tree::NodeId node) const;
  void index(tree::NodeId document);

  const SourceReader& in_;
  const Chooser& chooser_;
  std::unordered_map<std::string, tree::NodeId> statement_by_id_;
  bool ready_ = false;
};

}  // namespace lhcr::map
