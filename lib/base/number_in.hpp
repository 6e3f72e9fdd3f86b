// SPDX-License-Identifier: Apache-2.0
/// A text that is a number and nothing else.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace lhcr {

/// The number that the whole of `text` is, in decimal as std::from_chars() reads it, or nothing: it
/// has other characters (blanks, a sign that the type lacks), is empty, or does not fit the type.
template <class Number>
[[nodiscard]] std::optional<Number> number_in(std::string_view text) noexcept {
  Number number{};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  return error == std::errc() && end == last ? std::optional(number) : std::nullopt;
}

}  // namespace lhcr
