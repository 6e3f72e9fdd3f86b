// SPDX-License-Identifier: Apache-2.0
/// What a report says of the run that made it, so that it can be relied on later.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace lhcr::finding {

/// A package or a release of a terminology.
struct Source {
  std::string name;    ///< "uk.core#1.0.0"
  std::string sha256;  ///< in hexadecimal; empty: not known
};

struct Provenance {
  std::string version;  ///< of the program, "0.1.0"
  std::string
      date;  ///< "2026-11-29T09:30:00Z", when the run began; empty: nothing is said of the run
  std::vector<Source> packages;
  std::vector<Source> terminology;
  std::vector<std::pair<std::string, std::string>> options;  ///< "--fhir", "4.0.1"
  bool timed = true;                                         ///< reports say how long records took
};

/// As members of a JSON object: `"tool":"lhcr","version":...`, without braces.
[[nodiscard]] std::string provenance_members(const Provenance& provenance);
/// For people: "lhcr 0.1.0", "2026-11-29T09:30:00Z", "package uk.core#1.0.0 (SHA-256 ...)" and so
/// on.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> provenance_rows(
    const Provenance& provenance);

}  // namespace lhcr::finding
