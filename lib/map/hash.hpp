// SPDX-License-Identifier: Apache-2.0
/// Stable names for things without one: a 128-bit hash in the form of a UUID (version 8, RFC 9562).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lhcr::map {

/// Mixes `text` and its length into two independent 64-bit states.
void hash_into(std::string_view text, std::uint64_t& a, std::uint64_t& b) noexcept;
/// The UUID of a key: the same key, the same UUID, on every machine.
[[nodiscard]] std::string uuid_of(std::string_view key);

}  // namespace lhcr::map
