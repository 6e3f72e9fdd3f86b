// SPDX-License-Identifier: Apache-2.0
/// What a record says of the FHIR version that it is written in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tree/tree.hpp"

namespace lhcr::definition {

class Definitions;

/// Rows of evidence.def, in its order.
enum class Evidence : std::uint8_t {
#define LHCR_EVIDENCE(id, not_yet, no_more, most, text) id,
#include "definition/version/evidence.def"
};

/// Some of the versions that a judge knows: bit N is its N-th.
using VersionSet = std::uint8_t;

/// Something that some versions have and others do not.
struct Fact {
  Evidence kind = Evidence::element;
  VersionSet holders = 0;              ///< versions that have it
  VersionSet lacking = 0;              ///< versions that it speaks against
  tree::NodeId first = tree::no_node;  ///< where it is first
  std::size_t count = 0;               ///< how often it is there
  std::string thing;                   ///< "Condition.assertedDate", an address, "3.0.1"
  /// "the element Condition.assertedDate (2 times)"
  [[nodiscard]] std::string text() const;
};

/// What is to be thought of a record's version.
struct Judgement {
  const Definitions* version = nullptr;  ///< never nullptr once judged
  /// The likeliest version of another release (R4B is not another one than R4); nullptr when it was
  /// not looked for, since everything in the record is as `version` has it.
  const Definitions* rival = nullptr;
  unsigned against_version = 0;  ///< weight of what speaks against `version`
  unsigned against_rival = 0;
  /// A release that is not here ("DSTU2"), when more speaks for it than for `version`; else
  /// empty.
  std::string_view elsewhere;
  Fact elsewhere_fact;  ///< the weightiest that does
  std::vector<Fact> facts;
  /// Indexes into `facts`, as many as count, of what speaks against the two.
  std::vector<std::size_t> for_rival;
  std::vector<std::size_t> for_version;

  /// Whether the evidence decides between `version` and `rival`, see LHCR_CERTAIN.
  [[nodiscard]] bool certain() const noexcept;
  /// Whether something in the record speaks against `version`, and that is not outweighed.
  [[nodiscard]] bool contradictory() const noexcept { return against_version > 0 && !certain(); }
};

}  // namespace lhcr::definition
