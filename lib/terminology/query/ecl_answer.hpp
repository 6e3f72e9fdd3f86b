// SPDX-License-Identifier: Apache-2.0
/// What an expression constraint selects from a SNOMED CT edition.
#pragma once

#include <string>
#include <string_view>

#include "terminology/ecl.hpp"
#include "terminology/store/snomed.hpp"

namespace lhcr::terminology {

/// One of three: the concepts, why there is no answer, or why it was not worked out.
struct EclAnswer {
  ConceptSet concepts;  ///< `*` stands for the active ones
  std::string error;    ///< it is no constraint, or names a concept that the edition does not have
  std::string not_checked;  ///< it asks for what the image does not hold
  [[nodiscard]] bool good() const noexcept { return error.empty() && not_checked.empty(); }
};

[[nodiscard]] EclAnswer evaluate(const Snomed& snomed, const EclNode& constraint);
/// The same of a text; when it is no constraint, the error says where and what is expected.
[[nodiscard]] EclAnswer evaluate(const Snomed& snomed, std::string_view constraint);

}  // namespace lhcr::terminology
