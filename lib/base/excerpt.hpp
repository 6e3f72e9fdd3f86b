// SPDX-License-Identifier: Apache-2.0
/// The beginning of a text, for a message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lhcr {

/// At most `most` bytes of UTF-8, cut between characters; "..." follows when there is more.
[[nodiscard]] std::string excerpt(std::string_view text, std::size_t most = 100);

}  // namespace lhcr
