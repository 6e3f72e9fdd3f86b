// SPDX-License-Identifier: Apache-2.0
/// Patches for the style patch of `lhcr push`: the endpoint's version and the record are compared.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "deliver/region/region.hpp"
#include "deliver/style/style.hpp"
#include "diff/diff.hpp"
#include "diff/patch.hpp"
#include "record/record_reader.hpp"

namespace lhcr::cmd {

/// Has definitions of its own, since it works beside the thread that reads records.
class DiffPatches : public deliver::PatchMaker {
 public:
  /// `fhir`: version of both sides; empty: the default one. Throws Error{usage} for an unknown one.
  DiffPatches(const deliver::Region& region, const std::string& fhir);
  Made make(std::string_view stored, std::string_view own, bool keep) override;

 private:
  /// One side, read and typed; its bytes stay as long as it.
  struct Side {
    explicit Side(const definition::Library& library, const definition::Definitions& version)
        : reader(library, {.version = &version}) {}
    bool read(std::string_view json);
    record::RecordReader reader;
    std::string bytes;
  };
  [[nodiscard]] diff::Options compare_options();
  [[nodiscard]] std::string other_resource();
  void write(const diff::Script& script, Made& made);

  definition::Library library_;
  const definition::Definitions& version_;
  diff::Paths paths_;
  diff::Comparer comparer_;
  Side stored_;
  Side own_;
  bool whole_items_;
};

/// nullptr when the style makes no patches.
[[nodiscard]] std::unique_ptr<DiffPatches> make_patches(const deliver::Region& region,
                                                        const std::string& style,
                                                        const std::string& fhir);

}  // namespace lhcr::cmd
