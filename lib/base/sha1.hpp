// SPDX-License-Identifier: Apache-2.0
/// SHA-1 (FIPS 180-4), for hashes that a format defines with it; it proves nothing about who wrote
/// something.
#pragma once

#include <string>
#include <string_view>

namespace lhcr {

/// The 20 bytes of the digest. Throws Error{internal} when the library fails.
[[nodiscard]] std::string sha1(std::string_view bytes);

}  // namespace lhcr
