// SPDX-License-Identifier: Apache-2.0
/// The systems of UK records under all the names they go by.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lhcr {

/// What a system of uk_systems.def is for.
enum class UkSystem : std::uint8_t { nhs_number, ods, identifier, snomed, dmd, loinc, code_system };

/// A row of uk_systems.def.
struct RegisteredUkSystem {
  UkSystem kind;
  std::string_view url;
  std::string_view oids;  ///< that CDA uses for it, separated by spaces, the usual one first
  [[nodiscard]] constexpr std::string_view oid() const noexcept {
    return oids.substr(0, oids.find(' '));
  }
};
inline constexpr std::array uk_systems = {
#define LHCR_UK_SYSTEM(kind, url, oids) RegisteredUkSystem{UkSystem::kind, url, oids},
#include "base/uk_systems.def"
#undef LHCR_UK_SYSTEM
};

/// What is written for a kind: the first of its rows.
[[nodiscard]] constexpr const RegisteredUkSystem& usual_uk_system(UkSystem kind) noexcept {
  for (const RegisteredUkSystem& row : uk_systems) {
    if (row.kind == kind) return row;
  }
  return uk_systems.front();
}

/// A registered system as a record spells it.
struct UkSystemMatch {
  UkSystem kind = UkSystem::identifier;
  std::string_view url;  ///< as registered
  bool exact = false;    ///< the record has the very text of `url`
};

/// The registered system that `system` means: itself, or a wrong spelling of it (letter case, http
/// for https, a host of before, /id/, an OID, an edition behind it); nullopt for any other.
[[nodiscard]] std::optional<UkSystemMatch> uk_system(std::string_view system);

/// Whether a canonical is one of a UK profile or extension.
[[nodiscard]] bool is_uk_canonical(std::string_view canonical);

}  // namespace lhcr
