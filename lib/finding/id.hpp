// SPDX-License-Identifier: Apache-2.0
/// The findings of catalogue.def by name.
#pragma once

#include <cstdint>

#include "finding/finding.hpp"

namespace lhcr::finding {

/// The stable id that users see is the enumerator's name with '-' for '_'.
enum class Id : std::uint16_t {
#define LHCR_FINDING(id, severity, code, text, hint) id,
#include "finding/catalogue.def"
#undef LHCR_FINDING
};

}  // namespace lhcr::finding
