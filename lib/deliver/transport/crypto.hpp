// SPDX-License-Identifier: Apache-2.0
/// Digests, base64 and random identifiers on OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/sha256.hpp"

namespace lhcr::deliver {

/// The first 16 bytes of a SHA-256: what names a piece of content in the journal.
using Key = std::array<std::uint8_t, 16>;

/// Hash of several parts with their borders. At least one part.
[[nodiscard]] Key hash_of(std::initializer_list<std::string_view> parts);
/// The bytes of a digest, which has to outlive them.
[[nodiscard]] inline std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] Sha256::Digest sha256(std::string_view bytes);
/// hash_of() of a file's bytes, which are `size`. Throws Error{input} when they cannot be read.
[[nodiscard]] Key hash_of_file(const std::string& path, std::uint64_t size);
[[nodiscard]] Sha256::Digest hmac_sha256(std::string_view key, std::string_view text);
[[nodiscard]] std::string base64(std::string_view bytes);
/// RFC 4648 section 5, without padding.
[[nodiscard]] std::string base64url(std::string_view bytes);
/// A random UUID (version 4).
[[nodiscard]] std::string random_uuid();
/// The UUID (version 8) that belongs to a hash: the same content has the same one in every run.
[[nodiscard]] std::string uuid_of(const Key& key);

}  // namespace lhcr::deliver
