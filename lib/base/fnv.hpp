// SPDX-License-Identifier: Apache-2.0
/// FNV-1a of 64 bits: the same on every machine and in every run, so that numbers made by it may be
/// written down. It stands against no one who wants collisions.
#pragma once

#include <cstdint>
#include <string_view>

namespace lhcr {

/// `before`: of what stands in front of the text.
[[nodiscard]] constexpr std::uint64_t fnv1a(std::string_view text,
                                            std::uint64_t before = 0xcbf29ce484222325U) noexcept {
  for (const char byte : text) {
    before = (before ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  }
  return before;
}

}  // namespace lhcr
