// SPDX-License-Identifier: Apache-2.0
/// What the maps know of template families other than their own.
#pragma once

#include <string>
#include <vector>

#include "map/map.hpp"

namespace lhcr::map {

/// Lines "section CODE BLOCK RESOURCE" (what statements of unknown templates are there), "arc ROOT"
/// (families that the maps are written for) and "alias ROOT KNOWN" (templates that say the same as
/// one of those).
[[nodiscard]] std::string show_families(const std::vector<Overlay>& overlays = {});

}  // namespace lhcr::map
