// SPDX-License-Identifier: Apache-2.0
/// Codes whose system is a grammar and no list.
#pragma once

#include <string_view>

namespace lhcr {

/// RFC 6838 section 4.2 (BCP 13): type/subtype, with parameters or without.
[[nodiscard]] bool is_media_type(std::string_view text);
/// RFC 5646 section 2.1 (BCP 47): well-formed, and with a primary language of two or three letters,
/// since longer ones are not registered.
[[nodiscard]] bool is_language_tag(std::string_view text);

}  // namespace lhcr
