// SPDX-License-Identifier: Apache-2.0
/// OIDs that can name who gives identifiers or codes.
#pragma once

#include <string_view>

#include "base/text_rules.hpp"

namespace lhcr {

/// Whether a text is an OID that somebody can hold: with five numbers, or below 1.3 (identified
/// organisations).
[[nodiscard]] inline bool is_oid_namespace(std::string_view text) {
  return is_oid(text) && (text.rfind('.') >= 4 || text.starts_with("1.3"));
}

}  // namespace lhcr
