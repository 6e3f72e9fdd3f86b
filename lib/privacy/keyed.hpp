// SPDX-License-Identifier: Apache-2.0
/// Keyed functions of text, on OpenSSL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lhcr::privacy {

/// HMAC-SHA-256, 32 bytes.
[[nodiscard]] std::string hmac(std::string_view key, std::string_view text);
/// HMAC-SHA-256 in lower-case hex, 64 characters.
[[nodiscard]] std::string hmac_hex(std::string_view key, std::string_view text);
/// The first eight bytes of the HMAC as a number.
[[nodiscard]] std::uint64_t hmac_number(std::string_view key, std::string_view text);
/// AES-256-GCM under a key drawn from `key`: base64 of a random nonce (12 bytes), the text and the
/// tag (16 bytes).
[[nodiscard]] std::string encrypt(std::string_view key, std::string_view text);
/// 64 random bits from the system.
[[nodiscard]] std::uint64_t random_number();

}  // namespace lhcr::privacy
