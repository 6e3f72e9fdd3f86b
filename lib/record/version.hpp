// SPDX-License-Identifier: Apache-2.0
/// What is said of the FHIR version that was taken for a record.
#pragma once

#include <optional>

#include "definition/version/evidence.hpp"
#include "finding/finding.hpp"
#include "tree/tree.hpp"

namespace lhcr::record {

/// What is done with a record whose version was judged.
struct Use {
  /// What it was converted to; nullptr: it stays as it is.
  const tree::Tree* result = nullptr;
  bool loses = false;    ///< something of it is lost: an error, not a warning
  bool verbose = false;  ///< all evidence of both sides, not the strongest alone
};

/// The finding fhir-version-unsure, where it matters: the evidence contradicts itself; or the
/// record is changed because of its version, and there is next to no evidence, or more for a
/// release that is not here.
[[nodiscard]] std::optional<finding::Finding> unsure_version(const definition::Judgement& judgement,
                                                             const tree::Tree& tree,
                                                             const Use& use);

}  // namespace lhcr::record
