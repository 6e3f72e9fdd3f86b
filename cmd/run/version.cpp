// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/version.hpp"

#include "base/error.hpp"

namespace lhcr::cmd {

const definition::Definitions* chosen_version(const definition::Library& library,
                                              const std::string& fhir) {
  if (fhir.empty()) return nullptr;
  const definition::Definitions* found = library.version(fhir);
  if (found != nullptr) return found;
  std::string known;
  for (const std::string_view version : library.versions()) {
    known += (known.empty() ? "" : " or ") + std::string(version);
  }
  throw Error(ErrorKind::usage, "--fhir: '" + fhir + "' is not " + known);
}

}  // namespace lhcr::cmd
