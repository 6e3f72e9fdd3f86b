// SPDX-License-Identifier: Apache-2.0
/// Digests, base64 and random identifiers on OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace lhcr::deliver {

/// The first 16 bytes of a SHA-256: what names a piece of content in the journal.
using Key = std::array<std::uint8_t, 16>;

/// Hash of several parts with their borders. At least one part.
[[nodiscard]] Key hash_of(std::initializer_list<std::string_view> parts);
[[nodiscard]] std::string hex(std::string_view bytes);
[[nodiscard]] std::string hex(const Key& key);
[[nodiscard]] std::string sha256(std::string_view bytes);
/// SHA-256 of bytes that come in parts.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  /// The 32 bytes; nothing may be added after it.
  [[nodiscard]] std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};
/// hash_of() of a file's bytes, which are `size`. Throws Error{input} when they cannot be read.
[[nodiscard]] Key hash_of_file(const std::string& path, std::uint64_t size);
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);
[[nodiscard]] std::string base64(std::string_view bytes);
/// RFC 4648 section 5, without padding.
[[nodiscard]] std::string base64url(std::string_view bytes);
/// A random UUID (version 4).
[[nodiscard]] std::string random_uuid();
/// The UUID (version 8) that belongs to a hash: the same content has the same one in every run.
[[nodiscard]] std::string uuid_of(const Key& key);

}  // namespace lhcr::deliver
