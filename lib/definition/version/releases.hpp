// SPDX-License-Identifier: Apache-2.0
/// Types of resources and releases of FHIR, those that are not here among them (evidence.def).
#pragma once

#include <string_view>

#include "definition/definitions.hpp"

namespace lhcr::definition {

/// Whether `name` is a resource type's of a version; abstract ones are, too.
[[nodiscard]] bool is_resource(const Definitions& definitions, std::string_view name);

/// Of versions that fit a record equally the one of the least rank is taken.
[[nodiscard]] std::size_t default_rank(std::string_view version) noexcept;
/// The name of the release of a version that is here, "R4B" of "4.3.0".
[[nodiscard]] std::string_view release_name(std::string_view version) noexcept;

/// The weight that counts against a version that is here from the start; 0: it is in wide use.
[[nodiscard]] unsigned rarity(std::string_view version) noexcept;

/// The version that is taken where nothing says which: the first of evidence.def that is here.
[[nodiscard]] const Definitions& default_version(const Library& library);

/// The release that a version number belongs to, "DSTU2" of "1.0.2"; empty: none that is
/// known.
[[nodiscard]] std::string_view other_release(std::string_view version) noexcept;

/// The release that has a resource type which no version here has, "DSTU2" of "MedicationOrder";
/// empty: none that is known.
[[nodiscard]] std::string_view release_of_type(std::string_view type) noexcept;

}  // namespace lhcr::definition
