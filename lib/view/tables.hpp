// SPDX-License-Identifier: Apache-2.0
/// The embedded files of lib/view/tables.
#pragma once

#include <span>
#include <string_view>

namespace lhcr::view {

struct Table {
  std::string_view name;  ///< "synthea.patients.json"
  std::string_view text;
};
[[nodiscard]] std::span<const Table> tables();

}  // namespace lhcr::view
