// SPDX-License-Identifier: Apache-2.0
/// XML of releases: rows with values in leaves or attributes, told one at a time.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "release/source.hpp"

namespace lhcr::release {

/// What stands in a row, in document order: "OrgId@extension" or "VPID", and what it is; elements
/// in elements are parted by slashes: "Succs/Succ/Target/OrgId@extension".
struct XmlRow {
  std::string name;   ///< of the row's element, without prefix
  std::string group;  ///< of the element around it
  std::vector<std::pair<std::string, std::string>> values;
  /// The first value of that path; empty when there is none.
  [[nodiscard]] std::string_view get(std::string_view path) const noexcept;
};

/// Calls `take` with each element whose local name `is_row` accepts. Throws Error{input} when the
/// document is not well-formed.
void each_xml_row(const SourceFile& file,
                  const std::function<bool(std::string_view name, std::size_t depth)>& is_row,
                  const std::function<void(const XmlRow&)>& take);

}  // namespace lhcr::release
