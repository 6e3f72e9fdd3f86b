// SPDX-License-Identifier: Apache-2.0
#include "fhirpath/fhirpath.hpp"

namespace lhcr::fhirpath {
namespace {

struct Correction {
  std::string_view version;  ///< beginning of the FHIR version
  std::string_view published;
  std::string_view meant;
};

constexpr Correction corrections[] = {
#define LHCR_CORRECTION(version, key, published, meant, reason) {version, published, meant},
#include "fhirpath/corrections.def"
#undef LHCR_CORRECTION
};

}  // namespace

std::string_view corrected_invariant(std::string_view expression,
                                     std::string_view fhir_version) noexcept {
  for (const Correction& correction : corrections) {
    if (correction.published == expression && fhir_version.starts_with(correction.version)) {
      return correction.meant;
    }
  }
  return expression;
}

}  // namespace lhcr::fhirpath
