// SPDX-License-Identifier: Apache-2.0
/// Two JSON values of any kind compared: for files that are no records.
#pragma once

#include <string>
#include <vector>

#include "diff/json.hpp"

namespace lhcr::diff {

/// One difference. Values as they are written, cut with an ellipsis; empty: there is none.
struct JsonChange {
  std::string pointer;  ///< RFC 6901, of the left value where there is one
  std::string before;
  std::string after;
};

/// Members are matched by name, items of arrays by their place between what both arrays begin and
/// end with.
[[nodiscard]] std::vector<JsonChange> compare_json(const Json& left, const Json& right);

}  // namespace lhcr::diff
