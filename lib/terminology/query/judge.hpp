// SPDX-License-Identifier: Apache-2.0
/// What an edition of SNOMED CT says of a code that was recorded: its display, its state, and what
/// stands in its place.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "terminology/store/snomed.hpp"

namespace lhcr::terminology {

enum class DisplayVerdict {
  preferred,        ///< the preferred term
  acceptable,       ///< another active term
  fully_specified,  ///< the fully specified name
  definition,       ///< a text definition, which is no term
  retired,          ///< a term that is inactive
  wrong,            ///< no term of the concept
};

struct DisplayJudgement {
  DisplayVerdict verdict = DisplayVerdict::wrong;
  std::string_view preferred;  ///< what it should be
  bool case_differs = false;   ///< as the term allows
};

/// Case of letters counts as the description says; everything else does.
[[nodiscard]] DisplayJudgement judge_display(const Snomed& snomed, Ordinal at,
                                             std::string_view display);
/// "preferred", "acceptable", "fsn", "definition", "inactive description", "wrong"
[[nodiscard]] std::string_view name_of(DisplayVerdict verdict) noexcept;

/// Where a historical association leads from an inactive concept.
struct Replacement {
  Ordinal association = no_concept;
  Ordinal target = no_concept;
};
/// By association, then target; those whose target is no concept here are left out.
[[nodiscard]] std::vector<Replacement> replacements(const Snomed& snomed, Ordinal at);
/// The one that may be taken without asking: SAME AS or REPLACED BY, one target, no other
/// association beside it, and the target is active.
[[nodiscard]] std::optional<Replacement> certain_replacement(const Snomed& snomed, Ordinal at);

/// "duplicate; SAME AS 179999999100 |Pneumonitis|": the reason and where it leads, in words.
[[nodiscard]] std::string inactivity_text(const Snomed& snomed, Ordinal at);
/// "179999999100 |Pneumonitis|"
[[nodiscard]] std::string labelled(const Snomed& snomed, Ordinal at);

}  // namespace lhcr::terminology
