// SPDX-License-Identifier: Apache-2.0
/// Text as sequences of Unicode code points, and regular expressions.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace lhcr::fhirpath {

/// Takes the first code point off `text` (which must not be empty); bytes that are no UTF-8 count
/// as one each.
[[nodiscard]] std::uint32_t take_code_point(std::string_view& text) noexcept;
void append_code_point(std::uint32_t code, std::string& out);
/// Number of code points.
[[nodiscard]] std::int64_t code_points(std::string_view text) noexcept;
/// Byte offset of the code point number `index`; text.size() when there are fewer.
[[nodiscard]] std::size_t byte_offset(std::string_view text, std::int64_t index) noexcept;

// Simple case mapping of the Latin, Greek, Cyrillic and Armenian scripts; other code points stay.
[[nodiscard]] std::uint32_t to_upper(std::uint32_t code) noexcept;
[[nodiscard]] std::uint32_t to_lower(std::uint32_t code) noexcept;
/// Same text but for case and the kind of white space (operator ~).
[[nodiscard]] bool equivalent_text(std::string_view left, std::string_view right) noexcept;

/// A regular expression as matches() reads it: '.' matches line ends too. The caller asks ok().
[[nodiscard]] std::unique_ptr<re2::RE2> compile_pattern(std::string_view text);

}  // namespace lhcr::fhirpath
