// SPDX-License-Identifier: Apache-2.0
/// The map files of tables/, embedded at build.
#pragma once

#include <span>
#include <string_view>

namespace lhcr::map {

struct Table {
  std::string_view name;  ///< file name: "allergy.map"
  std::string_view text;
};

/// In order of name.
[[nodiscard]] std::span<const Table> tables();

}  // namespace lhcr::map
