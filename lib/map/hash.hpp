// SPDX-License-Identifier: Apache-2.0
/// Stable names for things without one: a 128-bit hash in the form of a UUID (version 8, RFC 9562).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lhcr::map {

/// Mixes `text` and its length into two independent 64-bit states.
void hash_into(std::string_view text, std::uint64_t& a, std::uint64_t& b) noexcept;
/// 128 bits that stand for a key.
struct Digest {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  bool operator==(const Digest&) const noexcept = default;
};
[[nodiscard]] Digest digest_of(std::string_view key) noexcept;
/// The UUID of a key: the same key, the same UUID, on every machine.
[[nodiscard]] std::string uuid_of(std::string_view key);
/// The UUID of the key that a digest is of.
[[nodiscard]] std::string uuid_of(Digest digest);

}  // namespace lhcr::map
