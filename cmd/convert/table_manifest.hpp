// SPDX-License-Identifier: Apache-2.0
/// What a run of `lhcr convert --view` made, for who checks or loads it:
/// schemas/manifest.schema.json.
#pragma once

#include "cmd/convert/convert.hpp"
#include "cmd/convert/table_set.hpp"
#include "definition/definitions.hpp"
#include "finding/report.hpp"

namespace lhcr::cmd {

struct ManifestOf {
  const ConvertOptions& options;
  const definition::Definitions& version;
  const TableSet& tables;  ///< finished
  const finding::Tally& tally;
};

/// Writes --manifest. Paths in it are from its own folder. Throws Error{input}.
void write_manifest(const ManifestOf& made);

}  // namespace lhcr::cmd
