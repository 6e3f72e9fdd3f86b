// SPDX-License-Identifier: Apache-2.0
/// The text formats of encode(), decode(), escape() and unescape().
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lhcr::fhirpath {

/// Both directions append to `out`; false when the text is not of the format.
struct TextFormat {
  std::string_view name;
  bool (*forward)(std::string_view text, std::string& out);
  bool (*backward)(std::string_view text, std::string& out);
};

[[nodiscard]] std::span<const TextFormat> encodings() noexcept;  ///< hex, base64, urlbase64
[[nodiscard]] std::span<const TextFormat> escapes() noexcept;    ///< html, json

}  // namespace lhcr::fhirpath
