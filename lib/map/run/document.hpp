// SPDX-License-Identifier: Apache-2.0
/// Whole documents: from ClinicalDocument to Bundle and back.
#pragma once

#include "map/map.hpp"
#include "map/model.hpp"
#include "map/run/complete.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {

/// The first ClinicalDocument of a tree, or no_node.
[[nodiscard]] tree::NodeId find_document(const tree::Tree& tree);
/// All of them: an ITK envelope may have several payloads.
[[nodiscard]] std::vector<tree::NodeId> find_documents(const tree::Tree& tree);

/// What a document is converted with.
struct Means {
  const Map& map;
  const definition::Definitions& r4;
  const Completion& completion;
};

/// Fills `fhir` with a Bundle, typed and in order.
bool document_to_bundle(const Means& means, const tree::Tree& cda, const ConvertOptions& options,
                        tree::Tree& fhir, LossReport& loss);
bool bundle_to_document(const Means& means, tree::Tree& fhir, const ConvertOptions& options,
                        tree::Tree& cda, LossReport& loss);

/// Collects what was not taken below `top`.
void report_loss(const Run& run, tree::NodeId top, bool cda, LossReport& report);

}  // namespace lhcr::map
