// SPDX-License-Identifier: Apache-2.0
/// From codes of one system to those of another, by the maps of the releases.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "terminology/store/library.hpp"

namespace lhcr::terminology {

/// One target of a map.
struct MapTarget {
  std::string code;      ///< as the target system writes it; empty: there is none
  std::string display;   ///< of the target system, when its list is here
  std::string_view raw;  ///< as the map has it: "Z991", "#NC"
  std::uint32_t block = 0;
  std::uint16_t group = 0;     ///< one of each group is needed
  std::uint16_t priority = 0;  ///< of a group the first whose rule holds counts
  std::string_view rule;       ///< "", "TRUE", "OTHERWISE TRUE", "IFA ..."
  std::string_view advice;
  std::string_view description;             ///< of the target, as the table has it
  std::string_view relation = "relatedto";  ///< ConceptMap.equivalence of FHIR R4
  char sign = 0;                            ///< 'D' dagger, 'A' asterisk
  bool assured = true;
  bool replaced = false;  ///< the map's target was inactive, this is what replaces it
};

struct Translation {
  std::vector<MapTarget> targets;
  std::string map;      ///< what it was taken from
  std::string via;      ///< by what it was found, when not by itself: "inactive: by ..."
  std::string problem;  ///< why there is nothing: no map, not in it, several replacements
  /// Whether it needs nobody's judgement: each group has one target, without a condition.
  [[nodiscard]] bool certain() const noexcept;
  /// Whether the map says that there is no target, and how: "not in scope", ...
  [[nodiscard]] std::string_view no_target() const noexcept;
};

/// Both systems by name or canonical; `code` of Read v2 with or without its term code, of CTV3 with
/// a term id behind a tab or without.
[[nodiscard]] Translation translate(const Library& library, std::string_view from,
                                    std::string_view code, std::string_view to);

/// The numbers of a code in the OMOP vocabularies; 0: there is none.
struct OmopConcept {
  std::uint32_t id = 0;
  std::uint32_t standard = 0;  ///< of the standard concept that it is or leads to
};
/// `system` by name or canonical. Nothing when the vocabularies are not here.
[[nodiscard]] OmopConcept omop_concept(const Library& library, std::string_view system,
                                       std::string_view code);

}  // namespace lhcr::terminology
