// SPDX-License-Identifier: Apache-2.0
/// Records of several kinds on the two sides of `lhcr diff`, brought to one FHIR version.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "cmd/diff/diff_set.hpp"
#include "diff/uncarried.hpp"
#include "map/map.hpp"
#include "record/record_reader.hpp"

namespace lhcr::cmd {

/// The version that records of different kinds are compared in.
inline constexpr std::string_view common_version = "4.0.1";

/// Collects what was converted and what was lost on the way.
class Conversions {
 public:
  /// `record`: its name; `what`: what it was.
  void add(const std::string& record, const std::string& what, const map::LossReport& loss);
  /// A line for each kind of record of the side of this name, then the first losses. `as_text`:
  /// they are compared with those of the other side.
  [[nodiscard]] std::vector<std::string> notes(const std::string& side, bool as_text) const;

 private:
  struct Count {
    std::size_t records = 0;
    std::size_t carried = 0;
    std::size_t lost = 0;
  };
  std::map<std::string, Count> kinds_;
  std::vector<std::string> lost_;
  std::size_t all_lost_ = 0;
};

/// What a conversion did not carry, to be compared as text.
[[nodiscard]] std::vector<diff::Uncarried> uncarried(const map::LossReport& loss);

/// What the records of one side are.
struct SideKind {
  bool cda = false;  ///< some are CDA
  std::string fhir;  ///< the version of the others
};
/// Looks at the records. `asked`: the version that the user named, may be empty.
[[nodiscard]] SideKind look_at(RecordSet& set, const std::string& asked);

/// Reads records as the version that both sides are compared in.
class SideReader {
 public:
  /// `version`: of the side's FHIR. `converter` is needed where that is not `target`, or for CDA.
  SideReader(const definition::Library& library, const definition::Definitions& version,
             const definition::Definitions& target, const map::Converter* converter);
  /// False when the record cannot be read to its end, or converted; `sink` says why.
  bool read(const RecordPlace& place, const format::Record& record, finding::Sink& sink);
  [[nodiscard]] const tree::Tree& tree() const noexcept { return *tree_; }
  /// What the latest record was ("CDA"), empty when it was not converted, and what it lost.
  [[nodiscard]] const std::string& converted_from() const noexcept { return from_; }
  [[nodiscard]] const map::LossReport& loss() const noexcept { return loss_; }

 private:
  bool convert(bool cda);

  const definition::Definitions& version_;
  const definition::Definitions& target_;
  const map::Converter* converter_;
  record::RecordReader reader_;
  tree::Tree result_;
  const tree::Tree* tree_;
  std::string from_;
  map::LossReport loss_;
};

}  // namespace lhcr::cmd
