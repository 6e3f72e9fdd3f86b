// SPDX-License-Identifier: Apache-2.0
/// The systems of UK records under all the names they go by.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lhcr {

/// What a system of uk_systems.def is for.
enum class UkSystem : std::uint8_t { nhs_number, ods, identifier, snomed, dmd, loinc, code_system };

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
