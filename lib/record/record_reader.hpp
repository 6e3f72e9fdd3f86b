// SPDX-License-Identifier: Apache-2.0
/// From a record's bytes to a typed tree.
#pragma once

#include "definition/definitions.hpp"
#include "finding/finding.hpp"
#include "format/format.hpp"
#include "tree/tree.hpp"

namespace lhcr::record {

/// Reads records into one tree that is used again and again. One reader belongs to one worker.
class RecordReader {
 public:
  /// `version` nullptr: each record's own. Both outlive the reader.
  RecordReader(const definition::Library& library, const definition::Definitions* version,
               const format::ReadLimits& limits = {});

  /// False when the record could not be read to its end; what is wrong with it goes to `sink`. The
  /// tree is typed.
  bool read(const format::Record& record, finding::Sink& sink);

  /// CDA documents are read as such, whatever the version; otherwise they are XML that is no FHIR.
  void take_cda() noexcept { cda_ = true; }

  [[nodiscard]] tree::Tree& tree() noexcept { return tree_; }
  /// Of the latest record.
  [[nodiscard]] const definition::Definitions& definitions() const noexcept {
    return *definitions_;
  }

 private:
  bool read_cda(const format::Record& record, finding::Sink& sink);

  const definition::Library& library_;
  const definition::Definitions* version_;
  const definition::Definitions* definitions_;
  format::ReadLimits limits_;
  format::JsonReader json_;
  tree::Tree tree_;
  bool cda_ = false;
};

}  // namespace lhcr::record
