// SPDX-License-Identifier: Apache-2.0
/// The world of FHIRPath expressions inside one record.
#pragma once

#include "definition/definitions.hpp"
#include "fhirpath/fhirpath.hpp"
#include "record/references.hpp"
#include "tree/tree.hpp"

namespace lhcr::record {

/// Answers resolve() from the record. One object belongs to one worker.
class RecordServices : public fhirpath::Services {
 public:
  /// Both outlive the object.
  RecordServices(const definition::Definitions& definitions, const SymbolTable& symbols);
  /// To be called for each record before its expressions are evaluated.
  void reset(const tree::Tree& tree);

  /// `node`: a Reference, or the text of one. no_node where several resources could be meant.
  tree::NodeId resolve(const tree::Tree& tree, tree::NodeId node) override;

  [[nodiscard]] References& references() noexcept { return references_; }

 protected:
  const definition::Definitions& definitions_;
  const SymbolTable& symbols_;
  References references_;
};

}  // namespace lhcr::record
