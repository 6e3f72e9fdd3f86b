// SPDX-License-Identifier: Apache-2.0
/// SHA-256 (FIPS 180-4) on OpenSSL; base/hex.hpp writes a digest.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace lhcr {

/// The digest of bytes that come in parts. One thread at a time.
class Sha256 {
 public:
  using Digest = std::array<std::uint8_t, 32>;

  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  /// Adds the text's length as well: where one text ends and the next one begins counts.
  void add_text(std::string_view text);
  /// The digest of what was added; it is as new afterwards. Throws Error{internal} when the library
  /// fails.
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lhcr
